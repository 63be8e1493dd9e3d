/* SPDX-License-Identifier: MIT */
#include "http/client_address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

enum { MAPPED_PREFIX_BYTES = 12 };

static struct client_address from_ipv4(const void *network_order) {
    struct client_address result = {.family = AF_INET};
    memcpy(result.bytes, network_order, sizeof(struct in_addr));
    return result;
}

struct client_address client_address_from(const struct sockaddr *address, socklen_t length) {
    if (length >= sizeof(struct sockaddr_in) && address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return from_ipv4(&in.sin_addr);
    }
    if (length >= sizeof(struct sockaddr_in6) && address->sa_family == AF_INET6) {
        struct sockaddr_in6 in6;
        memcpy(&in6, address, sizeof in6);
        if (IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr)) {
            return from_ipv4(in6.sin6_addr.s6_addr + MAPPED_PREFIX_BYTES);
        }
        struct client_address result = {.family = AF_INET6, .scope_id = in6.sin6_scope_id};
        memcpy(result.bytes, &in6.sin6_addr, sizeof in6.sin6_addr);
        return result;
    }
    if (length >= sizeof(sa_family_t) && address->sa_family == AF_UNIX) {
        return (struct client_address){.family = AF_UNIX};
    }
    return (struct client_address){.family = AF_UNSPEC};
}

void client_address_format(const struct client_address *address, char out[CLIENT_ADDRESS_BYTES]) {
    if (address->family == AF_UNIX) {
        memcpy(out, "unix:", sizeof "unix:");
        return;
    }
    if ((address->family != AF_INET && address->family != AF_INET6) ||
        inet_ntop(address->family, address->bytes, out, CLIENT_ADDRESS_BYTES) == NULL) {
        memcpy(out, "-", sizeof "-");
        return;
    }
    if (address->scope_id != 0) {
        size_t length = strlen(out);
        (void)snprintf(out + length, CLIENT_ADDRESS_BYTES - length, "%%%u", (unsigned)address->scope_id);
    }
}
