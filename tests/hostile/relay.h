/* SPDX-License-Identifier: MIT */
/* What is between the ends of a bad line: packets wait for their time, or get lost. See line.h. */
#ifndef LIDO_TESTS_HOSTILE_RELAY_H
#define LIDO_TESTS_HOSTILE_RELAY_H

#include "tests/hostile/line.h"

#include <stdbool.h>

/* Hand packets of each end, a TUN device that does not block, on to the other. Never returns. */
_Noreturn void relay_run(const struct line_quality *quality, const int ends[2], const volatile bool *is_down);

#endif
