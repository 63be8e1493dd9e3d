/* SPDX-License-Identifier: MIT */
/*
 * Weights in Accept and Accept-Encoding (RFC 9110 section 12.4.2), in thousandths. Pure functions over views.
 */
#ifndef LIDO_HTTP_SEMANTICS_WEIGHT_H
#define LIDO_HTTP_SEMANTICS_WEIGHT_H

#include "http/base/view.h"

#include <stdbool.h>

enum { WEIGHT_NOT_NAMED = -1, WEIGHT_REFUSED = 0, WEIGHT_LOWEST = 1, WEIGHT_FULL = 1000 };

/* Whether a parameter of an element is its weight, in whatever form. Thread-safe. */
bool weight_is_meant(struct view parameter);

/* Read `"q=" qvalue`: "0" or "1", perhaps a point and up to three digits, at most 1 in all. Returns whether
 * it is one; *weight is 0 to 1000 then. Thread-safe. */
bool weight_parse(struct view parameter, int *weight);

#endif
