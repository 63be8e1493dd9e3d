/* SPDX-License-Identifier: MIT */
#include "http/base/refused_links.h"

#include "http/base/digest.h"

#include <stdlib.h>
#include <string.h>

/* Returns the free place that was taken for the digest; NULL: it was told, or there is none. */
static _Atomic uint64_t *claim(struct refused_links *refused, uint64_t digest) {
    for (size_t i = 0; i < REFUSED_LINKS_MAX; i++) {
        uint64_t there = 0;
        if (atomic_compare_exchange_strong(&refused->told[i], &there, digest)) {
            return &refused->told[i];
        }
        if (there == digest) {
            return NULL;
        }
    }
    return NULL;
}

static struct refused_link *copy(const char *path, const char *target) {
    size_t path_size = strlen(path) + 1;
    size_t target_size = strlen(target) + 1;
    struct refused_link *link = malloc(sizeof *link + path_size + target_size);
    if (link != NULL) {
        link->path = memcpy(link->text, path, path_size);
        link->target = memcpy(link->text + path_size, target, target_size);
    }
    return link;
}

/* Returns false when there is no room. */
static bool let_wait(struct refused_links *refused, struct refused_link *link) {
    for (size_t i = 0; i < REFUSED_LINKS_WAITING_MAX; i++) {
        struct refused_link *there = NULL;
        if (atomic_compare_exchange_strong(&refused->waiting[i], &there, link)) {
            return true;
        }
    }
    return false;
}

void refused_links_note(struct refused_links *refused, const char *path, const char *target) {
    _Atomic uint64_t *place = claim(refused, digest_hash(target, strlen(target), 0) | 1);
    if (place == NULL) {
        return;
    }
    struct refused_link *link = copy(path, target);
    if (link == NULL || !let_wait(refused, link)) {
        free(link);
        atomic_store(place, 0); /* to be told another time */
    } else if (refused->wake != NULL) {
        refused->wake(refused->context);
    }
}

bool refused_links_is_full(const struct refused_links *refused) {
    return atomic_load_explicit(&refused->told[REFUSED_LINKS_MAX - 1], memory_order_relaxed) != 0;
}

struct refused_link *refused_links_take(struct refused_links *refused) {
    struct refused_link *link = NULL;
    for (size_t i = 0; i < REFUSED_LINKS_WAITING_MAX && link == NULL; i++) {
        link = atomic_exchange(&refused->waiting[i], NULL);
    }
    return link;
}
