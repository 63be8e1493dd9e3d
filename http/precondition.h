/* SPDX-License-Identifier: MIT */
/*
 * Whether a conditional request wants the representation, or already has it. Pure functions over values.
 */
#ifndef LIDO_HTTP_PRECONDITION_H
#define LIDO_HTTP_PRECONDITION_H

#include "http/view.h"

#include <stdbool.h>
#include <time.h>

/* Evaluate If-Modified-Since (RFC 9110 section 13.1.3): whether the representation, last modified at `modified`, has not
 * changed since. A date that is malformed or lies ahead of `now` is ignored. Thread-safe. */
bool precondition_is_unmodified(struct view if_modified_since, time_t modified, time_t now);

#endif
