/* SPDX-License-Identifier: MIT */
/*
 * The first so many of any number of entries, in a given order: a heap with its last one on top.
 *
 * What does not belong to them is forgotten at once, so that the memory needed depends on how many are
 * wanted, not on how many there are. Not thread-safe.
 */
#ifndef LIDO_HTTP_FILES_ORDER_SELECTION_H
#define LIDO_HTTP_FILES_ORDER_SELECTION_H

#include "http/base/memory_budget.h"
#include "http/files/folder_entry.h"

#include <stdbool.h>
#include <stddef.h>

/* As strcmp(3); must tell any two entries of one folder apart. */
typedef int selection_compare(const struct folder_entry *a, const struct folder_entry *b);

struct selection {
    selection_compare *compare;
    size_t wanted;                /* at least 1 */
    struct memory_budget *budget; /* NULL for none */
    struct folder_entry *heap;
    size_t count;
    size_t capacity;
    size_t budget_bytes; /* taken from the budget */
};

/* Set it up, empty. Allocates nothing yet. */
void selection_init(struct selection *selection, selection_compare *compare, size_t wanted,
                    struct memory_budget *budget);

/* Free all entries in it, and leave it empty. Those that were taken stay, and are to be released still. */
void selection_deinit(struct selection *selection);

/* Free so many of the entries in it, whichever they are, for a caller with a time slice. Returns whether
 * that was all. */
bool selection_drop(struct selection *selection, size_t count);

/* Offer an entry; its name is copied if it is kept. Returns 0, or -ENOMEM when there is no memory or the
 * budget is used up. */
int selection_offer(struct selection *selection, const struct folder_entry *entry)
    __attribute__((warn_unused_result));

/* Take the last one in order out of it, which the caller releases with selection_release(). There must be
 * one. */
struct folder_entry selection_take_last(struct selection *selection);

/* Free an entry that was taken, and give its bytes back to the budget. */
void selection_release(struct selection *selection, struct folder_entry *entry);

#endif
