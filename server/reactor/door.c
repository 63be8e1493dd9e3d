/* SPDX-License-Identifier: MIT */
#include "server/reactor/door.h"

#include "server/listen/bound_socket.h"
#include "server/listen/succession.h"
#include "server/reactor/client.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

struct door_listener {
    enum event_source source; /* SOURCE_LISTENER */
    const struct listener *listener;
};

static uint32_t events_of(const struct door *door) {
    return door->reasons == 0 ? EPOLLIN : 0;
}

static int watch(struct door *door, int operation, uint32_t events) {
    for (size_t i = 0; door->listeners != NULL && i < door->listeners->count; i++) {
        struct epoll_event event = {.events = events, .data.ptr = &door->entries[i]};
        if (epoll_ctl(door->epoll_fd, operation, door->listeners->items[i].fd, &event) == -1) {
            return -errno;
        }
    }
    return 0;
}

static struct door_listener *make_entries(const struct listener_set *listeners) {
    struct door_listener *entries = calloc(listeners->count, sizeof *entries);
    for (size_t i = 0; entries != NULL && i < listeners->count; i++) {
        entries[i] = (struct door_listener){.source = SOURCE_LISTENER, .listener = &listeners->items[i]};
    }
    return entries;
}

int door_init(struct door *door, int epoll_fd, struct listener_set *listeners) {
    *door = (struct door){.epoll_fd = epoll_fd, .listeners = listeners};
    door->entries = make_entries(listeners);
    if (door->entries == NULL) {
        return -ENOMEM;
    }
    return watch(door, EPOLL_CTL_ADD, EPOLLIN);
}

/* epoll(7) forgets a closed socket only when nobody else has it, as the one who handed it over does. */
void door_deinit(struct door *door) {
    if (door->listeners != NULL) {
        (void)watch(door, EPOLL_CTL_DEL, 0);
        listener_set_close(door->listeners);
    }
    free(door->entries);
    door->entries = NULL;
    door->listeners = NULL;
}

/* Watch the first `count` of the set with these entries, those of the former set instead of with its own. Returns how
 * many it got to. */
static size_t watch_next(const struct door *door, const struct listener_set *next,
                         struct door_listener *entries) {
    size_t i = 0;
    for (; i < next->count; i++) {
        struct epoll_event event = {.events = events_of(door), .data.ptr = &entries[i]};
        int operation = succession_has(door->listeners, &next->items[i]) ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
        if (epoll_ctl(door->epoll_fd, operation, next->items[i].fd, &event) == -1) {
            break;
        }
    }
    return i;
}

static int undo(struct door *door, const struct listener_set *next, struct door_listener *entries,
                size_t count, int error) {
    for (size_t i = 0; i < count; i++) {
        if (!succession_has(door->listeners, &next->items[i])) {
            (void)epoll_ctl(door->epoll_fd, EPOLL_CTL_DEL, next->items[i].fd, NULL);
        }
    }
    (void)watch(door, EPOLL_CTL_MOD, events_of(door));
    free(entries);
    return -error;
}

int door_turn_to(struct door *door, struct listener_set *next, int backlog) {
    struct door_listener *entries = make_entries(next);
    if (entries == NULL) {
        return -ENOMEM;
    }
    size_t count = watch_next(door, next, entries);
    if (count < next->count) {
        return undo(door, next, entries, count, errno);
    }
    succession_complete(next, door->listeners, backlog);
    free(door->entries);
    door->entries = entries;
    *door->listeners = *next;
    *next = (struct listener_set){0};
    return 0;
}

/* The last one takes its place. */
static void drop(struct door *door, size_t index) {
    struct listener_set *set = door->listeners;
    (void)epoll_ctl(door->epoll_fd, EPOLL_CTL_DEL, set->items[index].fd, NULL);
    bound_socket_close(&set->items[index]);
    set->count--;
    if (index < set->count) {
        set->items[index] = set->items[set->count];
        struct epoll_event event = {.events = events_of(door), .data.ptr = &door->entries[index]};
        (void)epoll_ctl(door->epoll_fd, EPOLL_CTL_MOD, set->items[index].fd, &event);
    }
}

bool door_close_leaving(struct door *door) {
    size_t leaving = 0;
    size_t count = door->listeners != NULL ? door->listeners->count : 0;
    for (size_t i = count; i > 0; i--) {
        const struct listener *listener = &door->listeners->items[i - 1];
        if (succession_is_over(listener)) {
            drop(door, i - 1);
        } else {
            leaving += listener->is_leaving ? 1 : 0;
        }
    }
    return leaving > 0;
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
