/* SPDX-License-Identifier: MIT */
#include "http/transport/pace.h"

#include "http/transport/transport.h"

#include <stdbool.h>

enum { NOTICED_MS = 250 };

static void begin_period(struct pace *pace, const struct pace_limits *limits, int64_t now_ms) {
    pace->period_until_ms = limits->bytes_per_s > 0 ? now_ms + limits->timeout_ms : INT64_MAX;
    pace->period_from_bytes = pace->taken_bytes;
}

/* Split, as the product of a large rate and an hour may be too large. */
static uint64_t least_of_period(const struct pace_limits *limits) {
    uint64_t whole_s = (uint64_t)limits->timeout_ms / 1000;
    uint64_t rest_ms = (uint64_t)limits->timeout_ms % 1000;
    return limits->bytes_per_s * whole_s + limits->bytes_per_s * rest_ms / 1000;
}

/* Of a UNIX socket the kernel tells the memory that it takes, which is more. */
static uint64_t taken_bytes_of(const struct pace *pace, int fd) {
    int queued = transport_queued_bytes(fd);
    uint64_t untaken = queued > 0 ? (uint64_t)queued : 0;
    return pace->sent_bytes > untaken ? pace->sent_bytes - untaken : 0;
}

/* Between this look and the one before; what is less than NOTICED_MS ago counts as now. */
static int64_t last_taken_ms(int fd, int64_t now_ms) {
    int64_t ago_ms = transport_taken_ago_ms(fd);
    return ago_ms >= NOTICED_MS ? now_ms - ago_ms : now_ms;
}

int64_t pace_look(struct pace *pace, const struct pace_limits *limits, int fd, int64_t now_ms) {
    bool begins = pace->still_until_ms == 0;
    uint64_t taken_bytes = taken_bytes_of(pace, fd);
    if (begins || taken_bytes > pace->taken_bytes) {
        int64_t taken_ms = begins ? now_ms : last_taken_ms(fd, now_ms);
        int64_t still_until_ms = taken_ms + limits->timeout_ms;
        pace->taken_bytes = taken_bytes;
        pace->still_until_ms = still_until_ms > pace->still_until_ms ? still_until_ms : pace->still_until_ms;
    }
    if (begins) {
        begin_period(pace, limits, now_ms);
    }
    if (now_ms >= pace->still_until_ms) {
        return 0;
    }
    if (now_ms >= pace->period_until_ms) {
        if (pace->taken_bytes - pace->period_from_bytes < least_of_period(limits)) {
            return 0;
        }
        begin_period(pace, limits, now_ms);
    }
    return pace->still_until_ms < pace->period_until_ms ? pace->still_until_ms : pace->period_until_ms;
}

void pace_rest(struct pace *pace) {
    pace->still_until_ms = 0;
}
