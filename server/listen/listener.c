/* SPDX-License-Identifier: MIT */
#include "server/listen/listener.h"

#include "conf/values/listen_address.h"
#include "server/listen/bound_socket.h"
#include "server/listen/error.h"
#include "server/listen/inherited.h"
#include "server/listen/succession.h"
#include "server/net/resolve.h"
#include "server/net/socket_address.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    /* A port that the kernel chose for one address may be taken on another: how often to ask for a new
     * one. */
    PORT_ATTEMPTS = 16,

    AUTO_PORTS = 100 /* that "auto" looks at, from 8080 on */
};

static const char auto_port[] = "auto";
static const char auto_port_first[] = "8080";

/* Bind and listen, or take over the socket that listens there for the former set. */
static int open_or_take_over(struct listener_set *set, struct listener *listener,
                             const struct sockaddr_storage *wanted, int backlog) {
    const struct listener *former = succession_find(set->former, wanted);
    if (former != NULL && listener_set_find(set, wanted) != NULL) {
        return -EADDRINUSE; /* taken over already */
    }
    if (former != NULL) {
        *listener = *former;
        listener->is_leaving = false;
        listener->is_admin = false;
        return 0;
    }
    succession_share_port(set->former, wanted, true);
    int error = bound_socket_open(listener, wanted, backlog, set->former != NULL);
    succession_share_port(set->former, wanted, false);
    return error;
}

/* Whether an inherited socket, which another address was matched to, takes the clients of this one, too. */
static bool is_served(const struct listener_set *set, const struct sockaddr_storage *wanted) {
    for (size_t i = 0; i < set->count; i++) {
        if (inherited_serves(&set->items[i], wanted)) {
            return true;
        }
    }
    return false;
}

static int add_listener(struct listener_set *set, const struct sockaddr_storage *wanted, int backlog) {
    if (is_served(set, wanted)) {
        return 0;
    }
    struct listener *items = realloc(set->items, (set->count + 1) * sizeof *items);
    if (items == NULL) {
        return -ENOMEM;
    }
    set->items = items;
    int error = open_or_take_over(set, &items[set->count], wanted, backlog);
    if (error == 0) {
        items[set->count].entry = set->entry_count;
        set->count++;
    }
    return error;
}

static void close_from(struct listener_set *set, size_t first) {
    while (set->count > first) {
        const struct listener *listener = &set->items[--set->count];
        if (!succession_has(set->former, listener)) {
            bound_socket_close(listener);
        }
    }
}

static bool is_open_since(const struct listener_set *set, size_t first,
                          const struct sockaddr_storage *address) {
    for (size_t i = first; i < set->count; i++) {
        if (socket_address_equal(&set->items[i].address, address)) {
            return true;
        }
    }
    return false;
}

static bool has_ipv6(void) {
    struct ifaddrs *list = NULL;
    if (getifaddrs(&list) == -1) {
        return true; /* binding will tell */
    }
    bool is_found = false;
    for (const struct ifaddrs *entry = list; entry != NULL && !is_found; entry = entry->ifa_next) {
        is_found = entry->ifa_addr != NULL && entry->ifa_addr->sa_family == AF_INET6;
    }
    freeifaddrs(list);
    return is_found;
}

/* Where IPv6 is switched off (net.ipv6.conf.all.disable_ipv6), :: can be bound, but nobody can get there. */
static bool is_out_of_reach(const struct sockaddr_storage *wanted) {
    return wanted->ss_family == AF_INET6 && socket_address_is_wildcard(wanted) && !has_ipv6();
}

static bool is_lacking_on_this_machine(int error) {
    return error == -EAFNOSUPPORT || error == -EADDRNOTAVAIL;
}

/* Open each address of the list on that port, or with port 0 on the one that the first one got. Returns 0, or
 * a negative errno and in *wanted the address that failed; what was opened by then is still in the set. */
static int open_each(struct listener_set *set, const struct addrinfo *list, uint16_t port, int backlog,
                     struct sockaddr_storage *wanted) {
    size_t first = set->count;
    int result = -EADDRNOTAVAIL;
    for (; list != NULL; list = list->ai_next) {
        *wanted = socket_address_copy(list->ai_addr, list->ai_addrlen);
        socket_address_set_port(wanted,
                                set->count > first ? socket_address_port(&set->items[first].address) : port);
        if (is_open_since(set, first, wanted)) {
            continue; /* the resolver may list an address twice */
        }
        int error = is_out_of_reach(wanted) ? -EAFNOSUPPORT : add_listener(set, wanted, backlog);
        if (error != 0 && !is_lacking_on_this_machine(error)) {
            return error;
        }
        result = result != 0 ? error : 0;
    }
    return result;
}

/* Read an address and look its name up. Sets *list only with LISTENER_OK: the caller's for freeaddrinfo(3),
 * or NULL for a UNIX socket. */
static enum listener_result resolve(const char *text, struct listen_address *address, struct addrinfo **list,
                                    char error[LISTENER_ERROR_BYTES]) {
    const char *complaint = listen_address_parse(text, address);
    if (complaint != NULL) {
        (void)snprintf(error, LISTENER_ERROR_BYTES, "'%s': %s", text, complaint);
        return LISTENER_MISTAKE;
    }
    struct addrinfo *found = NULL;
    if (address->kind == LISTEN_TCP) {
        const char *host = address->host[0] != '\0' ? address->host : NULL;
        const char *port = strcmp(address->port, auto_port) == 0 ? auto_port_first : address->port;
        int code = resolve_stream(host, port, AI_PASSIVE, &found);
        if (code != 0) {
            return listen_error_explain_name(code, address, error);
        }
    }
    *list = found;
    return LISTENER_OK;
}

/* Try one port after the other, beginning with the list's. What an earlier listen address of ours has is no
 * reason to go on: that is a mistake to be told. Leaves *passed alone when the first one is free. */
static int open_next_free(struct listener_set *set, const struct addrinfo *list, int backlog,
                          struct sockaddr_storage *wanted) {
    struct sockaddr_storage first = socket_address_copy(list->ai_addr, list->ai_addrlen);
    struct sockaddr_storage passed = {0};
    size_t count = set->count;
    for (unsigned i = 0; i < AUTO_PORTS; i++) {
        uint16_t port = (uint16_t)(socket_address_port(&first) + i);
        int error = open_each(set, list, port, backlog, wanted);
        if (error == 0 && passed.ss_family != AF_UNSPEC) {
            set->passed = passed;
        }
        if (error == 0) {
            return 0;
        }
        close_from(set, count);
        if (error != -EADDRINUSE || listener_set_find(set, wanted) != NULL) {
            return error;
        }
        passed = passed.ss_family == AF_UNSPEC ? *wanted : passed;
    }
    return -EADDRINUSE;
}

/* On the list's port, or on one that the kernel chooses. */
static int open_as_asked(struct listener_set *set, const struct addrinfo *list, int backlog,
                         struct sockaddr_storage *wanted) {
    struct sockaddr_storage first = socket_address_copy(list->ai_addr, list->ai_addrlen);
    uint16_t port = socket_address_port(&first);
    int attempts = port == 0 ? PORT_ATTEMPTS : 1;
    size_t count = set->count;
    int error = -EADDRINUSE;
    for (int i = 0; i < attempts && error == -EADDRINUSE; i++) {
        close_from(set, count);
        error = open_each(set, list, port, backlog, wanted);
    }
    if (error != 0) {
        close_from(set, count);
    }
    return error;
}

static enum listener_result open_unix(struct listener_set *set, const char *path, int backlog,
                                      char text[LISTENER_ERROR_BYTES]) {
    struct sockaddr_storage wanted = socket_address_of_path(path);
    int error = add_listener(set, &wanted, backlog);
    return error == 0 ? LISTENER_OK : listen_error_explain(error, &wanted, set, text);
}

enum listener_result listener_set_open(struct listener_set *set, const char *text, int backlog,
                                       char error[LISTENER_ERROR_BYTES]) {
    struct listen_address address;
    struct addrinfo *list = NULL;
    enum listener_result result = resolve(text, &address, &list, error);
    if (result != LISTENER_OK) {
        return result;
    }
    if (list == NULL) {
        result = open_unix(set, address.path, backlog, error);
        set->entry_count += result == LISTENER_OK ? 1 : 0;
        return result;
    }
    struct sockaddr_storage wanted;
    int failure = strcmp(address.port, auto_port) == 0 ? open_next_free(set, list, backlog, &wanted)
                                                       : open_as_asked(set, list, backlog, &wanted);
    freeaddrinfo(list);
    set->entry_count += failure == 0 ? 1 : 0;
    return failure == 0 ? LISTENER_OK : listen_error_explain(failure, &wanted, set, error);
}

/* Add an address without a socket, unless an earlier entry has it. Returns 0 or a negative errno. */
static int reserve(struct listener_set *set, const struct sockaddr_storage *wanted) {
    const struct listener *earlier = listener_set_find(set, wanted);
    if (earlier != NULL) {
        return earlier->entry == set->entry_count ? 0 : -EADDRINUSE; /* the resolver may list it twice */
    }
    struct listener *items = realloc(set->items, (set->count + 1) * sizeof *items);
    if (items == NULL) {
        return -ENOMEM;
    }
    set->items = items;
    set->items[set->count++] = (struct listener){.fd = -1, .address = *wanted, .entry = set->entry_count};
    return 0;
}

/* With port 0, and with "auto", there is always another one. */
static enum listener_result reserve_each(struct listener_set *set, const struct listen_address *address,
                                         const struct addrinfo *list, char error[LISTENER_ERROR_BYTES]) {
    struct sockaddr_storage wanted = socket_address_of_path(address->path);
    int failure = address->kind == LISTEN_UNIX ? reserve(set, &wanted) : 0;
    bool is_free = strcmp(address->port, auto_port) == 0;
    for (; list != NULL && !is_free && failure == 0; list = list->ai_next) {
        wanted = socket_address_copy(list->ai_addr, list->ai_addrlen);
        failure = socket_address_port(&wanted) != 0 ? reserve(set, &wanted) : 0;
    }
    set->entry_count += failure == 0 ? 1 : 0;
    return failure == 0 ? LISTENER_OK : listen_error_explain(failure, &wanted, set, error);
}

enum listener_result listener_check(struct listener_set *set, const char *text,
                                    char error[LISTENER_ERROR_BYTES]) {
    struct listen_address address;
    struct addrinfo *list = NULL;
    enum listener_result result = resolve(text, &address, &list, error);
    result = result == LISTENER_OK ? reserve_each(set, &address, list, error) : result;
    if (list != NULL) {
        freeaddrinfo(list);
    }
    return result;
}

void listener_set_end_backlog(const struct listener_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        if (!set->items[i].is_inherited) {
            (void)listen(set->items[i].fd, 0);
        }
    }
}

const struct listener *listener_set_find(const struct listener_set *set,
                                         const struct sockaddr_storage *address) {
    for (size_t i = 0; i < set->count; i++) {
        const struct listener *listener = &set->items[i];
        if (socket_address_overlaps(&listener->address, address) || inherited_serves(listener, address)) {
            return listener;
        }
    }
    return NULL;
}

bool listener_set_is_public(const struct listener_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        const struct sockaddr_storage *address = &set->items[i].address;
        bool is_for_all = !set->items[i].is_admin && !set->items[i].is_leaving;
        if (is_for_all && address->ss_family != AF_UNIX && !socket_address_is_loopback(address)) {
            return true;
        }
    }
    return false;
}

void listener_set_close(struct listener_set *set) {
    close_from(set, 0);
    free(set->items);
    *set = (struct listener_set){0};
}

size_t listener_count_waiting(const struct listener *listener, size_t limit) {
    struct tcp_info info;
    socklen_t length = sizeof info;
    if (listener->address.ss_family == AF_UNIX ||
        getsockopt(listener->fd, IPPROTO_TCP, TCP_INFO, &info, &length) == -1) {
        return limit;
    }
    size_t waiting = info.tcpi_unacked > 0 ? info.tcpi_unacked : 1;
    return waiting < limit ? waiting : limit;
}

bool listener_has_waiting(const struct listener *listener) {
    struct pollfd readable = {.fd = listener->fd, .events = POLLIN};
    return poll(&readable, 1, 0) == 1 && (readable.revents & POLLIN) != 0;
}

enum accept_result listener_accept(const struct listener *listener, int *client_fd,
                                   struct sockaddr_storage *address, socklen_t *length) {
    struct sockaddr_storage peer = {0};
    socklen_t peer_length = sizeof peer;
    int fd = accept4(listener->fd, (struct sockaddr *)&peer, &peer_length, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd == -1) {
        return accept_result_of_errno(errno);
    }
    *client_fd = fd;
    *address = peer;
    *length = peer_length;
    return ACCEPT_ACCEPTED;
}
