/* SPDX-License-Identifier: MIT */
/*
 * Archives of a test's folder, measured and put together to bytes.
 *
 * Criterion runs each test in a process of its own, so the folder and its root are plain variables. Give archive_set_up and
 * archive_tear_down to a TestSuite as .init and .fini, or call them there.
 *
 * For folders whose archives fit into memory. Whatever fails beyond what a function returns fails the test.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_ARCHIVE_ARCHIVE_H
#define LIDO_TESTS_UNIT_HTTP_ARCHIVE_ARCHIVE_H

#include "http/archive/archive.h"
#include "tests/support/folder.h"

#include <stdint.h>

extern struct folder folder;
extern struct beneath root; /* the same folder, open */

void archive_set_up(void);
void archive_tear_down(void);

/* Slices without end, and over from the start. */
extern const struct time_slice archive_long_slice;
extern const struct time_slice archive_no_slice;

/* The clock, `seconds` ahead, so that what was made just now looks old. */
struct timespec archive_clock(time_t seconds);

/* Measure it, as often as it takes. */
int archive_measure_all(struct archive *archive, struct time_slice slice);

/* Create the tar archive of `path` with the name "top" and measure it. */
struct archive *archive_of(const struct beneath *beneath, const char *path);

/* The same, in this form. */
struct archive *archive_of_form(enum archive_form form, const struct beneath *beneath, const char *path);

/* Produce the rest, appended to *out. Returns 0 or the error of archive_next(). */
int archive_produce(struct archive *archive, struct time_slice slice, struct text *out);

/* Seek and produce. */
int archive_produce_range(struct archive *archive, struct byte_range range, struct time_slice slice,
                          struct text *out);

/* Produce the next piece, its file's part as well. Returns as archive_next() does, but never -EAGAIN. */
int archive_produce_piece(struct archive *archive, struct time_slice slice, struct resource *file,
                          struct text *out);

/* Demand that it produces these bytes of the whole. */
void archive_expect_range(struct archive *archive, const struct text *whole, off_t begin, off_t end,
                          struct time_slice slice);

/* Set all times of a file or folder, not following a link. */
void archive_set_time(const struct folder *where, const char *name, struct timespec modified);

#endif
