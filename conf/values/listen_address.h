/* SPDX-License-Identifier: MIT */
/*
 * The notation of an address to listen at: "localhost:8080", "127.0.0.1:80", "[::1]:8080" (brackets: RFC 3986
 * section 3.2.2), ":8080" or "*:8080" (every address), "host:http" (a service name, services(5)),
 * "unix:/path" (unix(7)). Purely textual: nothing is resolved here.
 *
 * A port alone ("8080") is refused: it would listen on every address by surprise.
 */
#ifndef LIDO_CONF_VALUES_LISTEN_ADDRESS_H
#define LIDO_CONF_VALUES_LISTEN_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

enum listen_kind { LISTEN_TCP, LISTEN_UNIX };

enum { LISTEN_ADDRESS_TEXT_BYTES = 384 }; /* room for listen_address_format() of any address */

struct listen_address {
    enum listen_kind kind;
    char host[256]; /* "" for every address; without brackets */
    char port[64];  /* number (0: any free port), "auto" or service name; "" when the text had none */
    char path[108]; /* LISTEN_UNIX: file system path, fits sockaddr_un.sun_path */
};

/* Read `text` into *address. A TCP address may lack its port: port is "" then. Returns NULL, or what is wrong
 * with it and what would be right, as a constant sentence without a full stop. *address is untouched on
 * failure. Thread-safe. */
const char *listen_address_parse(const char *text, struct listen_address *address)
    __attribute__((warn_unused_result));

/* Give a TCP address another port, a number 0..65535, "auto" or a service name. Returns and leaves untouched
 * as listen_address_parse() does. Thread-safe. */
const char *listen_address_set_port(struct listen_address *address, const char *port)
    __attribute__((warn_unused_result));

/* Write the canonical text ("localhost:8080", "[::1]:8080", "*:8080", "unix:/path") into text[0 .. size), cut
 * to fit; LISTEN_ADDRESS_TEXT_BYTES are always enough. It parses to the same address. Thread-safe. */
void listen_address_format(const struct listen_address *address, char *text, size_t size);

/* Whether the two cannot both be listened at: the same address (host names in either case), or every address
 * and one of them at the same port. Port 0 is a new port each time and never collides. "80" and "http" are
 * not known to be the same. Thread-safe. */
bool listen_address_collides(const struct listen_address *a, const struct listen_address *b);

#endif
