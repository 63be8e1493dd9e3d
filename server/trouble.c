/* SPDX-License-Identifier: MIT */
#include "server/trouble.h"

#include "http/base/clock.h"
#include "server/state.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { TIMEOUTS_MANY = 50 }; /* within a minute, that are worth a line */

static const int64_t TIMEOUTS_NS = 60 * CLOCK_NS_PER_S;

void trouble_tell_refused_start(struct server *server, const char *error) {
    struct error_log_plan plan;
    bool is_apart = strcmp(server->config->error_log, "-") != 0;
    if (is_apart && error_log_prepare(&plan, NULL, server->config) == 0) {
        error_log_turn_to(&server->error_log, &plan, server->config);
        error_log_tell(&server->error_log, ERROR_LEVEL_ERROR, error);
    }
}

void trouble_look(struct server *server) {
    struct timeout_watch *watch = &server->timeouts;
    int64_t now_ns = clock_steady_ns();
    if (watch->begin_ns != 0 && now_ns - watch->begin_ns < TIMEOUTS_NS) {
        return;
    }
    struct measure_now now;
    char line[128];
    measure_read_now(server->measure, &now);
    uint64_t count = 0;
    for (size_t kind = 0; kind < PARKED_KINDS; kind++) {
        count += kind != PARKED_IDLE ? now.counts.timeouts[kind] : 0;
    }
    if (watch->begin_ns != 0 && count - watch->count >= TIMEOUTS_MANY) {
        (void)snprintf(line, sizeof line,
                       "%" PRIu64 " clients within a minute sent or took nothing for too long",
                       count - watch->count);
        error_log_tell(&server->error_log, ERROR_LEVEL_WARNING, line);
    }
    *watch = (struct timeout_watch){.begin_ns = now_ns, .count = count};
}
