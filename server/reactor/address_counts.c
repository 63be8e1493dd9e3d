/* SPDX-License-Identifier: MIT */
#include "server/reactor/address_counts.h"

#include <netinet/in.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

enum { SWEEP_MIN = 1024, NETWORK_BYTES = 8 };

struct key {
    unsigned char family;
    unsigned char bytes[16];
};

struct address_count {
    struct key key;
    atomic_size_t connections;
    UT_hash_handle hh;
};

static struct key key_of(const struct client_address *address) {
    struct key key = {.family = (unsigned char)address->family};
    bool is_link_local = address->bytes[0] == 0xfe && (address->bytes[1] & 0xc0) == 0x80;
    bool is_network = address->family == AF_INET6 && !is_link_local;
    memcpy(key.bytes, address->bytes, is_network ? NETWORK_BYTES : sizeof key.bytes);
    return key;
}

static void forget(struct address_counts *counts, struct address_count *count) {
    HASH_DEL(counts->all, count); /* NOLINT(clang-analyzer-*): it cannot see into uthash */
    free(count);
}

/* Whenever there are twice as many as were left the last time, so that each costs little. */
static void sweep(struct address_counts *counts) {
    size_t many = 2 * counts->swept_count;
    if (HASH_COUNT(counts->all) < (many > SWEEP_MIN ? many : SWEEP_MIN)) {
        return;
    }
    struct address_count *count = NULL;
    struct address_count *next = NULL;
    HASH_ITER(hh, counts->all, count, next) {
        if (atomic_load(&count->connections) == 0) {
            forget(counts, count);
        }
    }
    counts->swept_count = HASH_COUNT(counts->all);
}

static struct address_count *add(struct address_counts *counts, const struct key *key) {
    struct address_count *count = calloc(1, sizeof *count);
    if (count == NULL) {
        return NULL;
    }
    count->key = *key;
    HASH_ADD(hh, counts->all, key, sizeof count->key, count); /* NOLINT(clang-analyzer-*): as above */
    if (count->hh.tbl == NULL) {                              /* uthash's sign that there was no memory */
        free(count);
        return NULL;
    }
    return count;
}

struct address_count *address_counts_enter(struct address_counts *counts,
                                           const struct client_address *address, size_t maximum,
                                           bool *is_full) {
    *is_full = false;
    if (address->family != AF_INET && address->family != AF_INET6) {
        return NULL;
    }
    struct key key = key_of(address);
    struct address_count *count = NULL;
    HASH_FIND(hh, counts->all, &key, sizeof key, count); /* NOLINT(clang-analyzer-*): as above */
    if (count == NULL) {
        sweep(counts);
        count = add(counts, &key);
    }
    if (count == NULL) {
        return NULL;
    }
    *is_full = atomic_load(&count->connections) >= maximum;
    if (*is_full) {
        return NULL;
    }
    (void)atomic_fetch_add(&count->connections, 1);
    return count;
}

void address_count_leave(struct address_count *count) {
    if (count != NULL) {
        (void)atomic_fetch_sub(&count->connections, 1);
    }
}

void address_counts_deinit(struct address_counts *counts) {
    struct address_count *count = NULL;
    struct address_count *next = NULL;
    HASH_ITER(hh, counts->all, count, next) {
        forget(counts, count);
    }
}

size_t address_counts_size(const struct address_counts *counts) {
    return HASH_COUNT(counts->all);
}
