/* SPDX-License-Identifier: MIT */
/* A failed insertion leaves the entry out instead of ending the program. */
#define HASH_NONFATAL_OOM 1

#include "server/log/names/kept.h"

#include "http/base/clock.h"
#include "server/log/put.h"
#include "server/log/writer.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

/* What two entries of one client have alike, byte by byte. */
static struct client_address key_of(const struct client_address *address) {
    struct client_address key;
    memset(&key, 0, sizeof key);
    key.family = address->family;
    key.scope_id = address->scope_id;
    memcpy(key.bytes, address->bytes, sizeof key.bytes);
    return key;
}

static bool holds(const struct kept_name *client, int64_t now_ns) {
    int64_t seconds = client->answer == NAMES_KNOWN ? NAMES_KNOWN_S : NAMES_UNKNOWN_S;
    return client->answer == NAMES_ASKED || now_ns - client->since_ns < seconds * CLOCK_NS_PER_S;
}

static void forget(struct kept_names *kept, struct kept_name *client) {
    HASH_DEL(kept->table, client); /* NOLINT(clang-analyzer-*): it cannot see into uthash */
    free(client);
}

struct kept_name *kept_names_find(struct kept_names *kept, const struct client_address *address,
                                  int64_t now_ns) {
    struct client_address key = key_of(address);
    struct kept_name *client = NULL;
    HASH_FIND(hh, kept->table, &key, sizeof key, client);
    if (client != NULL && !holds(client, now_ns)) {
        forget(kept, client);
        client = NULL;
    }
    return client;
}

/* Those that came first are the first ones of the table. */
static bool make_room(struct kept_names *kept) {
    struct kept_name *client = kept->table;
    if (HASH_COUNT(kept->table) < NAMES_KEPT_MAX) {
        return true;
    }
    while (client != NULL && client->answer == NAMES_ASKED) {
        client = client->hh.next;
    }
    if (client != NULL) {
        forget(kept, client);
    }
    return client != NULL;
}

struct kept_name *kept_names_add(struct kept_names *kept, const struct client_address *address,
                                 int64_t now_ns) {
    struct kept_name *client = make_room(kept) ? calloc(1, sizeof *client) : NULL;
    if (client == NULL) {
        return NULL;
    }
    client->address = key_of(address);
    client->answer = NAMES_ASKED;
    client->since_ns = now_ns;
    HASH_ADD(hh, kept->table, address, sizeof client->address, client);
    if (client->hh.tbl == NULL) { /* uthash's sign that there was no memory */
        free(client);
        return NULL;
    }
    return client;
}

bool kept_names_defer(struct kept_names *kept, struct kept_name *client, struct log_writer *writer,
                      const char *line, size_t length, const struct log_slots *slots, int64_t until_ns) {
    bool has_room = kept->line_count < NAMES_LINES_MAX;
    struct deferred_line *deferred = has_room ? malloc(sizeof *deferred + length) : NULL;
    if (deferred == NULL) {
        return false;
    }
    *deferred = (struct deferred_line){.client = client,
                                       .writer = log_writer_hold(writer),
                                       .until_ns = until_ns,
                                       .slots = *slots,
                                       .length = length};
    memcpy(deferred->bytes, line, length);
    DL_APPEND(client->lines, deferred);
    DL_APPEND2(kept->lines, deferred, prev_of_all, next_of_all);
    kept->line_count++;
    return true;
}

void kept_names_take(struct kept_names *kept, struct deferred_line *line) {
    DL_DELETE(line->client->lines, line);
    DL_DELETE2(kept->lines, line, prev_of_all, next_of_all);
    kept->line_count--;
}

void kept_names_deinit(struct kept_names *kept) {
    struct kept_name *client = NULL;
    struct kept_name *next = NULL;
    HASH_ITER(hh, kept->table, client, next) {
        forget(kept, client);
    }
}

/* Returns the length of the line with the name in its slots. */
static size_t fill_in(char *out, const struct deferred_line *line, const char *name) {
    const char *from = line->bytes;
    char *at = out;
    for (size_t i = 0; i < line->slots.count; i++) {
        const char *slot = line->bytes + line->slots.items[i].offset;
        const char *quote = line->slots.items[i].is_json ? "\"" : "";
        at = put_bytes(at, from, (size_t)(slot - from));
        at = put_string(put_string(put_string(at, quote), name), quote);
        from = slot + line->slots.items[i].length;
    }
    at = put_bytes(at, from, line->length - (size_t)(from - line->bytes));
    return (size_t)(at - out);
}

void deferred_line_write(struct deferred_line *line, const char *name) {
    char filled[LOG_LINE_BYTES + LOG_SLOTS_MAX * NAME_BYTES];
    if (name != NULL) {
        log_writer_write(line->writer, filled, fill_in(filled, line, name));
    } else {
        log_writer_write(line->writer, line->bytes, line->length);
    }
    log_writer_release(line->writer);
    free(line);
}
