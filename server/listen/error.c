/* SPDX-License-Identifier: MIT */
#include "server/listen/error.h"

#include "conf/values/listen_address.h"
#include "server/listen/port_holder.h"
#include "server/net/resolve.h"
#include "server/net/socket_address.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PRIVILEGED_PORTS_END = 1024, USUAL_PORT = 8080, SUGGESTIONS = 20 };

/* The next port that nobody listens on, to be suggested and nothing more; 0 if there is none nearby. */
static unsigned find_free_port(const struct sockaddr_storage *wanted) {
    struct sockaddr_storage candidate = *wanted;
    unsigned port = socket_address_port(wanted) + 1U;
    if (port < PRIVILEGED_PORTS_END) {
        port = USUAL_PORT;
    }
    for (int i = 0; i < SUGGESTIONS && port <= UINT16_MAX; i++, port++) {
        socket_address_set_port(&candidate, (uint16_t)port);
        if (!port_holder_exists(&candidate)) {
            return port;
        }
    }
    return 0;
}

static void describe_holder(const struct sockaddr_storage *wanted, char text[128]) {
    struct port_holder holder;
    if (!port_holder_find(wanted, &holder)) {
        (void)snprintf(text, 128, "another program");
    } else if (holder.pid == 0) {
        (void)snprintf(text, 128, "a program of user id %u", (unsigned)holder.uid);
    } else if (holder.pid == getpid()) {
        (void)snprintf(text, 128, "this very process (pid %d)", (int)holder.pid);
    } else {
        (void)snprintf(text, 128, "%s (pid %d)", holder.program, (int)holder.pid);
    }
}

static void explain_port_in_use(const struct sockaddr_storage *wanted, const char *where,
                                char text[LISTENER_ERROR_BYTES]) {
    char holder[128];
    char option[32] = "";
    describe_holder(wanted, holder);
    unsigned port = find_free_port(wanted);
    if (port != 0) {
        (void)snprintf(option, sizeof option, ": lido --port %u", port);
    }
    (void)snprintf(text, LISTENER_ERROR_BYTES, "%s is in use by %s; stop it, or choose another port%s", where,
                   holder, option);
}

static enum listener_result explain_in_use(const struct sockaddr_storage *wanted, const char *where,
                                           const struct listener_set *set, char text[LISTENER_ERROR_BYTES]) {
    const struct listener *own = listener_set_find(set, wanted);
    if (own != NULL) {
        char taken[SOCKET_ADDRESS_TEXT_BYTES];
        socket_address_format(&own->address, taken);
        (void)snprintf(text, LISTENER_ERROR_BYTES,
                       "%s overlaps %s, which an earlier listen address already has; remove one of the two",
                       where, taken);
        return LISTENER_MISTAKE;
    }
    if (wanted->ss_family == AF_UNIX) {
        (void)snprintf(text, LISTENER_ERROR_BYTES,
                       "%s is in use: a program answers there; stop it, or choose another path", where);
    } else {
        explain_port_in_use(wanted, where, text);
    }
    return LISTENER_IN_USE;
}

/* The path of this program, for a command that can be copied. */
static void read_own_path(char path[256]) {
    ssize_t length = readlink("/proc/self/exe", path, 255);
    path[length > 0 ? length : 0] = '\0';
    if (length <= 0 || length == 255) {
        (void)snprintf(path, 256, "\"$(command -v lido)\"");
    }
}

static void explain_denied(const struct sockaddr_storage *wanted, const char *where, int error,
                           char text[LISTENER_ERROR_BYTES]) {
    unsigned port = socket_address_port(wanted);
    if (port == 0 || port >= PRIVILEGED_PORTS_END) {
        errno = -error;
        (void)snprintf(text, LISTENER_ERROR_BYTES, "cannot listen at %s: %m", where);
        return;
    }
    char program[256];
    read_own_path(program);
    (void)snprintf(text, LISTENER_ERROR_BYTES,
                   "%s: ports below %d need a privilege; choose a higher one (lido --port %d), or grant it: "
                   "sudo setcap cap_net_bind_service=+ep %s",
                   where, PRIVILEGED_PORTS_END, USUAL_PORT, program);
}

/* What is wrong with the address itself, and the remedy; NULL if `error` is about something else. */
static const char *find_remedy(int error, const struct sockaddr_storage *wanted) {
    switch (error) {
    case -EADDRNOTAVAIL:
        return "is not an address of this machine; choose one that it has, or * for all of them";
    case -EAFNOSUPPORT:
        return wanted->ss_family == AF_INET6 ? "needs IPv6, which this machine lacks"
                                             : "needs IPv4, which this machine lacks";
    case -EINVAL:
        return socket_address_is_link_local(wanted)
                   ? "is link-local: name its interface too, as in fe80::1%eth0"
                   : NULL;
    case -EEXIST:
        return "exists and is not a socket; remove it, or choose another path";
    default:
        return NULL;
    }
}

enum listener_result listen_error_explain(int error, const struct sockaddr_storage *wanted,
                                          const struct listener_set *set, char text[LISTENER_ERROR_BYTES]) {
    char where[SOCKET_ADDRESS_TEXT_BYTES];
    socket_address_format(wanted, where);
    if (error == -EADDRINUSE) {
        return explain_in_use(wanted, where, set, text);
    }
    if (error == -EACCES || error == -EPERM) {
        explain_denied(wanted, where, error, text);
        return LISTENER_DENIED;
    }
    const char *remedy = find_remedy(error, wanted);
    errno = -error;
    if (remedy != NULL) {
        (void)snprintf(text, LISTENER_ERROR_BYTES, "%s %s", where, remedy);
    } else {
        (void)snprintf(text, LISTENER_ERROR_BYTES, "cannot listen at %s: %m", where);
    }
    return LISTENER_FAILED;
}

enum listener_result listen_error_explain_name(int code, const struct listen_address *address,
                                               char text[LISTENER_ERROR_BYTES]) {
    char buffer[128];
    const char *reason = resolve_error_text(code, buffer);
    if (code == EAI_SERVICE) {
        (void)snprintf(text, LISTENER_ERROR_BYTES,
                       "no port or service is called '%s'; give a number from 0 to 65535", address->port);
    } else {
        (void)snprintf(text, LISTENER_ERROR_BYTES, "cannot find the host '%s': %s", address->host, reason);
    }
    return resolve_error_is_permanent(code) ? LISTENER_MISTAKE : LISTENER_FAILED;
}

bool listen_error_explain_passed(const struct listener_set *set, char text[LISTENER_ERROR_BYTES]) {
    char where[SOCKET_ADDRESS_TEXT_BYTES];
    char holder[128];
    if (set->passed.ss_family == AF_UNSPEC) {
        return false;
    }
    socket_address_format(&set->passed, where);
    describe_holder(&set->passed, holder);
    (void)snprintf(text, LISTENER_ERROR_BYTES, "%s is in use by %s; the next free port is taken", where,
                   holder);
    return true;
}
