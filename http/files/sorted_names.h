/* SPDX-License-Identifier: MIT */
/*
 * The names in one folder, sorted by their bytes, a chunk at a time: the first so many, then the first so
 * many of those behind them, for which the folder is read again.
 *
 * So the memory needed depends on the chunk, not on the folder. Knows names and kinds only, and looks at no
 * file. All is done in small steps, for callers with a time slice. Not thread-safe.
 */
#ifndef LIDO_HTTP_FILES_SORTED_NAMES_H
#define LIDO_HTTP_FILES_SORTED_NAMES_H

#include "http/base/memory_budget.h"
#include "http/files/folder_entry.h"
#include "http/files/folder_reader.h"
#include "http/files/selection.h"

#include <stdbool.h>
#include <stddef.h>

struct sorted_names {
    struct selection selection; /* while the folder is read */
    size_t found_count; /* of the names behind `after`; more than are wanted: there is another chunk */
    bool is_read;
    struct folder_entry *chunk; /* of chunk[first_held .. count) the names are held */
    size_t count;
    size_t first_held;
    size_t next;               /* to be taken */
    bool is_sorted;            /* only then something can be taken */
    struct folder_entry after; /* the last one of the chunk before; its name is NULL for none */
};

/* Set it up to find the first `wanted` names, at least 1. Allocates nothing yet. */
void sorted_names_init(struct sorted_names *names, size_t wanted, struct memory_budget *budget);

void sorted_names_deinit(struct sorted_names *names);

/* Do a step towards the next chunk. The reader has to be at the beginning when the first step is done, and be
 * the same for all steps. Returns 0 once the chunk is sorted, -EAGAIN to be called again, or another negative
 * errno. */
int sorted_names_prepare(struct sorted_names *names, struct folder_reader *reader)
    __attribute__((warn_unused_result));

/* Take the next one of the chunk; lives until the next call. NULL at its end. */
const struct folder_entry *sorted_names_take(struct sorted_names *names);

/* At the end of a chunk: whether there was more in the folder when it was read. */
bool sorted_names_has_more(const struct sorted_names *names);

/* At the end of a chunk: turn to the next one, of `wanted` names. */
void sorted_names_turn(struct sorted_names *names, size_t wanted);

/* How many names are in memory. */
size_t sorted_names_held_count(const struct sorted_names *names);

#endif
