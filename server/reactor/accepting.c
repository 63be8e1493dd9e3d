/* SPDX-License-Identifier: MIT */
/* Who is let in, and what becomes of who is not; see state.h. */
#include "http/base/counter.h"
#include "http/generation.h"
#include "server/reactor/state.h"

#include <errno.h>
#include <unistd.h>
#include <utlist.h>

enum { ACCEPT_SHARE = 64 }; /* clients accepted before those that wait have their turn */

/* First the watch, then the look: one may have left in between. */
void reactor_await_place(struct reactor *reactor) {
    client_table_watch(&reactor->clients);
    if (client_table_has_place(&reactor->clients)) {
        door_reopen(&reactor->door, DOOR_CONNECTIONS);
    }
}

/* Accept nobody until a client has left, and let one leave that loses little by it. */
static void make_way(struct reactor *reactor) {
    bool is_new = door_close_for(&reactor->door, DOOR_CONNECTIONS);
    counter_add(&reactor->counts.paused_connections, is_new ? 1 : 0);
    reactor_dismiss_one(reactor);
    reactor_await_place(reactor);
}

/* The same without descriptors, or memory. What gives a descriptor back is done by others, as closing a file may hang: they
 * wake the reactor. */
static void await_resources(struct reactor *reactor, int error) {
    const struct reactor_options *options = &reactor->options;
    bool is_shortage = (error == EMFILE || error == ENFILE) && options->on_shortage != NULL;
    counter_add(&reactor->counts.paused_resources, door_close_for(&reactor->door, DOOR_RESOURCES) ? 1 : 0);
    if (is_shortage && options->on_shortage(options->context)) {
        return;
    }
    struct client *weakest = is_shortage ? reactor_take_weakest(reactor) : NULL;
    if (weakest != NULL) {
        reactor_welcome(reactor, weakest);
    } else {
        reactor_dismiss_one(reactor);
    }
    reactor_await_place(reactor);
}

/* By the address of the socket alone: what a client says of itself proves nothing. */
static enum own_pages_access access_of(const struct listener *listener, const struct client_address *from) {
    if (listener->is_admin) {
        return OWN_PAGES_ONLY;
    }
    return client_address_is_local(from) ? OWN_PAGES_TOO : OWN_PAGES_NONE;
}

/* Count one more of the address. Returns false when it has as many as one may have. Whoever looks after the server is
 * let in. */
static bool enter_address(struct reactor *reactor, const struct listener *listener,
                          const struct client_address *from, struct address_count **address) {
    bool is_full = false;
    bool is_exempt = listener->is_admin || reactor->options.max_of_address == 0 ||
                     (reactor->options.local_are_exempt && client_address_is_local(from));
    if (!is_exempt) {
        *address = address_counts_enter(&reactor->addresses, from, reactor->options.max_of_address, &is_full);
    }
    return !is_full;
}

/* It cannot wait at the listener, as others stand behind it. */
static void turn_away(struct reactor *reactor, int fd) {
    counter_add(&reactor->counts.turned_away, 1);
    if (reactor->options.reject_when_full) {
        connection_turn_away(fd, reactor->options.service);
    } else {
        (void)close(fd);
    }
}

static void admit(struct reactor *reactor, const struct listener *listener, int fd,
                  const struct sockaddr_storage *address, socklen_t length) {
    struct client_address from = client_address_from((const struct sockaddr *)address, length);
    int64_t timeout_ms = generation_place_current(reactor->options.service->generations)->timeouts.header_ms;
    struct address_count *counted = NULL;
    if (!enter_address(reactor, listener, &from, &counted)) {
        turn_away(reactor, fd);
        return;
    }
    struct client *client = client_table_add(&reactor->clients, fd, &from, counted, timeout_ms);
    if (client == NULL) {
        address_count_leave(counted);
        (void)close(fd);
        await_resources(reactor, ENOMEM);
        return;
    }
    client->connection.own_access = access_of(listener, &from);
    counter_add(&reactor->counts.accepted, 1);
    DL_APPEND(reactor->ready, client);
}

int reactor_accept(struct reactor *reactor, const struct listener *listener) {
    size_t waiting = listener_count_waiting(listener, ACCEPT_SHARE);
    for (size_t i = 0; i < waiting && reactor->door.reasons == 0; i++) {
        if (!client_table_has_place(&reactor->clients)) {
            if (i == 0) { /* this one waits for sure; of others epoll tells */
                make_way(reactor);
            }
            return 0;
        }
        int fd = -1;
        struct sockaddr_storage address;
        socklen_t length = 0;
        switch (listener_accept(listener, &fd, &address, &length)) {
        case ACCEPT_ACCEPTED:
            admit(reactor, listener, fd, &address, length);
            break;
        case ACCEPT_AGAIN:
            return 0;
        case ACCEPT_RETRY:
            counter_add(&reactor->counts.accept_errors, 1);
            break;
        case ACCEPT_PAUSE:
            await_resources(reactor, errno);
            return 0;
        case ACCEPT_STOP:
        case ACCEPT_FATAL:
            return -errno;
        }
    }
    return 0;
}

void reactor_accept_the_rest(struct reactor *reactor) {
    const struct listener_set *listeners = reactor->door.listeners;
    for (size_t i = 0; listeners != NULL && i < listeners->count; i++) {
        const struct listener *listener = &listeners->items[i];
        int result = 0;
        bool is_last = !listener->is_inherited;
        while (is_last && result == 0 && reactor->door.reasons == 0 && listener_has_waiting(listener)) {
            result = reactor_accept(reactor, listener);
        }
    }
    if (reactor->door.reasons == 0) {
        door_deinit(&reactor->door);
    }
}
