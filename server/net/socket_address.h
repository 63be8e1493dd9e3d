/* SPDX-License-Identifier: MIT */
/*
 * Socket addresses as values: their text, their port, and which of them get in each other's way.
 *
 * All addresses are `struct sockaddr_storage` that were zeroed before they were filled in, so that each
 * family's own length is all there is to know and a UNIX path always ends. IPv4, IPv6 and UNIX; any other
 * family is "unknown". Nothing here resolves a name or touches a socket, so nothing blocks, and every
 * function is thread-safe.
 */
#ifndef LIDO_SERVER_NET_SOCKET_ADDRESS_H
#define LIDO_SERVER_NET_SOCKET_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

enum { SOCKET_ADDRESS_TEXT_BYTES = 128 };

/* Copy an address of `length` bytes, e.g. one of getaddrinfo(3), zeroing the rest. */
struct sockaddr_storage socket_address_copy(const struct sockaddr *address, socklen_t length);

/* The address of a UNIX socket. `path` has at most 107 bytes. */
struct sockaddr_storage socket_address_of_path(const char *path);

/* The length that bind(2) and connect(2) want, by the family. */
socklen_t socket_address_length(const struct sockaddr_storage *address);

/* The port in host order, 0 for a family without ports. */
uint16_t socket_address_port(const struct sockaddr_storage *address);

/* Does nothing for a family without ports. */
void socket_address_set_port(struct sockaddr_storage *address, uint16_t port);

/* The path of a UNIX socket's address, "" if it has none; lives as long as *address. */
const char *socket_address_path(const struct sockaddr_storage *address);

/* Whether it is the address that stands for every one of its family: 0.0.0.0 or ::. */
bool socket_address_is_wildcard(const struct sockaddr_storage *address);

/* Whether only this machine can reach it: 127.0.0.0/8 or ::1. */
bool socket_address_is_loopback(const struct sockaddr_storage *address);

/* Whether it is an IPv6 address that only makes sense together with a network interface: fe80::/10. */
bool socket_address_is_link_local(const struct sockaddr_storage *address);

/* Whether both are the same address, port included. */
bool socket_address_equal(const struct sockaddr_storage *a, const struct sockaddr_storage *b);

/* Whether two listening sockets cannot have both: one family, one port, and one address or a wildcard. IPv4
 * and IPv6 never overlap, since each of Lido's IPv6 sockets is IPV6_V6ONLY. UNIX paths are compared as
 * text. */
bool socket_address_overlaps(const struct sockaddr_storage *a, const struct sockaddr_storage *b);

/* Write the host alone, as a log has it: "127.0.0.1", "::1", "fe80::1%eth0", "unix:" or "unix:/path". An
 * IPv4-mapped address (::ffff:192.0.2.1) is written as the IPv4 address that it is. */
void socket_address_format_host(const struct sockaddr_storage *address, char text[SOCKET_ADDRESS_TEXT_BYTES]);

/* Write host and port: "127.0.0.1:8080", "[::1]:8080", "unix:/path". */
void socket_address_format(const struct sockaddr_storage *address, char text[SOCKET_ADDRESS_TEXT_BYTES]);

/* Write a URL that leads there: "http://127.0.0.1:8080/", "http://[::1]/" (port 80), "unix:/path". `name`
 * stands in for the numeric host unless it is NULL; at most 63 bytes. A link-local address is written as RFC
 * 6874 has it. */
void socket_address_format_url(const struct sockaddr_storage *address, const char *name,
                               char text[SOCKET_ADDRESS_TEXT_BYTES]);

#endif
