/* SPDX-License-Identifier: MIT */
/*
 * A root with folders in it, and listings of them.
 *
 * Criterion runs each test in a process of its own, so these are plain variables.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_LISTING_LISTING_H
#define LIDO_TESTS_UNIT_HTTP_LISTING_LISTING_H

#include "http/listing/listing.h"
#include "tests/support/folder.h"

#include <stdbool.h>
#include <stddef.h>

extern struct folder workplace; /* around the root */
extern struct folder root;
extern struct beneath beneath;

/* For a TestSuite's .init and .fini. */
void listing_set_up(void);
void listing_tear_down(void);

/* Give up the rights of root until the end of the test. */
void become_nobody(void);

/* What a URL without a query asks for. */
struct listing_query standard_query(void);

/* Begin; fails the test if that is not possible. The caller closes it. */
struct listing *begin_listing(const char *path, const struct listing_query *query,
                              struct memory_budget *budget);

/* Begin, and go on in one slice to the end. */
struct listing *whole_listing(const char *path, const struct listing_query *query);

/* The names of the rows, "folder/|file|file"; lives until the next call. */
const char *row_names(const struct listing *listing);

/* Expect the rows of the root, as row_names() has them. */
void expect_rows(const struct listing_query *query, const char *names);

/* How many descriptors this process has. */
size_t descriptor_count(void);

#endif
