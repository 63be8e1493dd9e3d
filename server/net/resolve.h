/* SPDX-License-Identifier: MIT */
/*
 * Names to addresses of stream sockets: getaddrinfo(3), with what it leaves to its callers.
 *
 * Names that RFC 6761 reserves never reach a name server: "localhost" (and what ends in ".localhost") is the
 * loopback address of both IPv4 and IPv6 even where /etc/hosts lists one of them or is missing, and
 * ".invalid" never exists.
 */
#ifndef LIDO_SERVER_NET_RESOLVE_H
#define LIDO_SERVER_NET_RESOLVE_H

#include <netdb.h>
#include <stdbool.h>

/* Find every address of `host` (NULL: every address of this machine to listen at, or its loopback without
 * AI_PASSIVE) with `port`, a number or a service name. `flags` are those of getaddrinfo's hints. Blocks while
 * a name server is asked, for as long as resolv.conf(5) allows. Returns 0 and sets *list (the caller's, for
 * freeaddrinfo), or one of getaddrinfo's EAI_ codes. Thread-safe. */
int resolve_stream(const char *host, const char *port, int flags, struct addrinfo **list)
    __attribute__((warn_unused_result));

/* Whether the code says that the name or the service does not exist, as opposed to a failure to find out. */
bool resolve_error_is_permanent(int code);

/* What the code means, e.g. "Name or service not known". Call it before anything else changes errno.
 * Thread-safe; the text lives in `text` or is constant. */
const char *resolve_error_text(int code, char text[128]);

#endif
