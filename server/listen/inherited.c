/* SPDX-License-Identifier: MIT */
#include "server/listen/inherited.h"

#include "server/listen/bound_socket.h"
#include "server/net/socket_address.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_FD = 3, COUNT_MAX = 1024, NAME_BYTES = 64 };

static const char pid_variable[] = "LISTEN_PID";
static const char count_variable[] = "LISTEN_FDS";
static const char names_variable[] = "LISTEN_FDNAMES";

/* The number in a variable, or -1. */
static long read_number(const char *variable) {
    const char *text = getenv(variable);
    char *end = NULL;
    errno = 0;
    long number = text != NULL ? strtol(text, &end, 10) : -1;
    return text == NULL || end == text || *end != '\0' || errno != 0 || number < 0 ? -1 : number;
}

/* Of the names, which colons part, the one of a socket; "unknown" if there is none. */
static void read_name(size_t index, char name[NAME_BYTES]) {
    const char *at = getenv(names_variable);
    for (size_t i = 0; i < index && at != NULL; i++) {
        at = strchr(at, ':');
        at = at != NULL ? at + 1 : NULL;
    }
    size_t length = at != NULL ? strcspn(at, ":") : 0;
    (void)snprintf(name, NAME_BYTES, "%.*s", (int)(length > 0 ? length : strlen("unknown")),
                   length > 0 ? at : "unknown");
}

static int read_option(int fd, int level, int option) {
    int value = 0;
    socklen_t length = sizeof value;
    return getsockopt(fd, level, option, &value, &length) == -1 ? -1 : value;
}

/* What is wrong with a descriptor; NULL: it is a listening stream socket. */
static const char *find_fault(int fd) {
    if (fcntl(fd, F_GETFD) == -1) {
        return "is not open";
    }
    int family = read_option(fd, SOL_SOCKET, SO_DOMAIN);
    if (family == -1) {
        return "is no socket";
    }
    if (read_option(fd, SOL_SOCKET, SO_TYPE) != SOCK_STREAM) {
        return "is no stream socket; open it by ListenStream=";
    }
    if (family != AF_INET && family != AF_INET6 && family != AF_UNIX) {
        return "is neither of TCP nor a UNIX socket";
    }
    return read_option(fd, SOL_SOCKET, SO_ACCEPTCONN) == 1 ? NULL : "does not listen; set Accept=no";
}

static bool is_dual_stack(int fd) {
    return read_option(fd, SOL_SOCKET, SO_DOMAIN) == AF_INET6 &&
           read_option(fd, IPPROTO_IPV6, IPV6_V6ONLY) == 0;
}

/* It cannot fail any more, but for what the kernel lacks memory for. */
static int adopt(struct listener *listener, int fd) {
    *listener = (struct listener){
        .fd = fd, .is_inherited = true, .is_dual_stack = is_dual_stack(fd), .entry = LISTENER_NO_ENTRY};
    listener->address_length = sizeof listener->address;
    int flags = fcntl(fd, F_GETFL);
    if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) == -1 || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 ||
        getsockname(fd, (struct sockaddr *)&listener->address, &listener->address_length) == -1) {
        return -errno;
    }
    if (listener->address.ss_family != AF_UNIX) {
        bound_socket_tune(fd);
    }
    return 0;
}

static enum listener_result take(struct listener_set *set, size_t index, char error[LISTENER_ERROR_BYTES]) {
    char name[NAME_BYTES];
    int fd = FIRST_FD + (int)index;
    const char *fault = find_fault(fd);
    read_name(index, name);
    if (fault != NULL) {
        (void)snprintf(error, LISTENER_ERROR_BYTES,
                       "%s: descriptor %d ('%s'), which the program was started with, %s", count_variable, fd,
                       name, fault);
        return LISTENER_MISTAKE;
    }
    int result = adopt(&set->items[set->count], fd);
    if (result != 0) {
        errno = -result;
        (void)snprintf(error, LISTENER_ERROR_BYTES, "%s: descriptor %d ('%s'): %m", count_variable, fd, name);
        return LISTENER_FAILED;
    }
    set->count++;
    return LISTENER_OK;
}

static enum listener_result take_all(struct listener_set *set, size_t count,
                                     char error[LISTENER_ERROR_BYTES]) {
    enum listener_result result = LISTENER_OK;
    set->items = calloc(count, sizeof *set->items);
    if (set->items == NULL) {
        (void)snprintf(error, LISTENER_ERROR_BYTES, "no memory");
        return LISTENER_FAILED;
    }
    for (size_t i = 0; i < count && result == LISTENER_OK; i++) {
        result = take(set, i, error);
    }
    return result;
}

enum listener_result inherited_take(struct listener_set *set, char error[LISTENER_ERROR_BYTES]) {
    *set = (struct listener_set){0};
    bool is_for_us = read_number(pid_variable) == (long)getpid();
    long count = is_for_us && getenv(count_variable) != NULL ? read_number(count_variable) : 0;
    enum listener_result result = LISTENER_OK;
    if (count < 0 || count > COUNT_MAX) {
        (void)snprintf(error, LISTENER_ERROR_BYTES, "%s: not a number from 0 to %d", count_variable,
                       COUNT_MAX);
        result = LISTENER_MISTAKE;
    } else if (count > 0) {
        result = take_all(set, (size_t)count, error);
    }
    (void)unsetenv(pid_variable);
    (void)unsetenv(count_variable);
    (void)unsetenv(names_variable);
    if (result != LISTENER_OK) {
        listener_set_close(set);
    }
    return result;
}

static bool has_descriptor(const struct listener_set *set, int fd) {
    for (size_t i = 0; i < set->count; i++) {
        if (set->items[i].fd == fd) {
            return true;
        }
    }
    return false;
}

int inherited_settle(struct listener_set *set, struct listener_set *inherited) {
    struct listener *items = realloc(set->items, (set->count + inherited->count) * sizeof *items);
    if (items == NULL) {
        return -ENOMEM;
    }
    set->items = items;
    for (size_t i = 0; i < inherited->count; i++) {
        if (!has_descriptor(set, inherited->items[i].fd)) {
            set->items[set->count++] = inherited->items[i];
        }
    }
    set->former = NULL;
    free(inherited->items);
    *inherited = (struct listener_set){0};
    return 0;
}

bool inherited_is_any(const struct listener_set *set) {
    for (; set != NULL; set = set->former) {
        for (size_t i = 0; i < set->count; i++) {
            if (set->items[i].is_inherited) {
                return true;
            }
        }
    }
    return false;
}

bool inherited_serves(const struct listener *listener, const struct sockaddr_storage *address) {
    if (!listener->is_inherited) {
        return false;
    }
    if (socket_address_equal(&listener->address, address)) {
        return true;
    }
    if (!socket_address_is_wildcard(&listener->address)) {
        return false;
    }
    bool is_mapped = listener->is_dual_stack && address->ss_family == AF_INET &&
                     socket_address_port(address) == socket_address_port(&listener->address);
    return is_mapped || socket_address_overlaps(&listener->address, address);
}
