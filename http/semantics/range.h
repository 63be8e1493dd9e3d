/* SPDX-License-Identifier: MIT */
/*
 * Which parts of a representation a Range field asks for (RFC 9110 section 14). Pure functions over values.
 */
#ifndef LIDO_HTTP_SEMANTICS_RANGE_H
#define LIDO_HTTP_SEMANTICS_RANGE_H

#include "http/base/view.h"

#include <stddef.h>
#include <sys/types.h>

enum { RANGE_PARTS_MAX = 64 };

struct byte_range {
    off_t begin;
    off_t end; /* behind the last byte; always > begin */
};

struct range_set {
    struct byte_range parts[RANGE_PARTS_MAX];
    size_t count;
};

enum range_outcome {
    RANGE_WHOLE,        /* no Range, or one to ignore: the whole representation, 200 */
    RANGE_PARTIAL,      /* the set has at least one part: 206 */
    RANGE_UNSATISFIABLE /* 416 */
};

/* Read a Range field for a representation of `size` bytes. Parts that overlap or touch are made one, at the
 * place of the first of them; otherwise they stay in the order of the request. Ignored are: another unit than
 * bytes, a malformed field, more than RANGE_PARTS_MAX ranges (satisfiable or not), and satisfiable ranges
 * whose lengths (before they are made one) add up to more than the representation, which only an attack or a
 * broken client asks for; and a suffix of an empty representation, which is satisfiable, but has no part to
 * send. `field.bytes` NULL: RANGE_WHOLE. *set is filled for RANGE_PARTIAL; otherwise what it holds means
 * nothing. Thread-safe. */
enum range_outcome range_parse(struct view field, off_t size, struct range_set *set);

#endif
