/* SPDX-License-Identifier: MIT */
/*
 * What the first KiB of a file tells of its content, beyond what its name does.
 *
 * It tells text from other bytes (the control bytes are those of the WHATWG's MIME Sniffing standard, section
 * 7.1). It refuses to guess a type: nothing becomes HTML or a script by what is in it. Pure functions over
 * bytes; all are thread-safe.
 */
#ifndef LIDO_HTTP_FILES_CONTENT_HINTS_H
#define LIDO_HTTP_FILES_CONTENT_HINTS_H

#include <stdbool.h>
#include <stddef.h>

enum { CONTENT_HINTS_BYTES = 1024 };

enum content_hints {
    CONTENT_WAS_LOOKED_AT = 1, /* set by every look, so that 0 is free for none */
    CONTENT_IS_TEXT = 2, /* UTF-8 without control bytes but tab, line feed, form feed, carriage return */
};

/* What these first bytes of a file tell, as a set of enum content_hints; of more than CONTENT_HINTS_BYTES the
 * rest is not looked at. A character that is cut off at the end of that many bytes is well-formed. */
unsigned content_hints_of(const char *bytes, size_t length);

#endif
