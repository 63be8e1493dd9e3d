/* SPDX-License-Identifier: MIT */
#include "http/site/generation.h"

#include <stddef.h>

void generation_place_init(struct generation_place *place, struct generation *first) {
    (void)pthread_mutex_init(&place->lock, NULL); /* cannot fail without attributes */
    atomic_init(&place->current, first);
}

void generation_place_deinit(struct generation_place *place) {
    generation_release(atomic_load(&place->current));
    atomic_store(&place->current, NULL);
    (void)pthread_mutex_destroy(&place->lock);
}

void generation_place_change(struct generation_place *place, struct generation *next) {
    (void)pthread_mutex_lock(&place->lock);
    struct generation *last = atomic_exchange(&place->current, next);
    (void)pthread_mutex_unlock(&place->lock);
    generation_release(last);
}

void generation_renew(struct generation **held, struct generation_place *place) {
    if (*held != NULL && *held == atomic_load_explicit(&place->current, memory_order_acquire)) {
        return;
    }
    (void)pthread_mutex_lock(&place->lock);
    struct generation *current = generation_hold(atomic_load(&place->current));
    (void)pthread_mutex_unlock(&place->lock);
    generation_release(*held);
    *held = current;
}

struct generation *generation_hold(struct generation *generation) {
    atomic_fetch_add_explicit(&generation->holds, 1, memory_order_relaxed);
    return generation;
}

void generation_release(struct generation *generation) {
    if (generation != NULL && atomic_fetch_sub_explicit(&generation->holds, 1, memory_order_acq_rel) == 1) {
        generation->destroy(generation);
    }
}
