/* SPDX-License-Identifier: MIT */
#include "server/pressure.h"

#include <criterion/criterion.h>
#include <string.h>

enum { NOW_MS = 5000, LINES_MAX = 10 };

static char lines[LINES_MAX][PRESSURE_LINE_BYTES];
static size_t line_count;
static struct pressure pressure;

static void tell(void *context, const char *line) {
    cr_assert_eq(context, &lines);
    cr_assert_lt(line_count, (size_t)LINES_MAX);
    (void)strcpy(lines[line_count++], line);
}

static void look(const struct reactor_stats *stats, int64_t now_ms) {
    line_count = 0;
    pressure_tell(&pressure, stats, now_ms, tell, &lines);
}

Test(pressure, tells_nothing_while_there_is_enough_for_all) {
    look(&(struct reactor_stats){.gave_way = 7, .rejected = 8}, NOW_MS);
    cr_expect_eq(line_count, 0);
}

Test(pressure, tells_at_once_and_then_once_a_minute) {
    struct reactor_stats stats = {.gave_way_memory = 1};
    look(&stats, NOW_MS);
    cr_assert_eq(line_count, 1);
    cr_expect_not_null(strstr(lines[0], "request_memory: 1 slow client had"));
    stats.gave_way_memory = 11;
    look(&stats, NOW_MS + PRESSURE_INTERVAL_MS - 1);
    cr_expect_eq(line_count, 0);
    look(&stats, NOW_MS + PRESSURE_INTERVAL_MS);
    cr_assert_eq(line_count, 1);
    cr_expect_not_null(strstr(lines[0], "request_memory: 10 slow clients had"));
    look(&stats, NOW_MS + 2 * PRESSURE_INTERVAL_MS);
    cr_expect_eq(line_count, 0, "nothing new");
}

Test(pressure, has_a_line_for_each_reason) {
    look(&(struct reactor_stats){.gave_way_memory = 2, .gave_way_slow = 3, .turned_away = 4}, NOW_MS);
    cr_assert_eq(line_count, 3);
    cr_expect_not_null(strstr(lines[1], "max_connections: 3 slow"));
    cr_expect_not_null(strstr(lines[2], "max_connections_per_client: 4 connections were"));
}

/* The fault: what had been told of one reason kept the others back. */
Test(pressure, tells_of_each_reason_for_itself) {
    struct reactor_stats stats = {.gave_way_memory = 1};
    look(&stats, NOW_MS);
    stats.gave_way_slow = 3;
    look(&stats, NOW_MS + 1);
    cr_assert_eq(line_count, 1);
    cr_expect_not_null(strstr(lines[0], "max_connections: 3 slow clients had"));
    stats.gave_way_memory = 2;
    look(&stats, NOW_MS + PRESSURE_INTERVAL_MS);
    cr_assert_eq(line_count, 1, "the minute of the other one is not over");
    cr_expect_not_null(strstr(lines[0], "request_memory: 1 slow client had"));
}

/* So many clients of each kind that is waited for. */
static struct reactor_stats timed_out(uint64_t idle, uint64_t reading, uint64_t writing, uint64_t lingering) {
    return (struct reactor_stats){.timeouts = {[PARKED_IDLE] = idle,
                                               [PARKED_READING] = reading,
                                               [PARKED_WRITING] = writing,
                                               [PARKED_LINGERING] = lingering}};
}

Test(pressure, tells_of_no_few_that_time_out_and_of_no_idle_ones) {
    struct reactor_stats stats = timed_out(0, 0, 0, 0);
    for (int minute = 1; minute <= 5; minute++) { /* together they would be many */
        look(&stats, (int64_t)minute * PRESSURE_INTERVAL_MS);
        stats.timeouts[PARKED_READING] += PRESSURE_TIMEOUTS_MANY - 1;
        stats.timeouts[PARKED_IDLE] += 1000;
        look(&stats, (int64_t)minute * PRESSURE_INTERVAL_MS + 1000);
        cr_expect_eq(line_count, 0, "in minute %d", minute);
    }
}

Test(pressure, tells_of_many_that_time_out_at_once_and_then_of_those_it_left_out) {
    struct reactor_stats stats = timed_out(0, PRESSURE_TIMEOUTS_MANY - 3, 2, 0);
    look(&stats, NOW_MS);
    cr_expect_eq(line_count, 0);
    stats.timeouts[PARKED_LINGERING] = 1;
    look(&stats, NOW_MS + 1000);
    cr_assert_eq(line_count, 1);
    cr_expect_str_eq(lines[0], "50 clients sent or took nothing for too long");
    for (int second = 2; second <= 60; second++) {
        stats.timeouts[PARKED_WRITING] += 10;
        look(&stats, NOW_MS + (int64_t)second * 1000);
        cr_expect_eq(line_count, 0, "in second %d", second);
    }
    look(&stats, NOW_MS + 1000 + PRESSURE_INTERVAL_MS);
    cr_assert_eq(line_count, 1);
    cr_expect_str_eq(lines[0], "590 clients sent or took nothing for too long");
    stats.timeouts[PARKED_WRITING] += PRESSURE_TIMEOUTS_MANY - 1;
    look(&stats, NOW_MS + 1000 + 2 * PRESSURE_INTERVAL_MS);
    cr_expect_eq(line_count, 0, "few again");
}
