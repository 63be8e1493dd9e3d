/* SPDX-License-Identifier: MIT */
/* Who gives way when there is not enough for all; see state.h. */
#include "http/base/clock.h"
#include "server/reactor/state.h"

#include <stdatomic.h>

/* How long one must have stood still to give way for a new connection. Whoever gets on does not, however slowly. */
enum { SILENT_MS = 1000, REQUEST_STILL_MS = 2000, ANSWER_STILL_MS = 5000 };

/* And for a descriptor, without which nobody gets a file. */
enum { HOLDER_STILL_MS = 1000, DISMISSALS_MAX = 8 };

static void count(_Atomic(uint64_t) *counter) {
    (void)atomic_fetch_add_explicit(counter, 1, memory_order_relaxed); /* several threads do */
}

/* Who loses least comes first: an idle one can connect again, and of a request nothing was answered yet. */
void reactor_dismiss_one(struct reactor *reactor) {
    struct waiting_room *room = &reactor->room;
    int64_t now_ms = clock_steady_coarse_ms();
    if (waiting_room_dismiss_longest_idle(room) ||
        waiting_room_dismiss_slowest(room, WAITING_FOR_FIRST_BYTE, SILENT_MS, now_ms)) {
        count(&reactor->counts.gave_way);
    } else if (waiting_room_dismiss_slowest(room, WAITING_FOR_REQUEST, REQUEST_STILL_MS, now_ms) ||
               waiting_room_dismiss_slowest(room, WAITING_FOR_TAKING, ANSWER_STILL_MS, now_ms)) {
        count(&reactor->counts.gave_way_slow);
    }
}

/* As many as it takes; whoever has got on least, even if that is not long ago. What they hold stays taken until they are
 * served, which may last when they are many: else others would get memory that is not there. */
void reactor_relieve_memory(struct reactor *reactor) {
    struct memory_budget *budget = reactor->options.service->request_budget;
    struct waiting_room *room = &reactor->room;
    while (memory_budget_excess(budget) > waiting_room_leaving_bytes(room)) {
        int64_t now_ms = clock_steady_coarse_ms();
        if (!waiting_room_dismiss_slowest(room, WAITING_FOR_REQUEST, 0, now_ms) &&
            !waiting_room_dismiss_slowest(room, WAITING_FOR_TAKING, 0, now_ms)) {
            return;
        }
        count(&reactor->counts.gave_way_memory);
    }
}

/* Who holds more comes first: an answer that is being sent has a file, too. */
static bool dismiss_weakest(struct reactor *reactor) {
    struct waiting_room *room = &reactor->room;
    if (waiting_room_dismiss_slowest(room, WAITING_FOR_TAKING, HOLDER_STILL_MS, clock_steady_coarse_ms())) {
        count(&reactor->counts.gave_way_slow);
    } else if (waiting_room_dismiss_longest_idle(room)) {
        count(&reactor->counts.gave_way);
    } else {
        return false;
    }
    return true;
}

/* The main thread, which looks for those whose time is over, may be quicker. */
struct client *reactor_take_weakest(struct reactor *reactor) {
    struct client *client = NULL;
    bool is_one_dismissed = true;
    for (int i = 0; i < DISMISSALS_MAX && client == NULL && is_one_dismissed; i++) {
        is_one_dismissed = dismiss_weakest(reactor);
        client = waiting_room_take_expiring(&reactor->room);
    }
    return client;
}
