/* SPDX-License-Identifier: MIT */
/*
 * What a client is called: its address looked up backwards, and the name forwards again, as anybody can claim any name
 * for an address of his own (RFC 1912 section 2.1).
 *
 * Keeps nothing: see names.h.
 */
#ifndef LIDO_SERVER_LOG_NAMES_LOOKUP_H
#define LIDO_SERVER_LOG_NAMES_LOOKUP_H

#include "http/transport/client_address.h"

#include <stdbool.h>

enum { NAME_BYTES = 254 }; /* of a domain name (RFC 1035 section 2.3.4), with its NUL */

/* Find the name of a client of IPv4 or IPv6, in lower case. Blocks for as long as the name servers take, many seconds
 * if there are none (resolv.conf(5), timeout and attempts). Returns false, and *name is untouched, when it has none,
 * when the name does not lead back to the address, or when it holds what no name of a host has. Thread-safe. */
bool name_lookup(const struct client_address *address, char name[NAME_BYTES]);

#endif
