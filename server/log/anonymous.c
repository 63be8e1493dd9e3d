/* SPDX-License-Identifier: MIT */
#include "server/log/anonymous.h"

#include <string.h>

enum { IPV4_KEPT_BYTES = 3, IPV6_KEPT_BYTES = 6 };

struct client_address anonymous_address(const struct client_address *address) {
    struct client_address kept = {.family = address->family};
    if (address->family == AF_INET || address->family == AF_INET6) {
        memcpy(kept.bytes, address->bytes, address->family == AF_INET ? IPV4_KEPT_BYTES : IPV6_KEPT_BYTES);
    }
    return kept;
}
