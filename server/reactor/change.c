/* SPDX-License-Identifier: MIT */
/* What a reload changes while the loop runs; see reactor.h. */
#include "http/generation.h"
#include "server/reactor/state.h"

void reactor_take_timeouts(struct reactor *reactor) {
    const struct timeouts *timeouts =
        &generation_place_current(reactor->options.service->generations)->timeouts;
    reactor->room.send_timeout_ms = timeouts->send_ms;
    reactor->room.linger_timeout_ms = timeouts->linger_ms;
}

void reactor_set_bounds(struct reactor *reactor, const struct reactor_bounds *bounds) {
    reactor->options.reject_when_full = bounds->reject_when_full;
    reactor->options.shutdown_timeout_ms = bounds->shutdown_timeout_ms;
    reactor->clients.maximum = bounds->max_connections;
    reactor_take_timeouts(reactor);
    if (client_table_has_place(&reactor->clients)) {
        door_reopen(&reactor->door, DOOR_CONNECTIONS);
    }
}
