/* SPDX-License-Identifier: MIT */
#include "server/pressure.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

static const struct {
    uint64_t least; /* that are worth a line */
    const char *before;
    const char *one;
    const char *many;
} reasons[] = {
    [PRESSURE_MEMORY] = {1, "request_memory: ",
                         " slow client had to give way, as all that wait held too much of it",
                         " slow clients had to give way, as all that wait held too much of it"},
    [PRESSURE_CONNECTIONS] = {1, "max_connections: ", " slow client had to give way to new ones",
                              " slow clients had to give way to new ones"},
    [PRESSURE_OF_ADDRESS] = {1, "max_connections_per_client: ",
                             " connection was turned away, as the address had as many as one may have",
                             " connections were turned away, as the address had as many as one may have"},
    [PRESSURE_TIMEOUTS] = {PRESSURE_TIMEOUTS_MANY, "", "", " clients sent or took nothing for too long"},
};

_Static_assert(sizeof reasons / sizeof *reasons == PRESSURE_REASONS, "a line for each reason");

/* The end of an idle connection is nothing to be told. */
static uint64_t count_timeouts(const struct reactor_stats *stats) {
    uint64_t count = 0;
    for (size_t kind = 0; kind < PARKED_KINDS; kind++) {
        count += kind != PARKED_IDLE ? stats->timeouts[kind] : 0;
    }
    return count;
}

void pressure_tell(struct pressure *pressure, const struct reactor_stats *stats, int64_t now_ms,
                   void (*tell)(void *context, const char *line), void *context) {
    const uint64_t counts[PRESSURE_REASONS] = {
        [PRESSURE_MEMORY] = stats->gave_way_memory,
        [PRESSURE_CONNECTIONS] = stats->gave_way_slow,
        [PRESSURE_OF_ADDRESS] = stats->turned_away,
        [PRESSURE_TIMEOUTS] = count_timeouts(stats),
    };
    for (size_t i = 0; i < PRESSURE_REASONS; i++) {
        char line[PRESSURE_LINE_BYTES];
        uint64_t count = counts[i] - pressure->minutes[i].count;
        bool is_over = now_ms - pressure->minutes[i].begin_ms >= PRESSURE_INTERVAL_MS;
        bool is_due = count >= reasons[i].least && (is_over || !pressure->minutes[i].is_told);
        if (is_due) {
            (void)snprintf(line, sizeof line, "%s%" PRIu64 "%s", reasons[i].before, count,
                           count == 1 ? reasons[i].one : reasons[i].many);
            tell(context, line);
        }
        if (is_due || is_over) {
            pressure->minutes[i].begin_ms = now_ms;
            pressure->minutes[i].count = counts[i];
            pressure->minutes[i].is_told = is_due;
        }
    }
}
