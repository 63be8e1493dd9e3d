/* SPDX-License-Identifier: MIT */
/*
 * How much memory all pieces of work of one kind may hold together: else a few clients that ask for the last
 * page of a huge folder at once could take all that the machine has.
 *
 * Counts what it is told, and allocates nothing.
 */
#ifndef LIDO_HTTP_BASE_MEMORY_BUDGET_H
#define LIDO_HTTP_BASE_MEMORY_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

struct memory_budget {
    atomic_size_t limit_bytes; /* may change at any time */
    atomic_size_t used_bytes;
};

/* Take a share. Returns whether there was enough left; nothing is taken otherwise. NULL stands for a budget
 * without end. Thread-safe. */
static inline bool memory_budget_take(struct memory_budget *budget, size_t bytes) {
    if (budget == NULL) {
        return true;
    }
    size_t used = atomic_load_explicit(&budget->used_bytes, memory_order_relaxed);
    do {
        size_t limit = atomic_load_explicit(&budget->limit_bytes, memory_order_relaxed);
        if (used > limit || bytes > limit - used) {
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(&budget->used_bytes, &used, used + bytes,
                                                    memory_order_relaxed, memory_order_relaxed));
    return true;
}

/* Give back what was taken. Thread-safe. */
static inline void memory_budget_give(struct memory_budget *budget, size_t bytes) {
    if (budget != NULL) {
        atomic_fetch_sub_explicit(&budget->used_bytes, bytes, memory_order_relaxed);
    }
}

#endif
