/* SPDX-License-Identifier: MIT */
/*
 * The names in one folder, sorted by their bytes: all of them, if there is memory for them. Else those that there is
 * memory for, then those behind them, for which the folder is read again, and so on.
 *
 * Looks at no file. All is done in small steps, for callers with a time slice. Not thread-safe.
 */
#ifndef LIDO_HTTP_FILES_ORDER_SORTED_NAMES_H
#define LIDO_HTTP_FILES_ORDER_SORTED_NAMES_H

#include "http/base/memory_budget.h"
#include "http/files/folder_reader.h"
#include "http/files/order/name_runs.h"

#include <stdbool.h>
#include <stddef.h>

struct sorted_names_bounds;

struct sorted_names {
    struct name_runs runs;
    struct sorted_names_bounds *bounds; /* owned; NULL as long as all names have room */
    size_t found_count;                 /* of those that are not behind us */
    bool is_read;
    bool is_halving;
    bool is_sorted; /* only then something can be taken */
};

/* Set it up to be read. Takes `sure_bytes` of the budget (NULL: without end) in any case, more only as long as it is at
 * least half free. Allocates nothing yet. */
void sorted_names_init(struct sorted_names *names, size_t sure_bytes, struct memory_budget *budget);

void sorted_names_deinit(struct sorted_names *names);

/* Do a step towards sorting them. The reader has to be at the beginning when the first step is done, and be the same for
 * all steps. Returns 0 once they are sorted, -EAGAIN to be called again, or another negative errno. */
int sorted_names_prepare(struct sorted_names *names, struct folder_reader *reader)
    __attribute__((warn_unused_result));

/* Take the next name; lives until the next call. NULL at the end. */
const char *sorted_names_take(struct sorted_names *names);

/* At the end: whether there was more in the folder than there was room for. */
bool sorted_names_has_more(const struct sorted_names *names);

/* At the end: turn to those that there was no room for; they have to be prepared first. */
void sorted_names_turn(struct sorted_names *names);

/* How many bytes of the budget the names take. */
size_t sorted_names_held_bytes(const struct sorted_names *names);

#endif
