/* SPDX-License-Identifier: MIT */
/*
 * A client's address without what tells it from its neighbours: of IPv4 the first 24 bits stay, of IPv6 the first 48.
 * Pure; thread-safe.
 */
#ifndef LIDO_SERVER_LOG_ANONYMOUS_H
#define LIDO_SERVER_LOG_ANONYMOUS_H

#include "http/transport/client_address.h"

struct client_address anonymous_address(const struct client_address *address);

#endif
