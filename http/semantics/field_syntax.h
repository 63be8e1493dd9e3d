/* SPDX-License-Identifier: MIT */
/*
 * Taking lists in field values apart (RFC 9110 section 5.6.1). Pure functions over views.
 */
#ifndef LIDO_HTTP_SEMANTICS_FIELD_SYNTAX_H
#define LIDO_HTTP_SEMANTICS_FIELD_SYNTAX_H

#include "http/base/view.h"

#include <stdbool.h>

/* What may keep a separator from separating. */
enum list_quoting {
    LIST_PLAIN,         /* nothing */
    LIST_ENTITY_TAGS,   /* quotes; a backslash is a character as any other (section 8.8.3) */
    LIST_QUOTED_STRINGS /* quotes, within which a backslash takes the next byte as it is (section 5.6.4) */
};

/* Take the next element off *rest, without the blanks around it; what is left begins behind the separator.
 * Where a quote is never closed, all that is left is one element. Returns false when there is nothing left;
 * an empty element is one, too. *rest ends up with bytes NULL. Thread-safe. */
bool list_take(struct view *rest, char separator, enum list_quoting quoting, struct view *element);

#endif
