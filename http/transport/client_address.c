/* SPDX-License-Identifier: MIT */
#include "http/transport/client_address.h"

#include <string.h>

enum {
    MAPPED_PREFIX_BYTES = 12,
    GROUP_COUNT = 8 /* of an IPv6 address, two bytes each */
};

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

bool client_address_is_local(const struct client_address *address) {
    static const unsigned char loopback[sizeof address->bytes] = {[15] = 1};
    switch (address->family) {
    case AF_INET:
        return address->bytes[0] == IN_LOOPBACKNET;
    case AF_INET6:
        return memcmp(address->bytes, loopback, sizeof loopback) == 0;
    default:
        return address->family == AF_UNIX;
    }
}

/* --- as text: by hand, as the log wants it for every request, and inet_ntop() takes many times as long -- */

static char *put_decimal(char *at, uint32_t number) {
    size_t count = 1;
    for (uint32_t rest = number; rest >= 10; rest /= 10) {
        count++;
    }
    for (size_t i = count; i > 0; number /= 10) {
        at[--i] = (char)('0' + number % 10);
    }
    return at + count;
}

static char *put_ipv4(char *at, const unsigned char *bytes) {
    at = put_decimal(at, bytes[0]);
    for (size_t i = 1; i < sizeof(struct in_addr); i++) {
        *at++ = '.';
        at = put_decimal(at, bytes[i]);
    }
    return at;
}

/* Without leading zeros and in lower case (RFC 5952 sections 4.1 and 4.3). */
static char *put_group(char *at, unsigned group) {
    int shift = 12;
    while (shift > 0 && group >> shift == 0) {
        shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
        *at++ = "0123456789abcdef"[group >> shift & 0x0F];
    }
    return at;
}

static char *put_groups(char *at, const unsigned *groups, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            *at++ = ':';
        }
        at = put_group(at, groups[i]);
    }
    return at;
}

struct run {
    size_t begin;
    size_t length;
};

/* The longest run of zeros, of several as long the first; a lone zero does not count (RFC 5952 section 4.2).
 * All groups without any zeros: an empty run at their end. */
static struct run find_zeros(const unsigned groups[GROUP_COUNT]) {
    struct run longest = {.begin = GROUP_COUNT};
    struct run run = {0};
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        if (groups[i] != 0) {
            run = (struct run){.begin = i + 1};
        } else if (++run.length > 1 && run.length > longest.length) {
            longest = run;
        }
    }
    return longest;
}

static char *put_ipv6(char *at, const unsigned char *bytes) {
    unsigned groups[GROUP_COUNT];
    for (size_t i = 0; i < GROUP_COUNT; i++) {
        groups[i] = (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1];
    }
    struct run zeros = find_zeros(groups);
    size_t after = zeros.begin + zeros.length;
    at = put_groups(at, groups, zeros.begin);
    if (zeros.length > 0) {
        *at++ = ':';
        *at++ = ':';
    }
    return put_groups(at, groups + after, GROUP_COUNT - after);
}

static char *put_scope(char *at, uint32_t scope_id) {
    if (scope_id == 0) {
        return at;
    }
    *at = '%';
    return put_decimal(at + 1, scope_id);
}

static char *put_address(char *at, const struct client_address *address) {
    switch (address->family) {
    case AF_INET:
        return put_ipv4(at, address->bytes);
    case AF_INET6:
        return put_scope(put_ipv6(at, address->bytes), address->scope_id);
    case AF_UNIX:
        return stpcpy(at, "unix:");
    default:
        return stpcpy(at, "-");
    }
}

size_t client_address_format(const struct client_address *address, char out[CLIENT_ADDRESS_BYTES]) {
    char *end = put_address(out, address);
    *end = '\0';
    return (size_t)(end - out);
}
