/* SPDX-License-Identifier: MIT */
/*
 * A strict reader of HTTP/1.0 responses for tests: what a lenient client would forgive makes it fail.
 *
 * Every answer that a test looks at passes through here, so each test also checks the form: status line, CRLF
 * line ends, "Name: value" lines without stray control characters, no field twice, Content-Length equal to
 * the body.
 */
#ifndef LIDO_TESTS_SUPPORT_ANSWER_H
#define LIDO_TESTS_SUPPORT_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { ANSWER_HEAD_BYTES = 8 * 1024, ANSWER_BODY_BYTES = 512 * 1024, ANSWER_REASON_BYTES = 160 };

struct answer {
    int status;
    off_t content_length;         /* -1 without the field */
    char head[ANSWER_HEAD_BYTES]; /* one C string a line, each CRLF replaced by NULs; an empty one ends it */
    size_t head_size;             /* bytes on the wire, with the empty line */
    char body[ANSWER_BODY_BYTES + 1]; /* with a NUL after the last byte */
    size_t body_size;
    char malformed[ANSWER_REASON_BYTES]; /* what is wrong with the head; "" when nothing is */
};

/* The number of bytes up to and with the empty line that ends a head; 0 when there is none yet. */
size_t answer_find_head(const char *bytes, size_t size);

/* Read a head of `size` bytes (from answer_find_head) into *answer, body empty. Returns false, with a
 * sentence in answer->malformed, when it is not a proper HTTP/1.0 head. */
bool answer_read_head(struct answer *answer, const char *bytes, size_t size)
    __attribute__((warn_unused_result));

/* Tell whether a body follows this head: not after 1xx, 204 and 304. (After HEAD none does either, whatever
 * it says.) */
bool answer_has_body(const struct answer *answer);

/* The value of a field, without white space around it, or NULL. Names compare without case. */
const char *answer_field(const struct answer *answer, const char *name);

/* Tell whether a field exists and has exactly this value. */
bool answer_field_is(const struct answer *answer, const char *name, const char *value);

/* Tell whether a comma-separated field holds this element, compared without case. */
bool answer_field_lists(const struct answer *answer, const char *name, const char *element);

#endif
