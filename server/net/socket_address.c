/* SPDX-License-Identifier: MIT */
#include "server/net/socket_address.h"

#include <arpa/inet.h>
#include <assert.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>

/* The longest IPv6 address with its zone, written "%25eth0" in a URL. */
enum { HOST_BYTES = INET6_ADDRSTRLEN + IF_NAMESIZE + sizeof "%25", HTTP_PORT = 80 };

static_assert(sizeof(struct sockaddr_un) < sizeof(struct sockaddr_storage),
              "room for a NUL after any UNIX path");

/* Copies instead of pointer casts: a sockaddr_storage is not an object of these types. */
static struct sockaddr_in as_in(const struct sockaddr_storage *address) {
    struct sockaddr_in in;
    memcpy(&in, address, sizeof in);
    return in;
}

static struct sockaddr_in6 as_in6(const struct sockaddr_storage *address) {
    struct sockaddr_in6 in6;
    memcpy(&in6, address, sizeof in6);
    return in6;
}

struct sockaddr_storage socket_address_copy(const struct sockaddr *address, socklen_t length) {
    struct sockaddr_storage copy = {0};
    assert(length <= sizeof copy);
    memcpy(&copy, address, length);
    return copy;
}

struct sockaddr_storage socket_address_of_path(const char *path) {
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    assert(length < sizeof un.sun_path);
    memcpy(un.sun_path, path, length);

    struct sockaddr_storage address = {0};
    memcpy(&address, &un, sizeof un);
    return address;
}

socklen_t socket_address_length(const struct sockaddr_storage *address) {
    switch (address->ss_family) {
    case AF_INET:
        return sizeof(struct sockaddr_in);
    case AF_INET6:
        return sizeof(struct sockaddr_in6);
    case AF_UNIX:
        return sizeof(struct sockaddr_un);
    default:
        return sizeof *address;
    }
}

uint16_t socket_address_port(const struct sockaddr_storage *address) {
    switch (address->ss_family) {
    case AF_INET:
        return ntohs(as_in(address).sin_port);
    case AF_INET6:
        return ntohs(as_in6(address).sin6_port);
    default:
        return 0;
    }
}

void socket_address_set_port(struct sockaddr_storage *address, uint16_t port) {
    if (address->ss_family == AF_INET) {
        struct sockaddr_in in = as_in(address);
        in.sin_port = htons(port);
        memcpy(address, &in, sizeof in);
    } else if (address->ss_family == AF_INET6) {
        struct sockaddr_in6 in6 = as_in6(address);
        in6.sin6_port = htons(port);
        memcpy(address, &in6, sizeof in6);
    }
}

const char *socket_address_path(const struct sockaddr_storage *address) {
    return address->ss_family == AF_UNIX ? (const char *)address + offsetof(struct sockaddr_un, sun_path)
                                         : "";
}

bool socket_address_is_wildcard(const struct sockaddr_storage *address) {
    if (address->ss_family == AF_INET) {
        return as_in(address).sin_addr.s_addr == htonl(INADDR_ANY);
    }
    struct sockaddr_in6 in6 = as_in6(address);
    return address->ss_family == AF_INET6 && IN6_IS_ADDR_UNSPECIFIED(&in6.sin6_addr);
}

bool socket_address_is_loopback(const struct sockaddr_storage *address) {
    if (address->ss_family == AF_INET) {
        return ntohl(as_in(address).sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    }
    struct sockaddr_in6 in6 = as_in6(address);
    return address->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6.sin6_addr);
}

bool socket_address_is_link_local(const struct sockaddr_storage *address) {
    struct sockaddr_in6 in6 = as_in6(address);
    return address->ss_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&in6.sin6_addr);
}

/* The same host, whatever the port; for UNIX sockets the same path. */
static bool equal_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b) {
    if (a->ss_family != b->ss_family) {
        return false;
    }
    switch (a->ss_family) {
    case AF_INET:
        return as_in(a).sin_addr.s_addr == as_in(b).sin_addr.s_addr;
    case AF_INET6: {
        struct sockaddr_in6 left = as_in6(a);
        struct sockaddr_in6 right = as_in6(b);
        return IN6_ARE_ADDR_EQUAL(&left.sin6_addr, &right.sin6_addr) &&
               left.sin6_scope_id == right.sin6_scope_id;
    }
    case AF_UNIX:
        return strcmp(socket_address_path(a), socket_address_path(b)) == 0;
    default:
        return false;
    }
}

bool socket_address_equal(const struct sockaddr_storage *a, const struct sockaddr_storage *b) {
    return equal_host(a, b) && socket_address_port(a) == socket_address_port(b);
}

bool socket_address_overlaps(const struct sockaddr_storage *a, const struct sockaddr_storage *b) {
    return a->ss_family == b->ss_family && socket_address_port(a) == socket_address_port(b) &&
           (equal_host(a, b) || socket_address_is_wildcard(a) || socket_address_is_wildcard(b));
}

/* `zone_mark` stands between a link-local address and the name of its interface. */
static void format_in6(const struct sockaddr_in6 *in6, const char *zone_mark, char host[HOST_BYTES]) {
    if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
        (void)inet_ntop(AF_INET, &in6->sin6_addr.s6_addr[12], host, HOST_BYTES);
        return;
    }
    (void)inet_ntop(AF_INET6, &in6->sin6_addr, host, INET6_ADDRSTRLEN);
    if (in6->sin6_scope_id == 0) {
        return;
    }
    char name[IF_NAMESIZE];
    if (if_indextoname(in6->sin6_scope_id, name) == NULL) {
        (void)snprintf(name, sizeof name, "%u", (unsigned)in6->sin6_scope_id);
    }
    size_t length = strlen(host);
    (void)snprintf(host + length, HOST_BYTES - length, "%s%s", zone_mark, name);
}

static void format_ip(const struct sockaddr_storage *address, const char *zone_mark, char host[HOST_BYTES]) {
    (void)snprintf(host, HOST_BYTES, "unknown");
    if (address->ss_family == AF_INET) {
        struct sockaddr_in in = as_in(address);
        (void)inet_ntop(AF_INET, &in.sin_addr, host, HOST_BYTES);
    } else if (address->ss_family == AF_INET6) {
        struct sockaddr_in6 in6 = as_in6(address);
        format_in6(&in6, zone_mark, host);
    }
}

void socket_address_format_host(const struct sockaddr_storage *address,
                                char text[SOCKET_ADDRESS_TEXT_BYTES]) {
    if (address->ss_family == AF_UNIX) {
        (void)snprintf(text, SOCKET_ADDRESS_TEXT_BYTES, "unix:%s", socket_address_path(address));
        return;
    }
    char host[HOST_BYTES];
    format_ip(address, "%", host);
    memcpy(text, host, strlen(host) + 1);
}

void socket_address_format(const struct sockaddr_storage *address, char text[SOCKET_ADDRESS_TEXT_BYTES]) {
    if (address->ss_family == AF_UNIX) {
        socket_address_format_host(address, text);
        return;
    }
    char host[HOST_BYTES];
    format_ip(address, "%", host);
    (void)snprintf(text, SOCKET_ADDRESS_TEXT_BYTES, strchr(host, ':') != NULL ? "[%s]:%u" : "%s:%u", host,
                   (unsigned)socket_address_port(address));
}

void socket_address_format_url(const struct sockaddr_storage *address, const char *name,
                               char text[SOCKET_ADDRESS_TEXT_BYTES]) {
    if (address->ss_family == AF_UNIX) {
        socket_address_format_host(address, text);
        return;
    }
    char host[HOST_BYTES];
    if (name != NULL) {
        (void)snprintf(host, sizeof host, "%s", name);
    } else {
        format_ip(address, "%25", host);
    }

    char port[sizeof ":65535"] = "";
    if (socket_address_port(address) != HTTP_PORT) {
        (void)snprintf(port, sizeof port, ":%u", (unsigned)socket_address_port(address));
    }
    (void)snprintf(text, SOCKET_ADDRESS_TEXT_BYTES,
                   strchr(host, ':') != NULL ? "http://[%s]%s/" : "http://%s%s/", host, port);
}
