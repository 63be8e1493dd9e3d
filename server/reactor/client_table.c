/* SPDX-License-Identifier: MIT */
#include "server/reactor/client_table.h"

#include "server/reactor/address_counts.h"
#include "server/reactor/client_turn.h"

#include <stdlib.h>

void client_table_init(struct client_table *table, size_t maximum, const struct wakeup *wakeup) {
    *table = (struct client_table){.maximum = maximum, .wakeup = wakeup};
}

void client_table_deinit(struct client_table *table) {
    for (size_t i = 0; i < CLIENT_TABLE_BLOCKS; i++) {
        free(atomic_exchange(&table->blocks[i], NULL));
    }
}

/* Block i begins with number FIRST * (2^i - 1). */
static unsigned block_of(uint32_t number) {
    return 31 - (unsigned)__builtin_clz(number / CLIENT_TABLE_FIRST_BLOCK + 1);
}

static uint32_t first_of(unsigned block) {
    return CLIENT_TABLE_FIRST_BLOCK * (((uint32_t)1 << block) - 1);
}

struct client *client_table_find(const struct client_table *table, uint32_t number) {
    unsigned block = block_of(number);
    return atomic_load_explicit(&table->blocks[block], memory_order_acquire) + (number - first_of(block));
}

/* Returns memory that no client has used yet, or NULL. */
static struct client *make(struct client_table *table) {
    uint32_t number = (uint32_t)table->made_count;
    unsigned block = block_of(number);
    if (block >= CLIENT_TABLE_BLOCKS) {
        return NULL;
    }
    if (number == first_of(block) &&
        atomic_load_explicit(&table->blocks[block], memory_order_relaxed) == NULL) {
        struct client *clients = calloc((size_t)CLIENT_TABLE_FIRST_BLOCK << block, sizeof *clients);
        if (clients == NULL) {
            return NULL;
        }
        atomic_store_explicit(&table->blocks[block], clients, memory_order_release);
    }
    table->made_count++;
    struct client *client = client_table_find(table, number);
    client->number = number;
    return client;
}

/* Those that left last come first, as their memory is in the cache. */
static struct client *provide(struct client_table *table) {
    if (table->spare == NULL) {
        table->spare = atomic_exchange_explicit(&table->gone, NULL, memory_order_acquire);
    }
    struct client *client = table->spare;
    if (client == NULL) {
        return make(table);
    }
    table->spare = client->next;
    return client;
}

struct client *client_table_add(struct client_table *table, int fd, const struct client_address *from,
                                struct address_count *address, int64_t header_timeout_ms) {
    struct client *client = provide(table);
    if (client == NULL) {
        return NULL;
    }
    client->watched = WATCHED_NOT;
    client->waits_for_room = false;
    client->rejected = false;
    client->address = address;
    client->notes_arrivals = false;
    client->ready_ns = 0;
    client->list = NULL;
    client->prev = NULL;
    client->next = NULL;
    connection_open(&client->connection, fd, from, header_timeout_ms);
    size_t count = atomic_fetch_add(&table->count, 1) + 1;
    if (count > client_table_high_water(table)) {
        atomic_store_explicit(&table->high_water, count, memory_order_relaxed);
    }
    return client;
}

static void push_gone(struct client_table *table, struct client *client) {
    struct client *first = atomic_load_explicit(&table->gone, memory_order_relaxed);
    do {
        client->next = first;
    } while (!atomic_compare_exchange_weak_explicit(&table->gone, &first, client, memory_order_release,
                                                    memory_order_relaxed));
}

/* It is counted out last: whoever sees the place free finds the memory, too. */
void client_table_remove(struct client_table *table, struct client *client) {
    connection_close(&client->connection);
    address_count_leave(client->address);
    client_turn_renew(client);
    push_gone(table, client);
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

size_t client_table_high_water(const struct client_table *table) {
    return atomic_load_explicit(&table->high_water, memory_order_relaxed);
}

void client_table_watch(struct client_table *table) {
    atomic_store(&table->watched, true);
}
