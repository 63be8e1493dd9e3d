/* SPDX-License-Identifier: MIT */
#include "http/base/clock.h"
#include "http/base/counter.h"
#include "http/base/processors.h"
#include "http/generation.h"
#include "server/reactor/client_turn.h"
#include "server/reactor/client_watch.h"
#include "server/reactor/state.h"

#include <errno.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>
#include <utlist.h>

/* --- signals -------------------------------------------------------------------------------------------- */

/* What one of the two has taken, the other has to learn of. */
static void take_signals(struct reactor *reactor) {
    (void)signals_take(&reactor->signals);
    if (reactor->guard != NULL) {
        stop_guard_notice(reactor->guard);
    }
}

static void heed_signals(struct reactor *reactor) {
    bool is_to_reload = atomic_exchange(&reactor->signals.reload, false);
    if (is_to_reload && reactor->options.on_reload != NULL && !reactor->draining) {
        reactor->options.on_reload(reactor->options.context);
    }
    bool is_to_reopen = atomic_exchange(&reactor->signals.reopen, false);
    if (is_to_reopen && reactor->options.on_reopen != NULL) {
        reactor->options.on_reopen(reactor->options.context);
    }
    if (reactor->signals.stop_count > 0 && !reactor->draining) {
        reactor_begin_drain(reactor);
    }
}

/* --- the loop ------------------------------------------------------------------------------------------- */

/* How long to wait for events: for ever only while there are no deadlines, no chores and no pulse. */
static int wait_time_ms(struct reactor *reactor) {
    bool anybody = client_table_count(&reactor->clients) > 0 || reactor->door.reasons != 0;
    int watch_ms = lane_watch_wait_ms(&reactor->watch);
    int pulse_ms = reactor->options.pulse_ms > 0 ? reactor->options.pulse_ms : -1;
    int own_ms = anybody || reactor->has_chores || reactor->has_leaving ? WAITING_ROOM_TICK_MS : pulse_ms;
    return watch_ms != -1 ? watch_ms : own_ms;
}

/* Before anybody is let in, so that after a long sleep the first one finds all in order. */
static void do_chores(struct reactor *reactor) {
    int64_t now_ms = clock_steady_coarse_ms();
    if (reactor->options.on_tick != NULL && now_ms - reactor->chores_ms >= WAITING_ROOM_TICK_MS) {
        reactor->chores_ms = now_ms;
        bool anybody = client_table_count(&reactor->clients) > 0;
        bool any_left = reactor->options.on_tick(reactor->options.context);
        reactor->has_chores = any_left || anybody;
    }
}

/* Whoever is there now may be gone before the next chores, and leave something to tidy up. */
static void note_chores(struct reactor *reactor) {
    bool anybody = client_table_count(&reactor->clients) > 0;
    reactor->has_chores = reactor->has_chores || (anybody && reactor->options.on_tick != NULL);
}

/* Things that are due a few times a second. */
static void tick(struct reactor *reactor) {
    int64_t now_ms = clock_steady_coarse_ms();
    if (now_ms - reactor->swept_ms >= WAITING_ROOM_TICK_MS) {
        reactor->swept_ms = now_ms;
        (void)waiting_room_sweep(&reactor->room, now_ms);
        door_reopen(&reactor->door, DOOR_RESOURCES);
        if ((reactor->door.reasons & DOOR_CONNECTIONS) != 0) { /* none may have been idle before */
            reactor_dismiss_one(reactor);
        }
        reactor_relieve_memory(reactor);
    }
}

/* Deal with what epoll reported. Clients leave the waiting room before any is accepted: one that has sent
 * something is not idle any more, and must not give way to a new one. Returns 0, or a negative errno when
 * accepting can never work again. */
static int dispatch(struct reactor *reactor, const struct epoll_event *events, size_t count) {
    struct client *arrived[REACTOR_EVENTS_MAX];
    size_t arrived_count = client_watch_claim(&reactor->clients, &reactor->room, events, count, arrived);
    int result = 0;
    for (size_t i = 0; i < count; i++) {
        if (client_turn_is_token(events[i].data.u64)) {
            continue;
        }
        const enum event_source *source = events[i].data.ptr;
        switch (*source) {
        case SOURCE_LISTENER:
            result = result == 0 ? reactor_accept(reactor, door_listener_of(source)) : result;
            break;
        case SOURCE_SIGNALS:
            take_signals(reactor);
            break;
        case SOURCE_WAKE:
            wakeup_take(&reactor->wakeup);
            lane_watch_wake(&reactor->watch); /* perhaps for this: lane_have_watched() */
            reactor->has_chores = reactor->options.on_tick != NULL; /* perhaps for these: reactor_wake() */
            reactor_take_back(reactor);
            if (reactor->door.reasons != 0) { /* who has left may have told so after its place was taken */
                reactor_await_place(reactor);
                door_reopen(&reactor->door, DOOR_RESOURCES);
            }
            break;
        case SOURCE_LANE:
            lane_watch_wake(&reactor->watch);
            break;
        }
    }
    for (size_t i = 0; i < arrived_count; i++) {
        reactor_welcome(reactor, arrived[i]);
    }
    return result;
}

/* See that the lane is led, and harvest it if nobody can. */
static void watch_lane(struct reactor *reactor) {
    bool is_deserted = false;
    counter_add(&reactor->counts.deposed, lane_watch_look(&reactor->watch, reactor->pool, &is_deserted));
    size_t count = is_deserted ? BATCH_CLIENTS_MAX : 0;
    for (size_t total = 0; count == BATCH_CLIENTS_MAX && total < REACTOR_EVENTS_MAX; total += count) {
        struct client *clients[BATCH_CLIENTS_MAX];
        count = lane_harvest(&reactor->lane, clients);
        for (size_t i = 0; i < count; i++) {
            reactor_welcome(reactor, clients[i]);
        }
    }
    if (is_deserted) {
        reactor_submit_ready(reactor);
    }
}

int reactor_run(struct reactor *reactor, struct threadpool *pool) {
    reactor->pool = pool;
    int result = 0;
    while (result == 0 && !reactor_is_over(reactor)) {
        struct epoll_event events[REACTOR_EVENTS_MAX];
        int count = epoll_wait(reactor->epoll_fd, events, REACTOR_EVENTS_MAX, wait_time_ms(reactor));
        if (count == -1 && errno != EINTR) {
            result = -errno;
            break;
        }
        do_chores(reactor);
        result = dispatch(reactor, events, count > 0 ? (size_t)count : 0);
        note_chores(reactor);
        heed_signals(reactor);
        if (reactor->draining) {
            reactor_accept_the_rest(reactor); /* after the events, as some may point to listeners */
        } else {
            reactor_see_off(reactor);
        }
        reactor_submit_ready(reactor);
        threadpool_rest(pool);
        threadpool_watch(pool);
        watch_lane(reactor);
        tick(reactor);
    }
    lane_close(&reactor->lane);
    return result;
}

/* --- creating and destroying ---------------------------------------------------------------------------- */

static int watch(const struct reactor *reactor, int fd, void *source) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
    return epoll_ctl(reactor->epoll_fd, EPOLL_CTL_ADD, fd, &event) == -1 ? -errno : 0;
}

static int open_all(struct reactor *reactor) {
    reactor->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int result = reactor->epoll_fd == -1 ? -errno : signals_open(&reactor->signals);
    result = result == 0 ? wakeup_open(&reactor->wakeup) : result;
    result = result == 0 ? watch(reactor, reactor->signals.fd, &reactor->signals) : result;
    result = result == 0 ? watch(reactor, reactor->wakeup.fd, &reactor->wakeup) : result;
    result = result == 0 ? lane_watch_init(&reactor->watch, reactor->epoll_fd, &reactor->lane) : result;
    return result == 0 ? door_init(&reactor->door, reactor->epoll_fd, reactor->options.listeners) : result;
}

static int open_lane(struct reactor *reactor) {
    struct lane_options options = {
        .clients = &reactor->clients,
        .room = &reactor->room,
        .wakeup = &reactor->wakeup,
        .leaders_max = processors_count(),
        .receive = reactor->options.receive,
        .serve = reactor->options.serve,
        .rest = reactor->options.rest,
        .context = reactor->options.context,
    };
    return lane_init(&reactor->lane, &options);
}

int reactor_create(struct reactor **out, const struct reactor_options *options) {
    struct reactor *reactor = aligned_alloc(alignof(struct reactor), sizeof *reactor);
    if (reactor == NULL) {
        return -ENOMEM;
    }
    memset(reactor, 0, sizeof *reactor);
    reactor->options = *options;
    reactor->epoll_fd = -1;
    reactor->signals.fd = -1;
    reactor->wakeup.fd = -1;
    client_table_init(&reactor->clients, options->max_connections, &reactor->wakeup);
    int result = waiting_room_init(&reactor->room, clock_steady_coarse_ms());
    reactor_take_timeouts(reactor);
    int lane_result = open_lane(reactor); /* also after a failure: reactor_destroy() closes it */
    result = result == 0 ? lane_result : result;
    result = result == 0 ? open_all(reactor) : result;
    if (result != 0) {
        reactor_destroy(reactor);
        return result;
    }
    *out = reactor;
    return 0;
}

void reactor_destroy(struct reactor *reactor) {
    if (reactor == NULL) {
        return;
    }
    reactor_cut_clients(reactor);
    lane_deinit(&reactor->lane);
    client_table_deinit(&reactor->clients);
    address_counts_deinit(&reactor->addresses);
    waiting_room_deinit(&reactor->room);
    door_deinit(&reactor->door);
    signals_close(&reactor->signals);
    wakeup_close(&reactor->wakeup);
    if (reactor->epoll_fd != -1) {
        (void)close(reactor->epoll_fd);
    }
    free(reactor);
}

int reactor_open_guard(struct reactor *reactor, struct stop_guard *guard,
                       void (*on_late)(void *context, enum stop_stage stage, int status)) {
    struct stop_guard_options options = {
        .signals = &reactor->signals,
        .main_thread = &reactor->wakeup,
        .shutdown_timeout_ms = reactor->options.shutdown_timeout_ms,
        .on_late = on_late,
        .context = reactor->options.context,
    };
    int error = stop_guard_open(guard, &options);
    reactor->guard = error == 0 ? guard : NULL;
    return error;
}

struct lane *reactor_lane(struct reactor *reactor) {
    return &reactor->lane;
}
