/* SPDX-License-Identifier: MIT */
#include "http/file_cache/demand.h"

#include <stdbool.h>
#include <stddef.h>

enum { OTHER_SHIFT = 16 }; /* the other counter goes by the upper bits */

static void add_one(struct demand *demand, size_t i, int64_t now_ms) {
    bool is_new = demand->counters[i] == 0 || demand->noted[i] != (uint8_t)now_ms;
    if (is_new && demand->counters[i] < DEMAND_MAX) {
        demand->counters[i]++;
        demand->noted[i] = (uint8_t)now_ms;
    }
}

static size_t first_of(uint32_t hash) {
    return hash % DEMAND_COUNTERS;
}

static size_t other_of(uint32_t hash) {
    return (hash >> OTHER_SHIFT) % DEMAND_COUNTERS;
}

void demand_note(struct demand *demand, uint32_t hash, int64_t now_ms) {
    add_one(demand, first_of(hash), now_ms);
    add_one(demand, other_of(hash), now_ms);
    if (++demand->added == DEMAND_COUNTERS) {
        demand->added = 0;
        for (size_t i = 0; i < DEMAND_COUNTERS; i++) {
            demand->counters[i] /= 2;
        }
    }
}

unsigned demand_of(const struct demand *demand, uint32_t hash) {
    unsigned first = demand->counters[first_of(hash)];
    unsigned other = demand->counters[other_of(hash)];
    return first < other ? first : other;
}
