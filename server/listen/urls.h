/* SPDX-License-Identifier: MIT */
/*
 * The URLs at which a set of listeners can be reached, for people to click on.
 *
 * A wildcard address is no place to go to, so it is replaced by the addresses that this machine has
 * (getifaddrs(3)): one of them is what a phone on the same network can open. Prints nothing.
 */
#ifndef LIDO_SERVER_LISTEN_URLS_H
#define LIDO_SERVER_LISTEN_URLS_H

#include "server/net/socket_address.h"

#include <stddef.h>

struct listener_set;

enum { LISTEN_URLS_MAX = 32 };

struct listen_urls {
    char items[LISTEN_URLS_MAX][SOCKET_ADDRESS_TEXT_BYTES]; /* "http://localhost:8080/", "unix:/path" */
    size_t count;
    size_t shared;   /* index of the one for other machines, e.g. a phone; LISTEN_URLS_MAX for none */
    int shared_rank; /* how good it is for that, while the list is being filled */
};

/* List the URLs of the set, each once; what does not fit is left out. http://localhost:<port>/ comes first,
 * if a socket listens at a loopback or wildcard address, the name leads to it, and no other program listens
 * at another address of that name. Link-local addresses are left out where a wildcard stands for them, since
 * browsers cannot open them. The shared one is at the
 * address from which this machine reaches others, if that is on the list, else at any that is no loopback
 * address, IPv4 first. Never empty for a set that is not: while there is no network, the wildcard
 * itself is listed. Blocks for looking up "localhost". Thread-safe. */
void listen_urls_fill(struct listen_urls *urls, const struct listener_set *set);

#endif
