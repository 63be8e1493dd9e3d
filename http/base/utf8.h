/* SPDX-License-Identifier: MIT */
/*
 * What is UTF-8 and what is not (RFC 3629 section 4; Unicode, table 3-7): no overlong forms, no surrogates,
 * nothing beyond U+10FFFF.
 *
 * Tells sequences apart; knows nothing of characters. Pure.
 */
#ifndef LIDO_HTTP_BASE_UTF8_H
#define LIDO_HTTP_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* How many bytes the well-formed sequence at `s` has, or 0 when there is none. At least one byte is
 * available. */
size_t utf8_sequence_length(const unsigned char *s, size_t available);

/* Whether all of a string is well-formed. */
bool utf8_is_well_formed(const char *string);

#endif
