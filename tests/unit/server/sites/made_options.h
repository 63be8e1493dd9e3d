/* SPDX-License-Identifier: MIT */
/*
 * The options of a site, made of the text of a config. Criterion runs each test in a process of its own, so
 * there is one of each and they are plain variables.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_SITES_MADE_OPTIONS_H
#define LIDO_TESTS_UNIT_SERVER_SITES_MADE_OPTIONS_H

#include "server/sites/site_options.h"

#include <stddef.h>

extern struct site_options_store store;
extern struct file_forms *forms; /* only its place counts: the forms are passed on and not looked into */

/* For a TestSuite's .init and .fini, which those of config.h are part of. */
void site_options_set_up(void);
void site_options_tear_down(void);

/* The options of what stands outside of hosts. */
const struct site_options *make_options(const char *text);

/* The strings, with commas between; until the next call. */
const char *join(char *const *items, size_t count);

#endif
