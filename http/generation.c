/* SPDX-License-Identifier: MIT */
#include "http/generation.h"

#include <utlist.h>

void generation_place_init(struct generation_place *place, struct generation *first) {
    (void)pthread_mutex_init(&place->lock, NULL); /* cannot fail without attributes */
    atomic_init(&place->current, first);
    place->holders = NULL;
}

void generation_place_deinit(struct generation_place *place) {
    generation_release(atomic_load(&place->current));
    atomic_store(&place->current, NULL);
    (void)pthread_mutex_destroy(&place->lock);
}

void generation_place_change(struct generation_place *place, struct generation *next) {
    (void)pthread_mutex_lock(&place->lock);
    struct generation *last = atomic_exchange(&place->current, next);
    struct generation_holder *holder = NULL;
    DL_FOREACH(place->holders, holder) {
        generation_release(atomic_exchange(&holder->put_down, NULL));
    }
    (void)pthread_mutex_unlock(&place->lock);
    generation_release(last);
}

const struct generation *generation_place_current(const struct generation_place *place) {
    return atomic_load_explicit(&place->current, memory_order_relaxed);
}

void generation_renew(struct generation_holder *holder, struct generation_place *place) {
    if (holder->held == NULL) {
        holder->held = atomic_exchange(&holder->put_down, NULL);
    }
    if (holder->held != NULL && holder->held == atomic_load(&place->current)) {
        return;
    }
    (void)pthread_mutex_lock(&place->lock);
    struct generation *current = generation_hold(atomic_load(&place->current));
    if (!holder->is_known) {
        DL_APPEND(place->holders, holder);
        holder->is_known = true;
    }
    (void)pthread_mutex_unlock(&place->lock);
    generation_release(holder->held);
    holder->held = current;
}

void generation_put_down(struct generation_holder *holder, struct generation_place *place) {
    struct generation *held = holder->held;
    if (held == NULL) {
        return;
    }
    holder->held = NULL;
    atomic_store(&holder->put_down, held);
    if (atomic_load(&place->current) != held) {
        generation_release(atomic_exchange(&holder->put_down, NULL));
    }
}

void generation_leave(struct generation_holder *holder, struct generation_place *place) {
    if (holder->is_known) {
        (void)pthread_mutex_lock(&place->lock);
        DL_DELETE(place->holders, holder);
        (void)pthread_mutex_unlock(&place->lock);
        holder->is_known = false;
    }
    generation_release(holder->held);
    generation_release(atomic_exchange(&holder->put_down, NULL));
    holder->held = NULL;
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
