/* SPDX-License-Identifier: MIT */
/*
 * Whether the owner is to be told that the server is at its end: not of a burst that is over before anybody could do
 * something about it, and not again and again.
 *
 * Knows no clock and tells nobody itself. Not thread-safe.
 */
#ifndef LIDO_SERVER_ADVICE_SATURATION_H
#define LIDO_SERVER_ADVICE_SATURATION_H

#include "server/advice/advice.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    SATURATION_LASTS_S = 120, /* before it is told: longer than threads = auto takes to grow eightfold */
    SATURATION_REST_S = 1800  /* before it is told again */
};

/* All-zero: the server had nothing to do yet. */
struct saturation {
    int64_t since_ns; /* at its end at each look; 0: it is not */
    int64_t told_ns;  /* 0: never */
};

/* Whether clients have to wait, or were turned away, although the pool may not grow. */
bool saturation_is(const struct advice *advice);

/* Note an advice, every ten seconds or so. Returns whether it is to be told now. */
bool saturation_note(struct saturation *saturation, const struct advice *advice, int64_t now_ns);

#endif
