/* SPDX-License-Identifier: MIT */
/*
 * The text of an answer with several ranges: multipart/byteranges (RFC 9110 section 14.6, RFC 2046 section
 * 5.1.1).
 *
 * Only the text between the ranges is made here; their bytes are sent by the response. The boundary is 128
 * random bits: the bytes are not searched for it, and whoever wrote them could not know it.
 */
#ifndef LIDO_HTTP_RESPONSE_MULTIPART_H
#define LIDO_HTTP_RESPONSE_MULTIPART_H

#include "http/base/text.h"
#include "http/semantics/range.h"

#include <sys/types.h>

struct multipart_boundary {
    char text[33]; /* hexadecimal digits, which need no quotes in a Content-Type, and a NUL */
};

/* Make a new one. Never blocks. Thread-safe. */
struct multipart_boundary multipart_make_boundary(void);

/* Append what stands before the bytes of one part: delimiter, Content-Type unless that is NULL,
 * Content-Range, empty line. The line break before the delimiter belongs to it; the first part has one,
 * too, although RFC 2046 section 5.1.1 lets it be left out: zsync(1) asks again for ever without it, and
 * nginx and Apache send it. */
void multipart_append_head(struct text *out, const struct multipart_boundary *boundary,
                           const char *content_type, struct byte_range range, off_t size);

/* Append what stands behind the bytes of the last part. */
void multipart_append_end(struct text *out, const struct multipart_boundary *boundary);

/* Append the field Content-Range for a range of a representation of `size` bytes (RFC 9110 section 14.4). */
void multipart_append_content_range(struct text *out, struct byte_range range, off_t size);

#endif
