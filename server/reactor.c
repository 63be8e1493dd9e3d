/* SPDX-License-Identifier: MIT */
#include "server/reactor.h"

#include "server/door.h"
#include "server/roster.h"
#include "server/stop_signals.h"
#include "server/waiting_room.h"
#include "server/wakeup.h"

#include <errno.h>
#include <linux/sockios.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <utlist.h>

enum {
    EVENTS_MAX = 256,  /* taken from epoll in one call, and queued in one operation */
    ACCEPT_SHARE = 64, /* clients accepted before those that wait have their turn */
};

struct reactor {
    struct reactor_options options;
    struct threadpool *pool;
    struct waiting_room room;
    struct door door;
    struct client *ready; /* can go on, and wait for a place in the queue; the main thread's alone */
    int epoll_fd;
    struct stop_signals signals;
    struct wakeup wakeup;
    struct roster roster;

    bool draining;
    int64_t drain_deadline_ms;
    int64_t swept_ms;
    struct reactor_stats stats;
};

/* --- workers' side ------------------------------------------------------------------------------------------------ */

/* Who enters the room is the reactor's, and may be served by another worker as soon as epoll knows of it: all that is
 * needed afterwards is copied before. */
static void wait_in_room(struct reactor *reactor, struct client *client, uint32_t events) {
    int fd = client->connection.fd;
    int operation = client->registered ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    struct epoll_event event = {.events = events | EPOLLONESHOT, .data.ptr = client};
    client->registered = true;
    client->waits_for_room = (events & EPOLLOUT) != 0;
    if (client->waits_for_room && ioctl(fd, SIOCOUTQ, &client->queued_bytes) == -1) {
        client->queued_bytes = 0;
    }
    waiting_room_enter(&reactor->room, client);
    if (epoll_ctl(reactor->epoll_fd, operation, fd, &event) == -1) {
        waiting_room_leave(&reactor->room, &client, 1);
        roster_remove(&reactor->roster, client);
    }
}

void reactor_return(struct reactor *reactor, struct client *client, enum connection_verdict verdict) {
    void *item = client;
    switch (verdict) {
    case CONNECTION_WAIT_READABLE:
        wait_in_room(reactor, client, EPOLLIN);
        break;
    case CONNECTION_WAIT_WRITABLE:
        wait_in_room(reactor, client, EPOLLOUT);
        break;
    case CONNECTION_AGAIN: /* to the end of the queue; if that is full, by way of epoll, which reports it at once */
        if (threadpool_submit(reactor->pool, &item, 1) == 0) {
            wait_in_room(reactor, client, EPOLLOUT);
        }
        break;
    case CONNECTION_DONE:
        roster_remove(&reactor->roster, client);
        break;
    }
}

void reactor_on_room(struct reactor *reactor) {
    wakeup_send(&reactor->wakeup);
}

/* --- handing over ------------------------------------------------------------------------------------------------- */

static void reject(struct reactor *reactor, struct client *client) {
    DL_DELETE(reactor->ready, client);
    reactor->stats.rejected++;
    client->rejected = true;
    enum connection_verdict verdict = connection_reject(&client->connection, reactor->options.service);
    if (reactor->options.on_rejected != NULL) {
        reactor->options.on_rejected(reactor->options.context, &client->connection);
    }
    reactor_return(reactor, client, verdict);
}

/* There is no room in the queue. */
static void refuse_crowd(struct reactor *reactor) {
    if (!reactor->options.reject_when_full) {
        reactor->stats.paused_full += door_close_for(&reactor->door, DOOR_QUEUE_FULL) ? 1 : 0;
        return;
    }
    struct client *client = NULL;
    struct client *next = NULL;
    DL_FOREACH_SAFE(reactor->ready, client, next) {
        if (connection_is_between_requests(&client->connection) && !client->connection.expired) {
            reject(reactor, client);
        }
    }
}

/* Put those who are ready into the queue, all that it takes. */
static void submit_ready(struct reactor *reactor) {
    while (reactor->ready != NULL) {
        void *batch[EVENTS_MAX];
        size_t count = 0;
        while (reactor->ready != NULL && count < EVENTS_MAX) {
            struct client *client = reactor->ready; /* off the list first: once handed over, not ours */
            DL_DELETE(reactor->ready, client);
            batch[count++] = client;
        }
        size_t taken = threadpool_submit(reactor->pool, batch, count);
        for (size_t i = count; i > taken; i--) {
            struct client *client = batch[i - 1];
            DL_PREPEND(reactor->ready, client);
        }
        if (taken < count) {
            refuse_crowd(reactor);
            return;
        }
    }
    door_reopen(&reactor->door, DOOR_QUEUE_FULL);
}

/* --- accepting ---------------------------------------------------------------------------------------------------- */

/* Close the door until a client has left, and see to it that one does. */
static void make_way(struct reactor *reactor, enum door_reason reason, uint64_t *counter) {
    *counter += door_close_for(&reactor->door, reason) ? 1 : 0;
    reactor->stats.gave_way += waiting_room_dismiss_longest_idle(&reactor->room) ? 1 : 0;
    roster_watch(&reactor->roster);
    if (reason == DOOR_CONNECTIONS && roster_has_place(&reactor->roster)) {
        door_reopen(&reactor->door, reason); /* one left before it could know that we wait for it */
    }
}

static void admit(struct reactor *reactor, int fd, const struct sockaddr_storage *address, socklen_t length) {
    struct client_address from = client_address_from((const struct sockaddr *)address, length);
    struct client *client = roster_add(&reactor->roster, fd, &from, reactor->options.service);
    if (client == NULL) {
        (void)close(fd);
        make_way(reactor, DOOR_RESOURCES, &reactor->stats.paused_resources);
        return;
    }
    reactor->stats.accepted++;
    DL_APPEND(reactor->ready, client);
}

/* Accept those who wait at the listener. Returns 0, or a negative errno when it can never work again. */
static int accept_clients(struct reactor *reactor, const struct listener *listener) {
    for (int i = 0; i < ACCEPT_SHARE && reactor->door.reasons == 0; i++) {
        if (!roster_has_place(&reactor->roster)) {
            if (i == 0) { /* somebody waits for sure; else epoll tells whether anybody does */
                make_way(reactor, DOOR_CONNECTIONS, &reactor->stats.paused_connections);
            }
            return 0;
        }
        int fd = -1;
        struct sockaddr_storage address;
        socklen_t length = 0;
        switch (listener_accept(listener, &fd, &address, &length)) {
        case ACCEPT_ACCEPTED:
            admit(reactor, fd, &address, length);
            break;
        case ACCEPT_AGAIN:
            return 0;
        case ACCEPT_RETRY:
            reactor->stats.accept_errors++;
            break;
        case ACCEPT_PAUSE:
            make_way(reactor, DOOR_RESOURCES, &reactor->stats.paused_resources);
            return 0;
        case ACCEPT_STOP:
        case ACCEPT_FATAL:
            return -errno;
        }
    }
    return 0;
}

/* --- stopping ----------------------------------------------------------------------------------------------------- */

static void begin_drain(struct reactor *reactor) {
    reactor->draining = true;
    reactor->drain_deadline_ms = connection_now_ms() + reactor->options.shutdown_timeout_ms;
    atomic_store(&reactor->options.service->closing, true); /* who is being answered is not kept alive */
    door_deinit(&reactor->door);
    waiting_room_close(&reactor->room);
}

/* --- the loop ----------------------------------------------------------------------------------------------------- */

/* How long to wait for events: for ever only while there is nobody to lose patience with. */
static int wait_time_ms(struct reactor *reactor) {
    bool anybody = roster_count(&reactor->roster) > 0 || reactor->door.reasons != 0;
    return anybody ? WAITING_ROOM_TICK_MS : -1;
}

/* Things that are due a few times a second. */
static void tick(struct reactor *reactor) {
    int64_t now_ms = connection_now_ms();
    if (now_ms - reactor->swept_ms >= WAITING_ROOM_TICK_MS) {
        reactor->swept_ms = now_ms;
        reactor->stats.expired += waiting_room_sweep(&reactor->room, now_ms);
        door_reopen(&reactor->door, DOOR_RESOURCES);
        if ((reactor->door.reasons & DOOR_CONNECTIONS) != 0) { /* perhaps none was idle then */
            reactor->stats.gave_way += waiting_room_dismiss_longest_idle(&reactor->room) ? 1 : 0;
        }
    }
}

static bool is_over(struct reactor *reactor) {
    if (!reactor->draining) {
        return false;
    }
    roster_watch(&reactor->roster);
    return reactor->signals.count > 1 || roster_count(&reactor->roster) == 0 ||
           connection_now_ms() >= reactor->drain_deadline_ms;
}

/* Throw away what a rejected client still sends, and close it in the end. Not by a worker, or its going would keep another
 * one out of the full queue, and so on: a crowd that comes again at once would leave no room for work. */
static void show_out(struct reactor *reactor, struct client *client) {
    struct connection_worker doorman = {.service = reactor->options.service};
    enum connection_verdict verdict = connection_serve(&client->connection, &doorman);
    reactor_return(reactor, client, verdict == CONNECTION_AGAIN ? CONNECTION_WAIT_READABLE : verdict);
}

/* Take those whom epoll has reported out of the room. Returns how many. */
static size_t take_arrived(struct reactor *reactor, const struct epoll_event *events, size_t count,
                           struct client *arrived[]) {
    size_t arrived_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (*(const enum event_source *)events[i].data.ptr == SOURCE_CLIENT) {
            arrived[arrived_count++] = events[i].data.ptr;
        }
    }
    waiting_room_leave(&reactor->room, arrived, arrived_count);
    return arrived_count;
}

/* Deal with what epoll reported. Clients leave the room before anybody is accepted: who has something to say is not idle
 * any more, and must not be the one who gives way. Returns 0, or a negative errno when accepting can never work again. */
static int dispatch(struct reactor *reactor, const struct epoll_event *events, size_t count) {
    struct client *arrived[EVENTS_MAX];
    size_t arrived_count = take_arrived(reactor, events, count, arrived);
    int result = 0;
    for (size_t i = 0; i < count; i++) {
        const enum event_source *source = events[i].data.ptr;
        switch (*source) {
        case SOURCE_CLIENT:
            break;
        case SOURCE_LISTENER:
            result = result == 0 ? accept_clients(reactor, door_listener_of(source)) : result;
            break;
        case SOURCE_SIGNALS:
            stop_signals_take(&reactor->signals);
            break;
        case SOURCE_WAKE:
            wakeup_take(&reactor->wakeup);
            if (roster_has_place(&reactor->roster)) {
                door_reopen(&reactor->door, DOOR_CONNECTIONS);
                door_reopen(&reactor->door, DOOR_RESOURCES);
            }
            break;
        }
    }
    for (size_t i = 0; i < arrived_count; i++) {
        struct client *client = arrived[i];
        if (client->rejected) {
            show_out(reactor, client);
        } else {
            DL_APPEND(reactor->ready, client);
        }
    }
    return result;
}

int reactor_run(struct reactor *reactor, struct threadpool *pool) {
    reactor->pool = pool;
    int result = 0;
    while (result == 0 && !is_over(reactor)) {
        struct epoll_event events[EVENTS_MAX];
        int count = epoll_wait(reactor->epoll_fd, events, EVENTS_MAX, wait_time_ms(reactor));
        if (count == -1 && errno != EINTR) {
            result = -errno;
            break;
        }
        result = dispatch(reactor, events, count > 0 ? (size_t)count : 0);
        if (reactor->signals.count > 0 && !reactor->draining) {
            begin_drain(reactor); /* after the events, as some may point to listeners */
        }
        submit_ready(reactor);
        tick(reactor);
    }
    return result;
}

/* --- from nothing to nothing -------------------------------------------------------------------------------------- */

static int watch(const struct reactor *reactor, int fd, void *source) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
    return epoll_ctl(reactor->epoll_fd, EPOLL_CTL_ADD, fd, &event) == -1 ? -errno : 0;
}

static int open_all(struct reactor *reactor) {
    reactor->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    int result = reactor->epoll_fd == -1 ? -errno : stop_signals_open(&reactor->signals);
    result = result == 0 ? wakeup_open(&reactor->wakeup) : result;
    result = result == 0 ? watch(reactor, reactor->signals.fd, &reactor->signals) : result;
    result = result == 0 ? watch(reactor, reactor->wakeup.fd, &reactor->wakeup) : result;
    return result == 0 ? door_init(&reactor->door, reactor->epoll_fd, reactor->options.listeners) : result;
}

int reactor_create(struct reactor **out, const struct reactor_options *options) {
    struct reactor *reactor = calloc(1, sizeof *reactor);
    if (reactor == NULL) {
        return -ENOMEM;
    }
    reactor->options = *options;
    reactor->epoll_fd = -1;
    reactor->signals.fd = -1;
    reactor->wakeup.fd = -1;
    roster_init(&reactor->roster, options->max_connections, &reactor->wakeup);
    int result = waiting_room_init(&reactor->room, connection_now_ms());
    reactor->room.send_timeout_ms = options->service->send_timeout_ms;
    result = result == 0 ? open_all(reactor) : result;
    if (result != 0) {
        reactor_destroy(reactor);
        return result;
    }
    *out = reactor;
    return 0;
}

static void cut(struct reactor *reactor, struct client *client) {
    reactor->stats.cut++;
    if (reactor->options.on_cut != NULL) {
        reactor->options.on_cut(reactor->options.context, &client->connection);
    }
    roster_remove(&reactor->roster, client);
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

void reactor_destroy(struct reactor *reactor) {
    if (reactor == NULL) {
        return;
    }
    reactor_cut_clients(reactor);
    waiting_room_deinit(&reactor->room);
    door_deinit(&reactor->door);
    stop_signals_close(&reactor->signals);
    wakeup_close(&reactor->wakeup);
    if (reactor->epoll_fd != -1) {
        (void)close(reactor->epoll_fd);
    }
    free(reactor);
}

void reactor_read_stats(const struct reactor *reactor, struct reactor_stats *stats) {
    *stats = reactor->stats;
    stats->open_high_water = reactor->roster.high_water;
}
