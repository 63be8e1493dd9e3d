/* SPDX-License-Identifier: MIT */
/* The ways of clients between the reactor and the queue, in both directions; see state.h. */
#include "http/base/counter.h"
#include "http/transport/transport.h"
#include "server/reactor/client_turn.h"
#include "server/reactor/client_watch.h"
#include "server/reactor/state.h"

#include <utlist.h>

/* --- workers' side -------------------------------------------------------------------------------------- */

/* Let the client wait. Returns false when it has something to do already, and is still the caller's. */
static bool wait_in_room(struct reactor *reactor, struct client *client, enum watch_for what) {
    enum watch_result result = client->rejected
                                   ? client_watch_wait(reactor->epoll_fd, &reactor->room, client, what)
                                   : lane_wait(&reactor->lane, client, what);
    switch (result) {
    case WATCH_WAITS:
        reactor_relieve_memory(reactor);
        break;
    case WATCH_CALLED:
        return false;
    case WATCH_FAILED:
        client_table_remove(&reactor->clients, client);
        break;
    }
    return true;
}

static void hand_back(struct reactor *reactor, struct client *client) {
    waiting_room_hand_back(&reactor->room, client);
    wakeup_send(&reactor->wakeup);
}

/* By a worker: to the end of the queue, or behind all that is in it; if that is full, by way of the reactor. */
static void go_on(struct reactor *reactor, struct client *client) {
    bool was_put_off =
        connection_can_wait(&client->connection) &&
        threadpool_put_later(reactor->pool, client, connection_is_under_way(&client->connection));
    if (was_put_off || threadpool_put_back(reactor->pool, client)) {
        lane_have_watched(
            &reactor->lane); /* this worker comes for it, unless something stops it on its way */
    } else {
        hand_back(reactor, client);
    }
}

void reactor_return(struct reactor *reactor, struct client *client, enum connection_verdict verdict) {
    switch (verdict) {
    case CONNECTION_WAIT_READABLE:
    case CONNECTION_WAIT_WRITABLE:
        if (!wait_in_room(reactor, client,
                          verdict == CONNECTION_WAIT_READABLE ? WATCH_FOR_BYTES : WATCH_FOR_ROOM)) {
            go_on(reactor, client);
        }
        break;
    case CONNECTION_AGAIN:
        go_on(reactor, client);
        break;
    case CONNECTION_DONE:
        client_table_remove(&reactor->clients, client);
        break;
    }
}

void reactor_on_room(struct reactor *reactor) {
    wakeup_send(&reactor->wakeup);
}

void reactor_wake(const struct reactor *reactor) {
    wakeup_send(&reactor->wakeup);
}

/* --- in the reactor's thread ---------------------------------------------------------------------------- */

static void wait_here(struct reactor *reactor, struct client *client, enum watch_for what) {
    if (!wait_in_room(reactor, client, what)) {
        hand_back(reactor, client); /* to itself: others have their turn first */
    }
}

/* A rejected client goes on, or is done. There may be more to throw away than one turn's share. */
static void follow(struct reactor *reactor, struct client *client, enum connection_verdict verdict) {
    if (verdict == CONNECTION_DONE) {
        client_table_remove(&reactor->clients, client);
    } else {
        wait_here(reactor, client, WATCH_FOR_BYTES_OR_LEFT);
    }
}

/* Throw away what a rejected client still sends, and close it in the end. Not by a worker: clients that leave
 * would fill the queue, and a crowd that comes again at once would keep all others out. */
static void show_out(struct reactor *reactor, struct client *client) {
    struct connection_worker worker = {.service = reactor->options.service};
    follow(reactor, client, connection_serve(&client->connection, &worker));
}

void reactor_welcome(struct reactor *reactor, struct client *client) {
    if (client->rejected) {
        show_out(reactor, client);
    } else {
        DL_APPEND(reactor->ready, client);
    }
}

void reactor_take_back(struct reactor *reactor) {
    struct client *all = waiting_room_take_back(&reactor->room);
    struct client *client = NULL;
    struct client *next = NULL;
    DL_FOREACH_SAFE(all, client, next) {
        DL_DELETE(all, client);
        reactor_welcome(reactor, client);
    }
}

/* --- handing over --------------------------------------------------------------------------------------- */

static void reject(struct reactor *reactor, struct client *client) {
    DL_DELETE(reactor->ready, client);
    counter_add(&reactor->counts.rejected, 1);
    client->rejected = true;
    client_watch_forget(reactor->lane.epoll_fd, client); /* no worker's any more */
    enum connection_verdict verdict = connection_reject(&client->connection, reactor->options.service);
    if (reactor->options.on_rejected != NULL) {
        reactor->options.on_rejected(reactor->options.context, &client->connection);
    }
    follow(reactor, client, verdict);
}

/* An event may be stale, see client_watch.h: an idle client that has sent nothing gets no 503. */
static bool is_silent(struct client *client) {
    const struct connection *connection = &client->connection;
    return connection->phase == CONNECTION_IDLE && connection->exchange == NULL &&
           !transport_has_unread(connection->fd);
}

/* It takes no worker to close a client that has ended its input. */
static void let_silent_go_on(struct reactor *reactor, struct client *client) {
    if ((client_turn_seen(client) & SEEN_END) != 0) {
        client_table_remove(&reactor->clients, client);
    } else {
        wait_here(reactor, client, WATCH_FOR_BYTES);
    }
}

/* There is no room in the queue. */
static void refuse_crowd(struct reactor *reactor) {
    if (!reactor->options.reject_when_full) {
        counter_add(&reactor->counts.paused_full, door_close_for(&reactor->door, DOOR_QUEUE_FULL) ? 1 : 0);
        return;
    }
    struct client *client = NULL;
    struct client *next = NULL;
    DL_FOREACH_SAFE(reactor->ready, client, next) {
        bool looks_after_us = client->connection.own_access == OWN_PAGES_ONLY;
        if (!connection_is_between_requests(&client->connection) || client->connection.expired ||
            looks_after_us) {
            continue;
        }
        if (is_silent(client)) {
            DL_DELETE(reactor->ready, client);
            let_silent_go_on(reactor, client);
        } else {
            reject(reactor, client);
        }
    }
}

void reactor_submit_ready(struct reactor *reactor) {
    reactor->has_chores = reactor->has_chores || (reactor->ready != NULL && reactor->options.on_tick != NULL);
    while (reactor->ready != NULL) {
        void *batch[REACTOR_EVENTS_MAX];
        size_t count = 0;
        while (reactor->ready != NULL && count < REACTOR_EVENTS_MAX) {
            struct client *client = reactor->ready; /* off the list first: once handed over, it is not ours */
            DL_DELETE(reactor->ready, client);
            batch[count++] = client;
        }
        size_t taken = threadpool_submit(reactor->pool, batch, count);
        lane_watch_wake(&reactor->watch); /* the leader that should look may be stuck */
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
