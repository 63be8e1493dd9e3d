/* SPDX-License-Identifier: MIT */
/*
 * The URLs that the probe takes: "http://host:port/path?query", "http://[::1]:8080/", "localhost:8080" (the
 * scheme may be left out) and "unix:/path/of/socket".
 *
 * Purely textual: nothing is resolved here. What would have to be escaped in a request is refused, not
 * repaired.
 */
#ifndef LIDO_SERVER_PROBE_URL_H
#define LIDO_SERVER_PROBE_URL_H

#include <stdbool.h>

struct url {
    bool is_unix;
    bool has_default_port;
    char host[256];    /* without brackets; a link-local address with its zone: "fe80::1%eth0" */
    char port[6];      /* "1" to "65535" */
    char target[2048]; /* path and query, begins with "/" */
    char socket[108];  /* is_unix: the path of the socket */
};

/* Read `text`. Returns NULL, or what is wrong with it and what would be right, as a constant sentence without
 * a full stop. *url is untouched on failure. Thread-safe. */
const char *url_parse(const char *text, struct url *url) __attribute__((warn_unused_result));

/* Write the value of the Host field (RFC 9110, 7.2): "host", "host:8080", "[::1]:8080". A zone is left out:
 * it means something on this machine only (RFC 6874, 4). For a UNIX socket it is "localhost". */
void url_format_host(const struct url *url, char text[280]);

#endif
