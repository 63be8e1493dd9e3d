/* SPDX-License-Identifier: MIT */
/*
 * How much memory all pieces of work of one kind may hold together: else a few clients that ask for the last
 * page of a huge folder at once could take all that the machine has.
 *
 * Counts what it is told, and allocates nothing. Who takes from it counts what malloc(3) holds for him, not what he
 * asked malloc for: of many short names that is a multiple.
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

/* Take a share, if no more than this part of the limit (1: all of it, 2: a half) is taken then. Returns whether; nothing is
 * taken otherwise. NULL stands for a budget without end. Thread-safe. */
static inline bool memory_budget_take_of(struct memory_budget *budget, size_t bytes, size_t part) {
    if (budget == NULL) {
        return true;
    }
    size_t used = atomic_load_explicit(&budget->used_bytes, memory_order_relaxed);
    do {
        size_t limit = atomic_load_explicit(&budget->limit_bytes, memory_order_relaxed) / part;
        if (used > limit || bytes > limit - used) {
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(&budget->used_bytes, &used, used + bytes,
                                                    memory_order_relaxed, memory_order_relaxed));
    return true;
}

/* Take a share. Returns whether there was enough left; nothing is taken otherwise. NULL stands for a budget
 * without end. Thread-safe. */
static inline bool memory_budget_take(struct memory_budget *budget, size_t bytes) {
    return memory_budget_take_of(budget, bytes, 1);
}

/* Take a share that can be done without: half of the limit stays for what cannot. Returns as above. Thread-safe. */
static inline bool memory_budget_take_spare(struct memory_budget *budget, size_t bytes) {
    return memory_budget_take_of(budget, bytes, 2);
}

/* Take a share, whether there is enough left or not: of what is there already, and goes away by itself. Thread-safe. */
static inline void memory_budget_charge(struct memory_budget *budget, size_t bytes) {
    if (budget != NULL) {
        atomic_fetch_add_explicit(&budget->used_bytes, bytes, memory_order_relaxed);
    }
}

/* What malloc(3) holds for `bytes`, 0 for 0: as glibc does on a machine of 64 bits, 8 bytes more, in steps of 16, and
 * 32 at least. */
static inline size_t memory_held(size_t bytes) {
    enum { EXTRA = 8, STEP = 16, LEAST = 32 };
    size_t held = (bytes + EXTRA + STEP - 1) / STEP * STEP;
    return bytes == 0 ? 0 : held < LEAST ? (size_t)LEAST : held;
}

/* Give back what was taken. Thread-safe. */
static inline void memory_budget_give(struct memory_budget *budget, size_t bytes) {
    if (budget != NULL) {
        atomic_fetch_sub_explicit(&budget->used_bytes, bytes, memory_order_relaxed);
    }
}

/* How many bytes more are taken than seven eighths of the limit; 0: not so many. The last eighth is for those who come
 * while others are told to go. Thread-safe. */
static inline size_t memory_budget_excess(struct memory_budget *budget) {
    if (budget == NULL) {
        return 0;
    }
    size_t limit = atomic_load_explicit(&budget->limit_bytes, memory_order_relaxed);
    size_t used = atomic_load_explicit(&budget->used_bytes, memory_order_relaxed);
    size_t wanted = limit - limit / 8;
    return used > wanted ? used - wanted : 0;
}

/* What one holder has of a budget. All-zero: nothing. One owner at a time. */
struct memory_share {
    struct memory_budget *budget; /* NULL until it has some of one */
    size_t bytes;
};

/* Let the share be so large, whether there is enough left or not. */
static inline void memory_share_set(struct memory_share *share, struct memory_budget *budget, size_t bytes) {
    if (bytes > share->bytes) {
        share->budget = budget;
        memory_budget_charge(budget, bytes - share->bytes);
    } else if (bytes < share->bytes) {
        memory_budget_give(share->budget, share->bytes - bytes);
    }
    share->bytes = bytes;
}

/* The same, if there is enough left; else it stays as it is. Returns whether. */
static inline bool memory_share_try(struct memory_share *share, struct memory_budget *budget, size_t bytes) {
    if (bytes > share->bytes && !memory_budget_take(budget, bytes - share->bytes)) {
        return false;
    }
    if (bytes < share->bytes) {
        memory_budget_give(share->budget, share->bytes - bytes);
    }
    share->budget = budget;
    share->bytes = bytes;
    return true;
}

#endif
