/* SPDX-License-Identifier: MIT */
/*
 * The sites of a configuration under test, and which of them is meant.
 *
 * One set of sites a test, in the folder that config.h makes, with the folders www, one and two and a FIFO.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_SITES_OPENED_SITES_H
#define LIDO_TESTS_UNIT_SERVER_SITES_OPENED_SITES_H

#include "server/sites/sites.h"
#include "tests/unit/support/config.h"

#include <time.h>

extern struct sites sites;
extern size_t kept_files;

/* How far the clock of the day runs ahead: the files of a test are young, and not kept yet, unless it does. */
extern time_t clock_ahead_s;
/* The same of the others: of whoever waits as well, so not for long. The coarse one, which tells what is due, stands still
 * but for that: however busy the machine is, no second passes between two calls. */
extern time_t steady_clock_ahead_s;

/* For TestSuite(.init, .fini). */
void opened_sites_begin(void);
void opened_sites_end(void);

/* Read and check a configuration, which must be right. */
void configure(const char *text);

/* Open the sites of a configuration; those from before go. Why it fails is in `error`. */
bool open_sites(const char *text);

/* Turn from the sites that are open to those of a configuration, as a reload does. */
void turn_to_sites(const char *text);

/* The site for hosts that are not named, and that of one. */
const struct site *standard_site(void);
const struct site *site_of(const char *host);

/* Whether the site serves this folder, by what it has open and not by any name. */
bool serves(const struct site *site, const char *name);

#endif
