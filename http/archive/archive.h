/* SPDX-License-Identifier: MIT */
/*
 * A folder as an archive that is stored nowhere, tar (POSIX pax(1), ustar with extended headers) or zip: its
 * length and its entity tag are known before its first byte, and any range of it can be made.
 *
 * The wing knows tar, zip and trees of files. It refuses to know header fields, status codes and sockets.
 *
 * First it is measured: all that is in it is looked at once. Then it is produced: looked at a second time, in
 * the same order, while the headers are made and the files are opened. What has changed in between, or
 * changes meanwhile, ends it with an error before its last byte, so that nobody takes a broken archive for a
 * whole one. For the same reason all is looked at, also what is behind a range. One owner at a time.
 *
 * A zip's directory, behind all contents, tells the CRC-32 of each: four bytes for each file are taken from
 * the budget for them; otherwise memory does not grow with the folder. Files that lie before a range have not
 * been summed when it comes to the directory: they are read for that, without being sent, step by step. So a
 * download that is resumed has all files read, as a whole one has, and pauses before its last bytes.
 */
#ifndef LIDO_HTTP_ARCHIVE_ARCHIVE_H
#define LIDO_HTTP_ARCHIVE_ARCHIVE_H

#include "http/base/memory_budget.h"
#include "http/base/text.h"
#include "http/base/time_slice.h"
#include "http/files/beneath.h"
#include "http/files/resource.h"
#include "http/response/body_source.h"
#include "http/semantics/range.h"
#include "http/semantics/validators.h"

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct archive;

enum archive_form {
    ARCHIVE_TAR,
    ARCHIVE_ZIP /* stored; only with zlib, which has the CRC-32 */
};

/* Set up the archive of the folder `path` ("" or "dir/", copied) beneath the root; in it, all paths begin
 * with `top` (a name, copied). `now` of the wall clock, as coarse as the times of files are; `source_date`
 * as in validators.h. Returns 0 and sets *out, or -ENOMEM. */
int archive_create(struct archive **out, enum archive_form form, const struct beneath *root, const char *path,
                   const char *top, struct timespec now, time_t source_date, struct memory_budget *budget)
    __attribute__((warn_unused_result));

/* Before it is measured: let that end with -E2BIG once there are more entries than that. Else there is no bound. */
void archive_set_entries_max(struct archive *archive, size_t entries_max);

/* Once it is measured: set up another one of the same bytes, for another client, without measuring it. What holds for
 * archive_create() holds for it. Returns 0 and sets *out, or -ENOMEM. */
int archive_create_like(struct archive **out, const struct archive *measured)
    __attribute__((warn_unused_result));

/* NULL is allowed. */
void archive_destroy(struct archive *archive);

/* Measure it. Returns 0 when that is done, -EAGAIN to be called again when the slice was over, or the
 * negative errno that ended it. May wait for a disk, as all below. */
int archive_measure(struct archive *archive, struct time_slice slice) __attribute__((warn_unused_result));

/* Once it is measured: its length in bytes. */
off_t archive_size(const struct archive *archive);

/* Once it is measured: its entity tag, quotes and all, made of the paths, sizes and times (in nanoseconds) of
 * all that is in it; strong, as the same tag is the same archive byte by byte, but weak as long as something
 * in it is so young that its next change may not show in its times. Lives as long as the archive. */
const char *archive_entity_tag(const struct archive *archive);

/* Once it is measured: make it the body of a response, which takes it over; its functions are those below. */
struct body_source archive_body_source(struct archive *archive);

/* Once it is measured: produce these bytes of it, from now on. */
void archive_seek(struct archive *archive, struct byte_range range);

/* Make the next piece: some text (headers, small files, padding) is appended to *text, and if *file is set,
 * *range of it follows the text. *file (fd -1 before) is the caller's, who shows it again with the next call:
 * then it is checked that it is still what it was, and closed. About 64 KiB of small files are put into one
 * piece. Returns 1 for a piece, 0 at the end of the range, -EAGAIN to be called again when the slice was over
 * before there was anything to send, -ESTALE when something has changed since it was measured, or another
 * negative errno. After a failure only archive_destroy() is left. */
int archive_next(struct archive *archive, struct time_slice slice, struct text *text, struct resource *file,
                 struct byte_range *range) __attribute__((warn_unused_result));

#endif
