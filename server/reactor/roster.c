/* SPDX-License-Identifier: MIT */
#include "server/reactor/roster.h"

#include <stdlib.h>

void roster_init(struct roster *roster, size_t maximum, const struct wakeup *wakeup) {
    *roster = (struct roster){.maximum = maximum, .wakeup = wakeup};
}

struct client *roster_add(struct roster *roster, int fd, const struct client_address *from,
                          const struct connection_service *service) {
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        return NULL;
    }
    client->source = SOURCE_CLIENT;
    connection_open(&client->connection, fd, from, service);
    size_t count = atomic_fetch_add(&roster->count, 1) + 1;
    roster->high_water = count > roster->high_water ? count : roster->high_water;
    return client;
}

static void push_gone(struct roster *roster, struct client *client) {
    struct client *first = atomic_load_explicit(&roster->gone, memory_order_relaxed);
    do {
        client->next = first;
    } while (!atomic_compare_exchange_weak_explicit(&roster->gone, &first, client, memory_order_release,
                                                    memory_order_relaxed));
}

void roster_bury(struct roster *roster) {
    struct client *client = atomic_exchange_explicit(&roster->gone, NULL, memory_order_acquire);
    while (client != NULL) {
        struct client *next = client->next;
        free(client);
        client = next;
    }
}

void roster_remove(struct roster *roster, struct client *client) {
    connection_close(&client->connection);
    if (client->watched == WATCHED_NOT) {
        free(client);
    } else {
        push_gone(roster, client);
    }
    atomic_fetch_sub(&roster->count, 1);
    if (atomic_exchange(&roster->watched, false)) {
        wakeup_send(roster->wakeup);
    }
}

bool roster_has_place(const struct roster *roster) {
    return roster_count(roster) < roster->maximum;
}

size_t roster_count(const struct roster *roster) {
    return atomic_load(&roster->count);
}

void roster_watch(struct roster *roster) {
    atomic_store(&roster->watched, true);
}
