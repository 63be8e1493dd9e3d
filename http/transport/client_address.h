/* SPDX-License-Identifier: MIT */
/*
 * Who is at the other end of a connection: kept in few bytes, turned into text only when somebody asks. Looks
 * no name up. Pure functions, thread-safe.
 */
#ifndef LIDO_HTTP_TRANSPORT_CLIENT_ADDRESS_H
#define LIDO_HTTP_TRANSPORT_CLIENT_ADDRESS_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* Long enough for an IPv6 address with a numeric scope id, and the final NUL. */
enum { CLIENT_ADDRESS_BYTES = INET6_ADDRSTRLEN + 11 };

struct client_address {
    sa_family_t family;      /* AF_INET, AF_INET6, AF_UNIX; AF_UNSPEC when unknown */
    uint32_t scope_id;       /* of a link-local IPv6 address */
    unsigned char bytes[16]; /* network order; the first 4 for AF_INET */
};

/* Take over an address of `length` bytes as accept(2) gives it. An IPv4-mapped IPv6 address becomes the IPv4
 * address that it is. */
struct client_address client_address_from(const struct sockaddr *address, socklen_t length);

/* Whether it is of this machine, as far as the socket shows: 127.0.0.0/8, ::1 or a UNIX socket. Another program here may
 * stand between it and the client. */
bool client_address_is_local(const struct client_address *address);

/* Write the numeric address, an IPv6 one as RFC 5952 has it: "192.0.2.7", "2001:db8::1", "fe80::1%2"; "unix:"
 * for a UNIX socket and "-" when unknown. Returns its length without the NUL. */
size_t client_address_format(const struct client_address *address, char out[CLIENT_ADDRESS_BYTES]);

#endif
