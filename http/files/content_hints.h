/* SPDX-License-Identifier: MIT */
/*
 * What the first KiB of a file tells of its content, beyond what its name does.
 *
 * It tells text from other bytes, and whether a page, a style or an XML document declares its encoding (HTML,
 * section 13.2.3.2; CSS Syntax, section 3.2; XML, section 4.3.3). It refuses to guess a type: nothing becomes
 * HTML or a script by what is in it. Pure functions over bytes; all are thread-safe.
 */
#ifndef LIDO_HTTP_FILES_CONTENT_HINTS_H
#define LIDO_HTTP_FILES_CONTENT_HINTS_H

#include <stdbool.h>
#include <stddef.h>

enum { CONTENT_HINTS_BYTES = 1024 };

enum content_hints {
    CONTENT_WAS_LOOKED_AT = 1, /* set by every look, so that 0 is free for none */
    CONTENT_IS_TEXT = 2, /* UTF-8 without control bytes but tab, line feed, form feed, carriage return */
    CONTENT_HAS_BOM = 4, /* a byte order mark of UTF-8 or UTF-16 */
    CONTENT_HAS_META_CHARSET = 8,  /* <meta charset=...>, or <meta http-equiv=... content="...charset=..."> */
    CONTENT_HAS_XML_ENCODING = 16, /* <?xml ... encoding=... ?> */
    CONTENT_HAS_CSS_CHARSET = 32,  /* @charset "..."; */
};

/* What these first bytes of a file tell, as a set of enum content_hints; of more than CONTENT_HINTS_BYTES the
 * rest is not looked at. A character that is cut off at the end of that many bytes is well-formed. */
unsigned content_hints_of(const char *bytes, size_t length);

#endif
