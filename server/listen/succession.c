/* SPDX-License-Identifier: MIT */
#include "server/listen/succession.h"

#include "http/base/clock.h"
#include "server/listen/bound_socket.h"
#include "server/listen/inherited.h"
#include "server/net/socket_address.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { LEAVE_MS = BOUND_SOCKET_DEFER_S * 1000 + 1000 };

const struct listener *succession_find(const struct listener_set *former,
                                       const struct sockaddr_storage *address) {
    for (size_t i = 0; former != NULL && i < former->count; i++) {
        const struct listener *listener = &former->items[i];
        if (socket_address_equal(&listener->address, address) || inherited_serves(listener, address)) {
            return listener;
        }
    }
    return NULL;
}

static bool has_descriptor(const struct listener_set *set, int fd) {
    for (size_t i = 0; i < set->count; i++) {
        if (set->items[i].fd == fd) {
            return true;
        }
    }
    return false;
}

bool succession_has(const struct listener_set *former, const struct listener *listener) {
    return former != NULL && has_descriptor(former, listener->fd);
}

void succession_share_port(const struct listener_set *former, const struct sockaddr_storage *address,
                           bool is_shared) {
    for (size_t i = 0; former != NULL && i < former->count; i++) {
        if (address->ss_family != AF_UNIX && socket_address_overlaps(&former->items[i].address, address)) {
            bound_socket_share_port(former->items[i].fd, is_shared);
        }
    }
}

static int add(struct listener_set *set, const struct listener *listener) {
    struct listener *items = realloc(set->items, (set->count + 1) * sizeof *items);
    if (items == NULL) {
        return -ENOMEM;
    }
    set->items = items;
    items[set->count++] = *listener;
    return 0;
}

static bool is_taken_over(const struct listener_set *set, size_t entry) {
    for (size_t i = 0; i < set->former->count; i++) {
        const struct listener *listener = &set->former->items[i];
        if (listener->entry == entry && has_descriptor(set, listener->fd)) {
            return true;
        }
    }
    return false;
}

int succession_take_over(struct listener_set *set, size_t entry) {
    int error = -ENOENT;
    if (is_taken_over(set, entry)) {
        return error;
    }
    for (size_t i = 0; i < set->former->count; i++) {
        struct listener listener = set->former->items[i];
        if (listener.entry == entry) {
            listener.entry = set->entry_count;
            error = add(set, &listener);
            if (error != 0) {
                return error;
            }
        }
    }
    set->entry_count += error == 0 ? 1 : 0;
    return error;
}

/* Whether a wildcard of the set listens for it, too. */
static bool is_covered(const struct listener_set *set, const struct listener *listener) {
    for (size_t i = 0; i < set->count; i++) {
        const struct sockaddr_storage *address = &set->items[i].address;
        bool is_alike = set->items[i].is_admin == listener->is_admin;
        if (set->items[i].entry != LISTENER_NO_ENTRY && is_alike && address->ss_family != AF_UNIX &&
            socket_address_is_wildcard(address) && socket_address_overlaps(address, &listener->address)) {
            return true;
        }
    }
    return false;
}

int succession_settle(struct listener_set *set) {
    int error = 0;
    for (size_t i = 0; i < set->former->count && error == 0; i++) {
        struct listener listener = set->former->items[i];
        if (has_descriptor(set, listener.fd)) {
            continue;
        }
        bool was_leaving = listener.is_leaving;
        listener.entry = LISTENER_NO_ENTRY;
        listener.is_admin = listener.is_admin && !listener.is_inherited; /* as after a start */
        listener.is_leaving = !listener.is_inherited && !is_covered(set, &listener);
        if (!was_leaving) {
            listener.leaves_ms = clock_steady_coarse_ms() + LEAVE_MS;
        }
        error = add(set, &listener);
    }
    return error;
}

void succession_complete(struct listener_set *set, struct listener_set *former, int backlog) {
    free(former->items);
    *former = (struct listener_set){0};
    set->former = NULL;
    for (size_t i = 0; i < set->count; i++) {
        if (!set->items[i].is_inherited) {
            (void)listen(set->items[i].fd, set->items[i].is_leaving ? 0 : backlog);
        }
    }
}

bool succession_is_over(const struct listener *listener) {
    bool is_late = listener->address.ss_family == AF_UNIX || clock_steady_coarse_ms() >= listener->leaves_ms;
    return listener->is_leaving && is_late && !listener_has_waiting(listener);
}
