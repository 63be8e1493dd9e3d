/* SPDX-License-Identifier: MIT */
/*
 * What tells one state of a representation from another: its entity tag and its modification date (RFC 9110
 * section 8.8).
 *
 * The tag is made of a digest of the content, or of size and modification time to the nanosecond, and of
 * nothing that differs between two machines that hold copies of the same file (inode, device). Pure functions
 * over values.
 */
#ifndef LIDO_HTTP_SEMANTICS_VALIDATORS_H
#define LIDO_HTTP_SEMANTICS_VALIDATORS_H

#include "http/base/view.h"

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

enum { ENTITY_TAG_BYTES = 96 };

/* All-zero: there are none. */
struct validators {
    char entity_tag[ENTITY_TAG_BYTES]; /* as ETag has it, with quotes and perhaps W/; "" for none */
    bool is_dated;
    time_t modified; /* for Last-Modified, if is_dated */
    bool is_lasting; /* they stay the same as time goes by, as long as the file does */
};

/* What they are made of. */
struct validators_basis {
    off_t size; /* in bytes */
    struct timespec modified;
    const char *digest; /* of the content, in characters of a tag; "": no tag; NULL: size and time tell */
    const char *coding; /* tells codings of one file apart: a token of at most 32 characters, or "" */
    time_t source_date; /* SOURCE_DATE_EPOCH, which builds give to all they make; 0: not known */
};

/* Whether a tool gives this time to whatever it makes, so that it tells nothing: up to the first two seconds
 * of 1970 (images, stores), 1980-01-01 in any time zone (zip), 1985-10-26 (npm), and `source_date` unless it
 * is 0. Thread-safe. */
bool validators_time_is_artificial(struct timespec modified, time_t source_date);

/* Make the validators of a file as seen at `now` (both times of the wall clock). A time that means nothing
 * (artificial, or ahead of `now`) gives no date, and no tag unless there is a digest. Up to 20 ms ahead is
 * young rather than ahead, as `now` may come from a coarse clock; the date is never later than `now`. A tag
 * of a digest is strong. One of size and time is weak while the file is so young that it may change again
 * within one tick of its file system's clock, and differs from the strong one that follows: a tick is taken
 * to be 2 s if the time has no fraction of a second (FAT), else 20 ms (twice the kernel's). Thread-safe. */
void validators_make(struct validators *validators, const struct validators_basis *basis,
                     struct timespec now);

/* Whether a list of entity tags, as in If-Match and If-None-Match, has this one. `list` without "*", which
 * the caller looks at first. Weak comparison if `weak`, else strong (RFC 9110 section 8.8.3.2); what is
 * malformed matches nothing; commas in quotes divide nothing, and nothing behind an unclosed quote can match.
 * No tag ("") is never listed. Thread-safe. */
bool entity_tag_is_listed(struct view list, const char *entity_tag, bool weak);

/* The first tag of a list that begins with `prefix` (its quote and all); bytes NULL when there is none. Weak
 * tags do not count. Thread-safe. */
struct view entity_tag_find(struct view list, struct view prefix);

#endif
