/* SPDX-License-Identifier: MIT */
/*
 * Chance for simulations: the same numbers each time.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_CHANCE_H
#define LIDO_TESTS_UNIT_SUPPORT_CHANCE_H

#include <stdint.h>

struct chance {
    uint64_t state;
};

struct chance chance_begin(void);

/* From 0 to below 1. */
double chance_uniform(struct chance *chance);

/* Exponential, with the mean 1. */
double chance_exponential(struct chance *chance);

#endif
