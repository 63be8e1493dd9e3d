/* SPDX-License-Identifier: MIT */
/* The end: from the signal that asks to stop until no worker is waited for any more; see state.h. */
#include "http/base/clock.h"
#include "http/base/counter.h"
#include "server/reactor/state.h"

#include <poll.h>
#include <stdatomic.h>
#include <utlist.h>

enum {
    GRACE_MS = 250, /* for workers to finish the step that they are in, when all else is over */
    RESERVE_MS =
        400, /* of the time to stop, if somebody will not: the grace, and as late as a look at the time may be */
};

void reactor_begin_drain(struct reactor *reactor) {
    reactor->draining = true;
    reactor->drain_deadline_ms = clock_steady_coarse_ms() + reactor->options.shutdown_timeout_ms;
    atomic_store(&reactor->options.service->closing, true); /* those that are being answered are not kept */
    listener_set_end_backlog(reactor->options.listeners);
    waiting_room_close(&reactor->room);
}

/* Answers may take all the time that there is; but who waits for a worker that does not come back has to be cut. */
static int64_t deadline_ms(const struct reactor *reactor) {
    int64_t half_ms = reactor->options.shutdown_timeout_ms / 2;
    int64_t reserve_ms = threadpool_has_absent(reactor->pool) ? RESERVE_MS : 0;
    return reactor->drain_deadline_ms - (reserve_ms < half_ms ? reserve_ms : half_ms);
}

bool reactor_is_over(struct reactor *reactor) {
    if (!reactor->draining) {
        return false;
    }
    client_table_watch(&reactor->clients);
    bool is_empty = reactor->door.listeners == NULL && client_table_count(&reactor->clients) == 0;
    return is_empty || reactor->signals.stop_count > 1 || clock_steady_coarse_ms() >= deadline_ms(reactor);
}

/* Returns false when there is no more grace. */
static bool await_worker(const struct reactor *reactor, int64_t until_ms) {
    int64_t left_ms = until_ms - clock_steady_coarse_ms();
    struct pollfd end = {.fd = reactor->wakeup.fd, .events = POLLIN};
    if (left_ms <= 0) {
        return false;
    }
    (void)poll(&end, 1, (int)left_ms);
    wakeup_take(&reactor->wakeup);
    return true;
}

bool reactor_await_workers(struct reactor *reactor) {
    int64_t until_ms = clock_steady_coarse_ms() + GRACE_MS;
    threadpool_close(reactor->pool);
    while (!threadpool_has_ended(reactor->pool)) {
        if (!await_worker(reactor, until_ms)) {
            return false;
        }
    }
    return true;
}

void reactor_dismiss_workers(struct reactor *reactor) {
    int64_t until_ms = clock_steady_coarse_ms() + GRACE_MS;
    struct worker_report any;
    bool goes_on = true;
    atomic_store(&reactor->options.service->closing, true);
    lane_close(&reactor->lane);
    threadpool_close(reactor->pool);
    while (goes_on && threadpool_read_workers(reactor->pool, &any, 1) > 0) {
        goes_on = await_worker(reactor, until_ms);
    }
}

static void cut(struct reactor *reactor, struct client *client) {
    counter_add(&reactor->counts.cut, 1);
    if (reactor->options.on_cut != NULL) {
        reactor->options.on_cut(reactor->options.context, &client->connection);
    }
    client_table_remove(&reactor->clients, client);
}

void reactor_cut_clients(struct reactor *reactor) {
    struct client *client = NULL;
    while ((client = reactor->ready) != NULL) {
        DL_DELETE(reactor->ready, client);
        cut(reactor, client);
    }
    while ((client = waiting_room_take_any(&reactor->room)) != NULL) {
        cut(reactor, client);
    }
}
