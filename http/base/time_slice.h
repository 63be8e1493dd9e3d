/* SPDX-License-Identifier: MIT */
/*
 * How long a piece of work may go on before others have their turn.
 *
 * Work that may be long (reading a huge folder) is done in pieces: whoever does it looks at its slice every
 * few steps, and stops when the slice is over. Each piece makes some progress, even if its slice is over from
 * the start.
 */
#ifndef LIDO_HTTP_BASE_TIME_SLICE_H
#define LIDO_HTTP_BASE_TIME_SLICE_H

#include "http/base/clock.h"

#include <stdbool.h>
#include <stdint.h>

struct time_slice {
    int64_t end_ns; /* by clock_steady_ns(); INT64_MAX: never over; 0: over from the start */
};

static inline struct time_slice time_slice_begin(int64_t length_ns) {
    return (struct time_slice){clock_steady_ns() + length_ns};
}

static inline bool time_slice_is_over(struct time_slice slice) {
    return clock_steady_ns() >= slice.end_ns;
}

#endif
