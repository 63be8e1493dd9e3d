/* SPDX-License-Identifier: MIT */
/*
 * What tells one state of a representation from another: its entity tag and its modification date (RFC 9110
 * section 8.8).
 *
 * The tag is made of size and modification time to the nanosecond, and of nothing that differs between two
 * machines that hold copies of the same file (inode, device). Pure functions over values.
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
};

/* Make the validators of a file of `size` bytes, last modified at `modified`, as seen at `now` (both of the
 * wall clock). `coding` tells content codings of one file apart: a short token such as "gz", or "" for none.
 * A time that means nothing (up to the first two seconds of 1970, as reproducible builds and images have it,
 * or ahead of `now`) gives none. Up to 20 ms ahead is young rather than ahead, as `now` may come from a
 * coarse clock; the date is never later than `now`. While the file is so young that it may change again
 * within one tick of its file system's clock, the tag is weak and differs from the strong one that follows: a
 * tick is taken to be 2 s if the time has no fraction of a second (FAT), else 20 ms (twice the kernel's).
 * `coding` has at most 32 characters, all of a token. Thread-safe. */
void validators_make(struct validators *validators, off_t size, struct timespec modified, struct timespec now,
                     const char *coding);

/* Whether a list of entity tags, as in If-Match and If-None-Match, has this one. `list` without "*", which
 * the caller looks at first. Weak comparison if `weak`, else strong (RFC 9110 section 8.8.3.2); what is
 * malformed matches nothing; commas in quotes divide nothing, and nothing behind an unclosed quote can match.
 * No tag ("") is never listed. Thread-safe. */
bool entity_tag_is_listed(struct view list, const char *entity_tag, bool weak);

/* The first tag of a list that begins with `prefix` (its quote and all); bytes NULL when there is none. Weak
 * tags do not count. Thread-safe. */
struct view entity_tag_find(struct view list, struct view prefix);

#endif
