/* SPDX-License-Identifier: MIT */
/* What others may know of the reactor; see state.h. */
#include "http/base/counter.h"
#include "server/reactor/state.h"

void reactor_read_stats(const struct reactor *reactor, struct reactor_stats *stats) {
    const struct reactor_counts *counts = &reactor->counts;
    struct memory_budget *budget = reactor->options.service->request_budget;
    *stats = (struct reactor_stats){
        .accepted = counter_read(&counts->accepted),
        .accept_errors = counter_read(&counts->accept_errors),
        .turned_away = counter_read(&counts->turned_away),
        .rejected = counter_read(&counts->rejected),
        .gave_way = counter_read(&counts->gave_way),
        .gave_way_slow = counter_read(&counts->gave_way_slow),
        .gave_way_memory = counter_read(&counts->gave_way_memory),
        .paused_full = counter_read(&counts->paused_full),
        .paused_connections = counter_read(&counts->paused_connections),
        .paused_resources = counter_read(&counts->paused_resources),
        .deposed = counter_read(&counts->deposed),
        .cut = counter_read(&counts->cut),
        .request_bytes = budget != NULL ? atomic_load_explicit(&budget->used_bytes, memory_order_relaxed) : 0,
        .request_bytes_max =
            budget != NULL ? atomic_load_explicit(&budget->limit_bytes, memory_order_relaxed) : 0,
        .open = client_table_count(&reactor->clients),
        .open_high_water = client_table_high_water(&reactor->clients),
        .leaders = atomic_load_explicit(&reactor->lane.leaders, memory_order_relaxed),
    };
    for (enum parked kind = PARKED_IDLE; kind < PARKED_KINDS; kind++) {
        stats->timeouts[kind] = waiting_room_expired(&reactor->room, kind);
        stats->expired += stats->timeouts[kind];
        stats->parked[kind] = (size_t)waiting_room_parked(&reactor->room, kind);
    }
}
