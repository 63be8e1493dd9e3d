/* SPDX-License-Identifier: MIT */
#include "server/descriptor_limit.h"

#include <limits.h>
#include <stdint.h>
#include <sys/resource.h>

size_t descriptor_limit_raise(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == -1) {
        return _POSIX_OPEN_MAX;
    }
    struct rlimit raised = {.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
    if (limit.rlim_cur != limit.rlim_max && setrlimit(RLIMIT_NOFILE, &raised) == 0) {
        limit = raised;
    }
    return limit.rlim_cur > SIZE_MAX ? SIZE_MAX : (size_t)limit.rlim_cur;
}

size_t descriptor_limit_connections(size_t limit) {
    if (limit <= DESCRIPTORS_RESERVED + 2) {
        return 1;
    }
    size_t connections = (limit - DESCRIPTORS_RESERVED) / 2;
    return connections < DESCRIPTORS_CONNECTIONS_MAX ? connections : DESCRIPTORS_CONNECTIONS_MAX;
}

size_t descriptor_limit_needed(size_t connections, size_t threads) {
    return connections + threads + DESCRIPTORS_RESERVED;
}
