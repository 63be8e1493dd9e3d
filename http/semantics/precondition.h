/* SPDX-License-Identifier: MIT */
/*
 * Whether a conditional request is to be answered with the representation, with 304 or with 412 (RFC 9110
 * section 13). Pure functions over values.
 */
#ifndef LIDO_HTTP_SEMANTICS_PRECONDITION_H
#define LIDO_HTTP_SEMANTICS_PRECONDITION_H

#include "http/base/view.h"
#include "http/semantics/validators.h"

#include <stdbool.h>
#include <time.h>

/* Field values, bytes NULL when not sent. */
struct preconditions {
    struct view if_match;
    struct view if_none_match;
    struct view if_modified_since;
    struct view if_unmodified_since;
};

enum precondition_outcome {
    PRECONDITION_PASSED,       /* go on: 200 or 206 */
    PRECONDITION_NOT_MODIFIED, /* 304 */
    PRECONDITION_FAILED        /* 412 */
};

/* Evaluate them for GET or HEAD in the order of section 13.2.2, for a representation that exists. A date that
 * is malformed, lies ahead of `now` (If-Modified-Since), or cannot be compared as the representation has none
 * is ignored. Thread-safe. */
enum precondition_outcome precondition_evaluate(const struct preconditions *preconditions,
                                                const struct validators *validators, time_t now);

/* The name of the field that the outcome comes from, by the same order; of PRECONDITION_PASSED the one that was looked at
 * last. NULL: none was sent. Thread-safe. */
const char *precondition_deciding_field(const struct preconditions *preconditions,
                                        enum precondition_outcome outcome);

/* Evaluate If-Range (section 13.1.5): whether a Range may be answered with a part. `if_range` with bytes
 * NULL: it may. A tag is compared strongly; a date must be the modification date itself, which must lie at
 * least one second before `now` to count as strong (section 8.8.2.2). Thread-safe. */
bool precondition_allows_range(struct view if_range, const struct validators *validators, time_t now);

#endif
