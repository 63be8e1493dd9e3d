/* SPDX-License-Identifier: MIT */
#include "server/descriptor_limit.h"

#include <limits.h>
#include <stdint.h>
#include <sys/resource.h>

enum { DESCRIPTORS_KEPT_SHARE = 16 };

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

static size_t at_most(size_t value, size_t limit) {
    return value < limit ? value : limit;
}

size_t descriptor_limit_connections(size_t limit) {
    size_t connections = (limit - at_most(DESCRIPTORS_RESERVED, limit / 2)) / 2;
    return connections > 1 ? at_most(connections, DESCRIPTORS_CONNECTIONS_MAX) : 1;
}

size_t descriptor_limit_kept_files(size_t limit, size_t needed, size_t wanted) {
    size_t left = limit > needed ? limit - needed : 0;
    return at_most(wanted, at_most(left, limit / DESCRIPTORS_KEPT_SHARE));
}

size_t descriptor_limit_needed(size_t connections, size_t threads) {
    size_t count = connections + threads;
    return count + at_most(DESCRIPTORS_RESERVED, count);
}
