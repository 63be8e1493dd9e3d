/* SPDX-License-Identifier: MIT */
#include "server/reactor/lane/help.h"

#include "threadpool/threadpool.h"

#include <stdatomic.h>
#include <stdbool.h>

static bool may_have_one_more(const struct lane *lane) {
    return atomic_load_explicit(&lane->leaders, memory_order_relaxed) < lane->leaders_max;
}

void lane_help_if_busy(struct lane *lane, struct lane_leader *leader, struct worker *worker, int64_t now_ns) {
    if (now_ns - leader->busy_since_ns > LANE_PATIENCE_NS && may_have_one_more(lane)) {
        leader->busy_since_ns = now_ns;
        worker_call_leader(worker);
    }
}

void lane_help_if_long(struct lane *lane, const struct lane_leader *leader, struct worker *worker,
                       size_t count) {
    bool is_long = (int64_t)count * leader->service_ns > LANE_LONG_NS;
    if (is_long && !lane_call_sleeper(lane) && may_have_one_more(lane)) {
        worker_call_leader(worker);
    }
}

/* Three parts of what was before, one of what is now: a single slow client calls nobody to the next batch. */
void lane_help_note_batch(struct lane_leader *leader, size_t count, int64_t took_ns) {
    leader->service_ns = (3 * leader->service_ns + took_ns / (int64_t)count) / 4;
}

/* Leaders may lose a harvest to each other: it is an average. */
void lane_help_note_harvest(struct lane *lane, size_t count) {
    uint32_t usual = atomic_load_explicit(&lane->usual_sixteenths, memory_order_relaxed);
    atomic_store_explicit(&lane->usual_sixteenths, usual - usual / 16 + (uint32_t)count,
                          memory_order_relaxed);
}

bool lane_help_may_linger(const struct lane *lane) {
    uint32_t usual = atomic_load_explicit(&lane->usual_sixteenths, memory_order_relaxed);
    return usual >= 16 * LANE_SMALL_HARVEST && usual < 16 * LANE_LARGE_HARVEST;
}
