/* SPDX-License-Identifier: MIT */
/*
 * Answers from the file cache beside those without it: each request is put to two sites with the same folder
 * and rules, one of them with a cache, several times over, as time goes on.
 *
 * On top of handling.h, whose `root` it fills with files from a minute ago. Give the two functions
 * to a TestSuite as .init and .fini. The clocks are those of support_file_events.h.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_HANDLER_CACHED_ANSWERS_H
#define LIDO_TESTS_UNIT_HTTP_HANDLER_CACHED_ANSWERS_H

#include "http/file_cache/file_cache.h"
#include "tests/unit/http/handler/handling.h"
#include "tests/unit/support/file_events.h"

extern struct file_cache *cache;
extern struct file_forms *forms; /* NULL in a build without one */

void cached_answers_set_up(void);
void cached_answers_tear_down(void);

/* The cache has contents up to 16 KiB: a file between this and what is read to be sent with its head is open,
 * and small. */
struct file_cache_options cached_answers_options(void);

/* The options of a site with precompressed siblings. */
struct site_options with_codings(void);

/* Make one site without the cache and one with it. */
void use(struct site_options options);

void let_clock_go_on(time_t seconds);

/* Fail unless both sites give the same answer, head and body, and plan to send as much. Returns the status;
 * `answer` and `response` are those from the cache. */
int expect_same(const char *name, const struct request *request);

/* Ask several times, by GET and HEAD and for each end of the connection. Returns the status of GET. */
int expect_same_over_time(const char *name, struct request request);

/* Ask the cached site twice. Returns whether a head that was made before is used for the second answer. */
bool has_ready_head(const char *target);

struct same_row {
    const char *name, *target, *encoding;
    int status;
};

/* The same over time, by GET, with the coding that is accepted, and with this status. */
void expect_same_rows(const struct same_row *rows, size_t count);

#endif
