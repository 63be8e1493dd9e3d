/* SPDX-License-Identifier: MIT */
/* When a leader has another worker called: counted where the calls are made. */
#include "server/reactor/lane/help.h"

#include <criterion/criterion.h>

static struct lane lane;
static struct lane_leader leader;
static size_t sleepers;
static size_t called_sleepers;
static size_t called_leaders;

bool __wrap_lane_call_sleeper(struct lane *of);
void __wrap_worker_call_leader(struct worker *worker);

bool __wrap_lane_call_sleeper(struct lane *of) {
    cr_expect_eq(of, &lane);
    called_sleepers += sleepers > 0 ? 1 : 0;
    return sleepers > 0;
}

void __wrap_worker_call_leader(struct worker *worker) {
    (void)worker;
    called_leaders++;
}

static void set_up(void) {
    lane.leaders_max = 2;
    atomic_store(&lane.leaders, 1);
}

TestSuite(lane_help, .init = set_up);

Test(lane_help, comes_to_one_who_has_had_no_pause) {
    leader.busy_since_ns = 5;
    lane_help_if_busy(&lane, &leader, NULL, 5 + LANE_PATIENCE_NS);
    cr_expect_eq(called_leaders, 0);
    lane_help_if_busy(&lane, &leader, NULL, 6 + LANE_PATIENCE_NS);
    cr_expect_eq(called_leaders, 1);
    lane_help_if_busy(&lane, &leader, NULL, 7 + LANE_PATIENCE_NS);
    cr_expect_eq(called_leaders, 1, "the next one is called after as long again");
}

Test(lane_help, is_never_more_than_there_are_processors_for) {
    atomic_store(&lane.leaders, 2);
    lane_help_note_batch(&leader, 1, INT64_C(1000) * LANE_LONG_NS);
    lane_help_if_busy(&lane, &leader, NULL, INT64_C(1000) * LANE_PATIENCE_NS);
    lane_help_if_long(&lane, &leader, NULL, 32);
    cr_expect_eq(called_leaders, 0);
}

Test(lane_help, comes_when_a_batch_will_take_long) {
    lane_help_note_batch(&leader, 4,
                         INT64_C(16) * LANE_LONG_NS / 10); /* each a tenth, after a quarter's weight */
    lane_help_if_long(&lane, &leader, NULL, 10);
    cr_expect_eq(called_leaders, 0);
    lane_help_if_long(&lane, &leader, NULL, 11);
    cr_expect_eq(called_leaders, 1);
}

Test(lane_help, wakes_one_who_leads_already_and_sleeps) {
    sleepers = 1;
    lane_help_note_batch(&leader, 1, INT64_C(1000) * LANE_LONG_NS);
    lane_help_if_long(&lane, &leader, NULL, 2);
    cr_expect_eq(called_sleepers, 1);
    cr_expect_eq(called_leaders, 0);
}

Test(lane_help, is_not_called_for_quick_clients_any_more_once_they_are_quick) {
    lane_help_note_batch(&leader, 1, INT64_C(4) * LANE_LONG_NS);
    for (int i = 0; i < 20; i++) {
        lane_help_note_batch(&leader, 32, 32 * 5000);
    }
    lane_help_if_long(&lane, &leader, NULL, 32);
    cr_expect_eq(called_leaders, 0);
}

static void note_harvests(size_t count) {
    for (int i = 0; i < 100; i++) {
        lane_help_note_harvest(&lane, count);
    }
}

Test(lane_help, lingers_where_harvests_are_neither_small_nor_large) {
    cr_expect_not(lane_help_may_linger(&lane));
    note_harvests(LANE_SMALL_HARVEST - 1);
    cr_expect_not(lane_help_may_linger(&lane));
    note_harvests(LANE_SMALL_HARVEST);
    cr_expect(lane_help_may_linger(&lane));
    note_harvests(LANE_LARGE_HARVEST - 1);
    cr_expect(lane_help_may_linger(&lane));
    note_harvests(LANE_LARGE_HARVEST);
    cr_expect_not(lane_help_may_linger(&lane));
    note_harvests(BATCH_CLIENTS_MAX);
    lane_help_note_harvest(&lane, 1);
    cr_expect_not(lane_help_may_linger(&lane), "one small harvest among large ones");
}
