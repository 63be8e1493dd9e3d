/* SPDX-License-Identifier: MIT */
#include "server/reactor/lane/readiness.h"

#include "http/base/clock.h"
#include "http/transport/transport.h"

static int64_t within(int64_t ns, int64_t first_ns, int64_t last_ns) {
    return ns < first_ns ? first_ns : ns > last_ns ? last_ns : ns;
}

static void date_evenly(const struct readiness_harvest *harvest, int64_t since_ns) {
    int64_t part_ns = (harvest->at_ns - since_ns) / (2 * (int64_t)harvest->count);
    for (size_t i = 0; i < harvest->count; i++) {
        harvest->clients[i]->ready_ns = since_ns + (2 * (int64_t)i + 1) * part_ns;
    }
}

/* Whoever became ready before the last harvest that left nothing was taken by it: so much for a clock that was set. */
static void date_by_kernel(struct client *client, int64_t at_ns, int64_t emptied_ns) {
    if (client->waits_for_room) {
        return;
    }
    if (!client->notes_arrivals) {
        client->notes_arrivals = true;
        transport_note_arrivals(client->connection.fd);
        return;
    }
    int64_t ago_ns = transport_arrived_ago_ns(client->connection.fd);
    if (ago_ns != -1) {
        client->ready_ns = within(clock_steady_ns() - ago_ns, emptied_ns, at_ns);
    }
}

void readiness_date(struct readiness *readiness, const struct readiness_harvest *harvest) {
    int64_t since_ns = atomic_load_explicit(&readiness->harvested_ns, memory_order_relaxed);
    int64_t emptied_ns = atomic_load_explicit(&readiness->emptied_ns, memory_order_relaxed);
    bool has_gap = !harvest->was_watched && since_ns != 0 && since_ns < harvest->at_ns;
    atomic_store_explicit(&readiness->harvested_ns, harvest->at_ns, memory_order_relaxed);
    if (!harvest->is_full) {
        atomic_store_explicit(&readiness->emptied_ns, harvest->at_ns, memory_order_relaxed);
    }
    if (harvest->count == 0) {
        return;
    }
    date_evenly(harvest, has_gap ? since_ns : harvest->at_ns);
    if (has_gap && harvest->at_ns - since_ns >= (int64_t)harvest->count * READINESS_ASKING_NS) {
        for (size_t i = 0; i < harvest->count; i++) {
            date_by_kernel(harvest->clients[i], harvest->at_ns, emptied_ns);
        }
    }
}
