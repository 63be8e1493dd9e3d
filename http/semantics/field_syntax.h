/* SPDX-License-Identifier: MIT */
/*
 * What field values are made of: tokens, lists and weights (RFC 9110 sections 5.6 and 12.4.2).
 *
 * Takes a value apart and knows of no field what its parts mean. Pure functions over views; all are
 * thread-safe.
 */
#ifndef LIDO_HTTP_SEMANTICS_FIELD_SYNTAX_H
#define LIDO_HTTP_SEMANTICS_FIELD_SYNTAX_H

#include "http/base/view.h"

#include <stdbool.h>
#include <stddef.h>

/* What may keep a separator from separating. */
enum field_quoting {
    FIELD_PLAIN,         /* nothing */
    FIELD_ENTITY_TAGS,   /* quotes; a backslash is a character as any other (section 8.8.3) */
    FIELD_QUOTED_STRINGS /* quotes, within which a backslash takes the next byte as it is (section 5.6.4) */
};

/* Weights are in thousandths. */
enum { WEIGHT_NOT_NAMED = -1, WEIGHT_REFUSED = 0, WEIGHT_LOWEST = 1, WEIGHT_FULL = 1000 };

/* Whether a byte is white space around a value or an element (OWS, section 5.6.3). */
static inline bool field_syntax_is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* How many of the first bytes may stand in a token, e.g. a method or a field name (section 5.6.2). */
size_t field_syntax_token_length(struct view text);

/* Take the next element off *rest (section 5.6.1), without the blanks around it; what is left begins behind
 * the separator. Where a quote is never closed, all that is left is one element. Returns false when there is
 * nothing left; an empty element is one, too. *rest ends up with bytes NULL. */
bool field_syntax_take(struct view *rest, char separator, enum field_quoting quoting, struct view *element);

/* Whether a parameter of an element is its weight, in whatever form. */
bool field_syntax_is_weight(struct view parameter);

/* Read `"q=" qvalue` (section 12.4.2): "0" or "1", perhaps a point and up to three digits, at most 1 in all.
 * Returns whether it is one; *weight is 0 to 1000 then. */
bool field_syntax_parse_weight(struct view parameter, int *weight);

#endif
