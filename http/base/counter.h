/* SPDX-License-Identifier: MIT */
/*
 * A number that one thread counts and any thread may read while it does.
 *
 * With one writer an addition is a load and a store, and needs no locked instruction. What is read means something
 * on its own only: counters of one thread are not read in one instant. Whoever has several writers needs something
 * else. Nothing here blocks.
 */
#ifndef LIDO_HTTP_BASE_COUNTER_H
#define LIDO_HTTP_BASE_COUNTER_H

#include <stdatomic.h>
#include <stdint.h>

/* What it has come to. Thread-safe. */
static inline uint64_t counter_read(const _Atomic(uint64_t) *from) {
    return atomic_load_explicit(from, memory_order_relaxed);
}

/* Set it, by its one writer. */
static inline void counter_set(_Atomic(uint64_t) *to, uint64_t value) {
    atomic_store_explicit(to, value, memory_order_relaxed);
}

/* Count `more`, by its one writer. */
static inline void counter_add(_Atomic(uint64_t) *to, uint64_t more) {
    counter_set(to, counter_read(to) + more);
}

#endif
