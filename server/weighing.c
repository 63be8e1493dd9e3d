/* SPDX-License-Identifier: MIT */
#include "server/weighing.h"

#include "conf/config.h"
#include "http/base/clock.h"
#include "server/measure/measure.h"
#include "server/state.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { INTERVAL_S = 10, FAILED_REST_S = 3600, CHANGE_BYTES = ADVICE_LINE_BYTES + 64 };

static void weigh(struct server *server, struct advice *advice) {
    struct weighing *weighing = &server->weighing;
    struct measure_snapshot snapshot;
    measure_read(server->measure, &snapshot);
    advice_weigh(&snapshot, advice);
    if (advice->verdict != ADVICE_UNKNOWN) {
        weighing->last = *advice;
    }
    bool is_short = advice->verdict == ADVICE_MORE_THREADS || advice->verdict == ADVICE_PROCESSORS_BUSY;
    if (is_short && advice->wait_s > weighing->worst.wait_s) {
        weighing->worst = *advice;
    }
}

static void tell_change(struct server *server, const struct advice *advice, size_t thread_count) {
    char lines[ADVICE_LINES_MAX][ADVICE_LINE_BYTES];
    char change[CHANGE_BYTES];
    (void)advice_tell(advice, lines);
    (void)snprintf(change, sizeof change, "threads %zu -> %zu: %s", advice->threads, thread_count, lines[0]);
    state_tell(server, ERROR_LEVEL_NOTICE, change);
}

static void tell_failure(struct server *server, size_t thread_count, int error) {
    char line[CHANGE_BYTES];
    errno = -error;
    (void)snprintf(line, sizeof line, "cannot go from %zu threads to %zu: %m", server->thread_count,
                   thread_count);
    state_tell(server, ERROR_LEVEL_NOTICE, line);
}

/* What the system does not allow is not asked for again at once. */
static size_t most_threads(const struct weighing *weighing, size_t max, int64_t now_ns) {
    bool has_failed =
        weighing->failed_ns != 0 && now_ns - weighing->failed_ns < FAILED_REST_S * CLOCK_NS_PER_S;
    return has_failed && weighing->failed_at < max ? weighing->failed_at : max;
}

static void follow(struct server *server, const struct advice *advice, int64_t now_ns) {
    struct weighing *weighing = &server->weighing;
    struct config_thread_limits limits = config_thread_limits(server->config);
    size_t max = most_threads(weighing, limits.max, now_ns);
    size_t min = limits.min < max ? limits.min : max;
    size_t thread_count = follower_decide(&weighing->follower, advice, min, max, now_ns);
    if (thread_count == advice->threads) {
        return;
    }
    int error = state_resize_pool(server, &server->setup, thread_count);
    if (error == 0) {
        tell_change(server, advice, thread_count);
    } else {
        weighing->failed_ns = now_ns;
        weighing->failed_at = advice->threads;
        tell_failure(server, thread_count, error);
    }
}

static void tell_saturation(struct server *server, const struct advice *advice, int64_t now_ns) {
    if (saturation_note(&server->weighing.saturation, advice, now_ns)) {
        char lines[ADVICE_LINES_MAX][ADVICE_LINE_BYTES];
        size_t count = advice_tell(advice, lines);
        for (size_t i = 0; i < count; i++) {
            state_tell(server, ERROR_LEVEL_NOTICE, lines[i]);
        }
    }
}

void weighing_tick(struct server *server) {
    struct weighing *weighing = &server->weighing;
    int64_t now_ns = clock_steady_ns();
    if (now_ns - weighing->weighed_ns < INTERVAL_S * CLOCK_NS_PER_S) {
        return;
    }
    weighing->weighed_ns = now_ns;
    struct advice advice;
    weigh(server, &advice);
    if (!threadpool_is_degraded(server->pool)) {
        follow(server, &advice, now_ns);
        tell_saturation(server, &advice, now_ns);
    }
}

size_t weighing_end(struct server *server, char lines[ADVICE_LINES_MAX][ADVICE_LINE_BYTES]) {
    struct weighing *weighing = &server->weighing;
    struct advice advice;
    weigh(server, &advice);
    const struct advice *told = weighing->worst.threads > 0 ? &weighing->worst : &weighing->last;
    return told->threads > 0 ? advice_tell(told, lines) : 0;
}
