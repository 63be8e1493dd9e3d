/* SPDX-License-Identifier: MIT */
/*
 * Names in the order of their bytes, packed: they are gathered in small sorted runs, which are merged as the names are
 * taken. So n of them take n log n comparisons, and little more memory than their bytes.
 *
 * Some memory is taken from the budget in any case, more of it only as long as others have enough. Who is refused keeps
 * the first half of the names. Reads nothing. Not thread-safe.
 */
#ifndef LIDO_HTTP_FILES_ORDER_NAME_RUNS_H
#define LIDO_HTTP_FILES_ORDER_NAME_RUNS_H

#include "http/base/memory_budget.h"

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Names, each with its NUL, sorted. */
struct name_run {
    char *bytes; /* owned */
    uint32_t size;
    uint32_t at; /* of the name that comes next */
};

struct name_block;

struct name_runs {
    struct memory_budget *budget; /* NULL for none */
    size_t sure_bytes;            /* taken even if others have little left */
    size_t held_bytes;            /* taken for what is sorted */
    struct name_block *block;     /* owned: what is not sorted yet; NULL before the first name */
    struct name_run *runs;        /* owned; while names are taken a heap, the first of all names on top */
    size_t count;
    size_t capacity;
    size_t name_count; /* in the runs */
    bool is_shown;     /* the first name has been taken, and is still held */
    size_t kept_count; /* while they are halved: names that stay, up to now */
};

/* Set it up, empty. Allocates nothing yet. */
void name_runs_init(struct name_runs *runs, size_t sure_bytes, struct memory_budget *budget);

/* Free all; it is empty again. */
void name_runs_deinit(struct name_runs *runs);

/* Make room for another name of any length. Returns 0; -ENOSPC when there is none unless the names are halved; -ENOMEM
 * without memory, or when there is nothing to be halved. */
int name_runs_reserve(struct name_runs *runs) __attribute__((warn_unused_result));

/* Add a name, shorter than PATH_MAX, for which there is room. It is copied. */
void name_runs_add(struct name_runs *runs, const char *name);

/* Behind the last name: sort those that are not yet sorted. Returns as name_runs_reserve() does. */
int name_runs_seal(struct name_runs *runs) __attribute__((warn_unused_result));

/* Do a step towards dropping about the second half of the names, after one of the above has returned -ENOSPC. Returns
 * whether that was all; then `before` is the first name that was dropped, and no name behind it is left. */
bool name_runs_halve(struct name_runs *runs, char before[PATH_MAX]);

/* Once they are sealed: let them be taken, from the first one on. */
void name_runs_begin_taking(struct name_runs *runs);

/* Take the next name; lives until the next call. NULL at the end. */
const char *name_runs_take(struct name_runs *runs);

#endif
