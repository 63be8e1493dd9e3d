/* SPDX-License-Identifier: MIT */
#include "server/pressure.h"

#include <stdio.h>

static const char *plural(uint64_t count) {
    return count == 1 ? "" : "s";
}

void pressure_tell(struct pressure *pressure, const struct reactor_stats *stats, int64_t now_ms,
                   void (*tell)(void *context, const char *line), void *context) {
    uint64_t memory = stats->gave_way_memory - pressure->memory;
    uint64_t slow = stats->gave_way_slow - pressure->slow;
    uint64_t of_address = stats->turned_away - pressure->of_address;
    bool is_time = pressure->told_ms == 0 || now_ms - pressure->told_ms >= PRESSURE_INTERVAL_MS;
    char line[PRESSURE_LINE_BYTES];
    if (memory + slow + of_address == 0 || !is_time) {
        return;
    }
    if (memory > 0) {
        (void)snprintf(
            line, sizeof line,
            "request_memory: %llu slow client%s had to give way, as all that wait held too much of it",
            (unsigned long long)memory, plural(memory));
        tell(context, line);
    }
    if (slow > 0) {
        (void)snprintf(line, sizeof line, "max_connections: %llu slow client%s had to give way to new ones",
                       (unsigned long long)slow, plural(slow));
        tell(context, line);
    }
    if (of_address > 0) {
        (void)snprintf(
            line, sizeof line,
            "max_connections_per_client: %llu connection%s turned away, as the address had as many as "
            "one may have",
            (unsigned long long)of_address, of_address == 1 ? " was" : "s were");
        tell(context, line);
    }
    *pressure = (struct pressure){.told_ms = now_ms,
                                  .memory = stats->gave_way_memory,
                                  .slow = stats->gave_way_slow,
                                  .of_address = stats->turned_away};
}
