/* SPDX-License-Identifier: MIT */
#include "server/reactor/door.h"

#include "server/reactor/client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

struct door_listener {
    enum event_source source; /* SOURCE_LISTENER */
    const struct listener *listener;
};

static int watch(struct door *door, int operation, uint32_t events) {
    for (size_t i = 0; door->listeners != NULL && i < door->listeners->count; i++) {
        struct epoll_event event = {.events = events, .data.ptr = &door->entries[i]};
        if (epoll_ctl(door->epoll_fd, operation, door->listeners->items[i].fd, &event) == -1) {
            return -errno;
        }
    }
    return 0;
}

int door_init(struct door *door, int epoll_fd, struct listener_set *listeners) {
    *door = (struct door){.epoll_fd = epoll_fd, .listeners = listeners};
    door->entries = calloc(listeners->count, sizeof *door->entries);
    if (door->entries == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < listeners->count; i++) {
        door->entries[i] =
            (struct door_listener){.source = SOURCE_LISTENER, .listener = &listeners->items[i]};
    }
    return watch(door, EPOLL_CTL_ADD, EPOLLIN);
}

void door_deinit(struct door *door) {
    if (door->listeners != NULL) {
        listener_set_close(door->listeners);
    }
    free(door->entries);
    door->entries = NULL;
    door->listeners = NULL;
}

bool door_close_for(struct door *door, enum door_reason reason) {
    bool was_open = door->reasons == 0;
    bool is_new = (door->reasons & (unsigned)reason) == 0;
    door->reasons |= (unsigned)reason;
    if (was_open) {
        (void)watch(door, EPOLL_CTL_MOD, 0);
    }
    return is_new;
}

void door_reopen(struct door *door, enum door_reason reason) {
    bool was_closed = door->reasons != 0;
    door->reasons &= ~(unsigned)reason;
    if (was_closed && door->reasons == 0) {
        (void)watch(door, EPOLL_CTL_MOD, EPOLLIN);
    }
}

const struct listener *door_listener_of(const void *source) {
    return ((const struct door_listener *)source)->listener;
}
