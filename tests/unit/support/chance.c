/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/chance.h"

#include <stdbool.h>

struct chance chance_begin(void) {
    return (struct chance){.state = 88172645463325252};
}

/* xorshift64* (Vigna, 2016). */
double chance_uniform(struct chance *chance) {
    chance->state ^= chance->state >> 12;
    chance->state ^= chance->state << 25;
    chance->state ^= chance->state >> 27;
    return (double)((chance->state * UINT64_C(2685821657736338717)) >> 11) / (double)(UINT64_C(1) << 53);
}

/* Without a logarithm (von Neumann, 1951): count the whole times that a falling row of chances has an even length. */
double chance_exponential(struct chance *chance) {
    for (int whole = 0;; whole++) {
        double first = chance_uniform(chance);
        double last = first;
        double next = chance_uniform(chance);
        bool is_odd = true;
        while (next < last) {
            last = next;
            next = chance_uniform(chance);
            is_odd = !is_odd;
        }
        if (is_odd) {
            return whole + first;
        }
    }
}
