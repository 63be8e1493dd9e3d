/* SPDX-License-Identifier: MIT */
/*
 * A clock that finds every turn over at the first look, so that work which is done in pieces is done in the
 * smallest ones; or none, so that however slow the machine, it is done in as few as can be.
 *
 * Including this puts clock_gettime() under its control, for CLOCK_MONOTONIC alone.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_HURRY_H
#define LIDO_TESTS_UNIT_SUPPORT_HURRY_H

#include <stdbool.h>

/* While it is set, a second passes between any two looks. */
extern bool hurry;

/* While it is set, and `hurry` is not, the clock stands still. */
extern bool leisure;

#endif
