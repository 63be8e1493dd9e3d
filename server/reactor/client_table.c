/* SPDX-License-Identifier: MIT */
#include "server/reactor/client_table.h"

#include <stdlib.h>

void client_table_init(struct client_table *table, size_t maximum, const struct wakeup *wakeup) {
    *table = (struct client_table){.maximum = maximum, .wakeup = wakeup};
}

struct client *client_table_add(struct client_table *table, int fd, const struct client_address *from,
                                const struct connection_service *service) {
    struct client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        return NULL;
    }
    client->source = SOURCE_CLIENT;
    connection_open(&client->connection, fd, from, service);
    size_t count = atomic_fetch_add(&table->count, 1) + 1;
    table->high_water = count > table->high_water ? count : table->high_water;
    return client;
}

static void push_gone(struct client_table *table, struct client *client) {
    struct client *first = atomic_load_explicit(&table->gone, memory_order_relaxed);
    do {
        client->next = first;
    } while (!atomic_compare_exchange_weak_explicit(&table->gone, &first, client, memory_order_release,
                                                    memory_order_relaxed));
}

void client_table_reap(struct client_table *table) {
    struct client *client = atomic_exchange_explicit(&table->gone, NULL, memory_order_acquire);
    while (client != NULL) {
        struct client *next = client->next;
        free(client);
        client = next;
    }
}

void client_table_remove(struct client_table *table, struct client *client) {
    connection_close(&client->connection);
    if (client->watched == WATCHED_NOT) {
        free(client);
    } else {
        push_gone(table, client);
    }
    atomic_fetch_sub(&table->count, 1);
    if (atomic_exchange(&table->watched, false)) {
        wakeup_send(table->wakeup);
    }
}

bool client_table_has_place(const struct client_table *table) {
    return client_table_count(table) < table->maximum;
}

size_t client_table_count(const struct client_table *table) {
    return atomic_load(&table->count);
}

void client_table_watch(struct client_table *table) {
    atomic_store(&table->watched, true);
}
