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
