/* SPDX-License-Identifier: MIT */
#include "server/reactor/lane/leading.h"

#include <sys/eventfd.h>

/* --- what is left --------------------------------------------------------------------------------------- */

static bool has_left(const struct lane_leader *leader) {
    return batch_has_left(&leader->received) || batch_has_left(&leader->claimed);
}

bool lane_has_left(const struct lane *lane) {
    size_t count = atomic_load(&lane->led_count);
    for (size_t i = 0; i < count; i++) {
        if (has_left(&lane->all[i])) {
            return true;
        }
    }
    return false;
}

/* --- coming and leaving --------------------------------------------------------------------------------- */

struct lane_leader *lane_leader_of(const struct lane *lane, const struct worker *worker) {
    unsigned index = worker_index(worker);
    return index < LANE_LEADERS_MAX ? &lane->all[index] : NULL;
}

static void note_first_lead(struct lane *lane, const struct lane_leader *leader) {
    size_t count = (size_t)(leader - lane->all) + 1;
    size_t known = atomic_load(&lane->led_count);
    while (known < count && !atomic_compare_exchange_weak(&lane->led_count, &known, count)) {
    }
}

bool lane_enter(struct lane *lane, struct lane_leader *leader) {
    if (atomic_load_explicit(&leader->leads, memory_order_relaxed)) {
        return true;
    }
    size_t leaders = atomic_load(&lane->leaders);
    do {
        if (leaders >= lane->leaders_max) {
            return false;
        }
    } while (!atomic_compare_exchange_weak(&lane->leaders, &leaders, leaders + 1));
    note_first_lead(lane, leader);
    atomic_store(&leader->leads, true);
    return true;
}

enum lane_leaving lane_leave(struct lane *lane, struct lane_leader *leader) {
    if (!atomic_load_explicit(&leader->leads, memory_order_relaxed) ||
        !atomic_exchange(&leader->leads, false)) {
        return LANE_DID_NOT_LEAD;
    }
    return atomic_fetch_sub(&lane->leaders, 1) > 1 ? LANE_OTHERS_LEAD : LANE_NOBODY_LEADS;
}

/* --- calling -------------------------------------------------------------------------------------------- */

bool lane_call_sleeper(struct lane *lane) {
    if (atomic_load(&lane->sleepers) == 0) {
        return false;
    }
    if (!atomic_exchange(&lane->is_called, true)) {
        (void)eventfd_write(lane->wake_fd, 1); /* fails only when the counter is full: in centuries */
    }
    return true;
}

void lane_call_again(struct lane *lane) {
    atomic_store(&lane->is_called, false);
    (void)lane_call_sleeper(lane);
}

void lane_have_watched(struct lane *lane) {
    if (!atomic_load(&lane->is_watched)) {
        wakeup_send(lane->wakeup);
    }
}

bool lane_summon(struct lane *lane) {
    return lane_call_sleeper(lane) || atomic_load(&lane->leaders) > 0;
}

/* --- stepping out --------------------------------------------------------------------------------------- */

/* Who leads but sleeps does not see it. */
static void call_for_what_is_left(struct lane *lane, const struct lane_leader *leader,
                                  const struct worker *worker) {
    if (has_left(leader) || worker_is_wanted(worker)) {
        (void)lane_call_sleeper(lane);
    }
}

void lane_step_out(struct lane *lane, struct worker *worker) {
    struct lane_leader *leader = lane_leader_of(lane, worker);
    if (leader == NULL) {
        return;
    }
    switch (lane_leave(lane, leader)) {
    case LANE_DID_NOT_LEAD: /* any more: it may have put something back meanwhile */
    case LANE_OTHERS_LEAD:
        call_for_what_is_left(lane, leader, worker);
        break;
    case LANE_NOBODY_LEADS:
        worker_call_leader(worker);
        break;
    }
}

bool lane_is_led_alone(const struct lane *lane, const struct worker *worker) {
    const struct lane_leader *leader = lane_leader_of(lane, worker);
    return leader != NULL && atomic_load_explicit(&leader->leads, memory_order_relaxed) &&
           atomic_load_explicit(&lane->leaders, memory_order_relaxed) == 1;
}

bool lane_has_others(const struct lane *lane, const struct worker *worker) {
    const struct lane_leader *leader = lane_leader_of(lane, worker);
    return leader != NULL && has_left(leader);
}

bool lane_depose(struct lane *lane, struct lane_leader *leader) {
    struct lane_leader *waiter = leader;
    (void)atomic_compare_exchange_strong(&lane->waiter, &waiter, NULL);
    enum lane_leaving leaving = lane_leave(lane, leader);
    if (leaving == LANE_OTHERS_LEAD) {
        (void)lane_call_sleeper(lane);
    }
    return leaving == LANE_NOBODY_LEADS;
}
