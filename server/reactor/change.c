/* SPDX-License-Identifier: MIT */
/* What a reload changes while the loop runs; see reactor.h. */
#include "http/generation.h"
#include "server/reactor/state.h"

void reactor_take_timeouts(struct reactor *reactor) {
    const struct timeouts *timeouts =
        &generation_place_current(reactor->options.service->generations)->timeouts;
    struct waiting_limits limits = {
        .header_timeout_ms = timeouts->header_ms,
        .send = {timeouts->send_ms, timeouts->send_bytes_per_s},
        .linger_timeout_ms = timeouts->linger_ms,
    };
    waiting_room_set_limits(&reactor->room, &limits);
}

void reactor_set_bounds(struct reactor *reactor, const struct reactor_bounds *bounds) {
    reactor->options.reject_when_full = bounds->reject_when_full;
    reactor->options.shutdown_timeout_ms = bounds->shutdown_timeout_ms;
    if (reactor->guard != NULL) {
        stop_guard_set_timeout(reactor->guard, bounds->shutdown_timeout_ms);
    }
    reactor->options.max_of_address = bounds->max_of_address;
    reactor->options.local_are_exempt = bounds->local_are_exempt;
    reactor->clients.maximum = bounds->max_connections;
    reactor_take_timeouts(reactor);
    if (client_table_has_place(&reactor->clients)) {
        door_reopen(&reactor->door, DOOR_CONNECTIONS);
    }
}

int reactor_change_listeners(struct reactor *reactor, struct listener_set *next, int backlog) {
    int error = door_turn_to(&reactor->door, next, backlog);
    reactor->has_leaving = reactor->has_leaving || error == 0;
    return error;
}

void reactor_see_off(struct reactor *reactor) {
    if (reactor->has_leaving) {
        reactor->has_leaving = door_close_leaving(&reactor->door);
    }
}
