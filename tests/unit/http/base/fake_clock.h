/* SPDX-License-Identifier: MIT */
/*
 * A clock that stands where a test puts it. Link with -Wl,--wrap=clock_gettime. Criterion runs each test in a
 * process of its own, so these are plain variables.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_BASE_FAKE_CLOCK_H
#define LIDO_TESTS_UNIT_HTTP_BASE_FAKE_CLOCK_H

#include <time.h>

extern struct timespec fake_now; /* what all clocks say; 5.999999999 s at first */
extern clockid_t asked_clock;    /* the last one that was asked; CLOCK_REALTIME at first */

#endif
