/* SPDX-License-Identifier: MIT */
#include "server/budget/client_limits.h"

#include "server/descriptor_limit.h"

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

static size_t auto_connections(size_t descriptors, uint64_t memory_bytes) {
    uint64_t by_memory = memory_bytes / CLIENT_LIMITS_CONNECTION_SHARE / CLIENT_LIMITS_CONNECTION_BYTES;
    size_t count = (size_t)least(descriptor_limit_connections(descriptors), by_memory);
    return count > 0 ? count : 1;
}

static size_t auto_request_bytes(uint64_t memory_bytes) {
    uint64_t share = least(memory_bytes / CLIENT_LIMITS_REQUEST_SHARE, CLIENT_LIMITS_REQUEST_MAX_BYTES);
    return share > CLIENT_LIMITS_REQUEST_MIN_BYTES ? (size_t)share : (size_t)CLIENT_LIMITS_REQUEST_MIN_BYTES;
}

/* Three quarters, of few all. */
static size_t auto_of_one(size_t connections) {
    return connections - connections / 4;
}

struct client_limits client_limits_of(const struct config *config, size_t descriptors,
                                      uint64_t memory_bytes) {
    size_t connections =
        config->max_connections > 0 ? config->max_connections : auto_connections(descriptors, memory_bytes);
    bool is_auto = config->max_connections_per_client == 0;
    return (struct client_limits){
        .connections = connections,
        .connections_of_one = is_auto ? auto_of_one(connections) : config->max_connections_per_client,
        .local_are_exempt = is_auto,
        .request_bytes = config->request_memory_bytes > 0 ? config->request_memory_bytes
                                                          : auto_request_bytes(memory_bytes),
        .wide_bytes = (size_t)least(memory_bytes / CLIENT_LIMITS_WIDE_SHARE, CLIENT_LIMITS_WIDE_MAX_BYTES),
    };
}
