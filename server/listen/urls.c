/* SPDX-License-Identifier: MIT */
#include "server/listen/urls.h"

#include "server/listen/listener.h"
#include "server/listen/port_holder.h"
#include "server/net/resolve.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

static bool is_listed(const struct listen_urls *urls, const char *url) {
    for (size_t i = 0; i < urls->count; i++) {
        if (strcmp(urls->items[i], url) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether this machine would reach others from this address. A datagram socket is connected to find out,
 * to an address that is for examples (RFC 5737, RFC 3849); that sends nothing. */
static bool is_way_out(const struct sockaddr_storage *address) {
    struct sockaddr_in ipv4 = {.sin_family = AF_INET, .sin_port = htons(9), .sin_addr = {htonl(0xC0000201)}};
    struct sockaddr_in6 ipv6 = {
        .sin6_family = AF_INET6, .sin6_port = htons(9), .sin6_addr = {{{0x20, 0x01, 0x0D, 0xB8, [15] = 1}}}};
    bool is_ipv4 = address->ss_family == AF_INET;
    const struct sockaddr *far = is_ipv4 ? (const struct sockaddr *)&ipv4 : (const struct sockaddr *)&ipv6;
    socklen_t length = is_ipv4 ? sizeof ipv4 : sizeof ipv6;
    struct sockaddr_storage own = {0};
    int fd = socket(address->ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return false;
    }
    bool is_known = connect(fd, far, length) == 0 && getsockname(fd, (struct sockaddr *)&own, &length) == 0;
    (void)close(fd);
    socket_address_set_port(&own, socket_address_port(address));
    return is_known && socket_address_equal(&own, address);
}

/* How good an address is for other machines; 0 for not at all. */
static int rank_for_others(const struct sockaddr_storage *address) {
    if (address->ss_family == AF_UNIX || socket_address_is_loopback(address) ||
        socket_address_is_wildcard(address) || socket_address_is_link_local(address)) {
        return 0;
    }
    return (address->ss_family == AF_INET ? 2 : 1) + (is_way_out(address) ? 2 : 0);
}

static void add(struct listen_urls *urls, const struct sockaddr_storage *address, const char *name) {
    char url[SOCKET_ADDRESS_TEXT_BYTES];
    socket_address_format_url(address, name, url);
    if (urls->count == LISTEN_URLS_MAX || is_listed(urls, url)) {
        return;
    }
    int rank = rank_for_others(address);
    if (rank > urls->shared_rank) {
        urls->shared = urls->count;
        urls->shared_rank = rank;
    }
    memcpy(urls->items[urls->count++], url, sizeof url);
}

static bool has_localhost(const struct listen_urls *urls, const struct sockaddr_storage *address) {
    char url[SOCKET_ADDRESS_TEXT_BYTES];
    socket_address_format_url(address, "localhost", url);
    return is_listed(urls, url);
}

/* Asks the system, not net/resolve: what counts is where other programs of this machine end up. But in a root without a hosts
 * file, as that of a container may be, it would ask a name server, for seconds if there is none. */
static int find_localhost(struct addrinfo **list) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    return access("/etc/hosts", F_OK) == 0 ? getaddrinfo("localhost", NULL, &hints, list)
                                           : resolve_stream("localhost", "0", 0, list);
}

static bool localhost_leads_here(const struct listener_set *set, uint16_t port) {
    struct addrinfo *list = NULL;
    if (find_localhost(&list) != 0) {
        return false;
    }
    bool is_here = false;
    bool is_elsewhere = false;
    for (const struct addrinfo *entry = list; entry != NULL; entry = entry->ai_next) {
        struct sockaddr_storage address = socket_address_copy(entry->ai_addr, entry->ai_addrlen);
        socket_address_set_port(&address, port);
        if (listener_set_find(set, &address) != NULL) {
            is_here = true;
        } else if (port_holder_exists(&address)) {
            is_elsewhere = true;
        }
    }
    freeaddrinfo(list);
    return is_here && !is_elsewhere;
}

static void add_localhost(struct listen_urls *urls, const struct listener_set *set,
                          const struct sockaddr_storage *address) {
    if (!socket_address_is_loopback(address) && !socket_address_is_wildcard(address)) {
        return;
    }
    if (!has_localhost(urls, address) && localhost_leads_here(set, socket_address_port(address))) {
        add(urls, address, "localhost");
    }
}

/* Whether an interface's address belongs on the list in place of `wildcard`. */
static bool is_offered(const struct ifaddrs *interface, const struct sockaddr_storage *wildcard) {
    return interface->ifa_addr != NULL && interface->ifa_addr->sa_family == wildcard->ss_family &&
           (interface->ifa_flags & IFF_UP) != 0;
}

static void add_interfaces(struct listen_urls *urls, const struct sockaddr_storage *wildcard) {
    struct ifaddrs *list = NULL;
    if (getifaddrs(&list) == -1) {
        return;
    }
    for (const struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next) {
        if (!is_offered(entry, wildcard)) {
            continue;
        }
        struct sockaddr_storage address =
            socket_address_copy(entry->ifa_addr, socket_address_length(wildcard));
        socket_address_set_port(&address, socket_address_port(wildcard));
        bool is_said = socket_address_is_loopback(&address) && has_localhost(urls, &address);
        if (!is_said && !socket_address_is_link_local(&address)) {
            add(urls, &address, NULL);
        }
    }
    freeifaddrs(list);
}

/* Of a socket for IPv6 that takes IPv4, too. */
static void add_ipv4_interfaces(struct listen_urls *urls, uint16_t port) {
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_ANY)}};
    struct sockaddr_storage wildcard = socket_address_copy((const struct sockaddr *)&any, sizeof any);
    socket_address_set_port(&wildcard, port);
    add_interfaces(urls, &wildcard);
}

static bool is_for_browsers(const struct listener *listener) {
    return !listener->is_admin && !listener->is_leaving;
}

void listen_urls_fill(struct listen_urls *urls, const struct listener_set *set) {
    urls->count = 0;
    urls->shared = LISTEN_URLS_MAX;
    urls->shared_rank = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (is_for_browsers(&set->items[i])) {
            add_localhost(urls, set, &set->items[i].address);
        }
    }
    for (size_t i = 0; i < set->count; i++) {
        const struct sockaddr_storage *address = &set->items[i].address;
        if (!is_for_browsers(&set->items[i])) {
            continue;
        }
        if (socket_address_is_wildcard(address)) {
            add_interfaces(urls, address);
            if (set->items[i].is_dual_stack) {
                add_ipv4_interfaces(urls, socket_address_port(address));
            }
        } else {
            add(urls, address, NULL);
        }
    }
    for (size_t i = 0; urls->count == 0 && i < set->count; i++) { /* a wildcard, and no network yet */
        add(urls, &set->items[i].address, NULL);
    }
}
