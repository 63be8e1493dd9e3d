/* SPDX-License-Identifier: MIT */
#include "tests/semantics/expect_body.h"

#include "tests/semantics/content.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#if LIDO_HAVE_ZLIB
#include <zlib.h>
#endif

enum { QUOTE_BYTES = 60, VALUE_BYTES = 256, GZIP_WINDOW_BITS = 15 + 16 };

/* What is left of a body in parts. */
struct rest {
    const char *at;
    size_t length;
};

static bool skip(struct rest *rest, const char *text) {
    size_t length = strlen(text);
    if (rest->length < length || memcmp(rest->at, text, length) != 0) {
        return false;
    }
    rest->at += length;
    rest->length -= length;
    return true;
}

/* The boundary parameter, without quotes. */
static bool find_boundary(const struct wire_answer *answer, char *boundary, size_t size) {
    static const char prefix[] = "multipart/byteranges;";
    char value[VALUE_BYTES];
    (void)wire_field(answer, "Content-Type", value, sizeof value);
    if (strncasecmp(value, prefix, sizeof prefix - 1) != 0) {
        return false;
    }
    const char *at = strstr(value, "boundary=");
    if (at == NULL) {
        return false;
    }
    at += strlen("boundary=");
    at += *at == '"';
    size_t length = strcspn(at, "\"; ");
    (void)snprintf(boundary, size, "%.*s", (int)length, at);
    return length > 0 && length <= 70 && length < size;
}

/* Read the head of a part as if it were that of an answer. */
static bool take_part_head(struct rest *rest, struct wire_answer *head) {
    const char *end = memmem(rest->at, rest->length, "\r\n\r\n", 4);
    if (end == NULL) {
        return false;
    }
    *head = (struct wire_answer){.head = rest->at, .head_length = (size_t)(end - rest->at) + 2};
    rest->length -= (size_t)(end + 4 - rest->at);
    rest->at = end + 4;
    return true;
}

/* One part: delimiter, head, bytes. */
static bool take_part(struct rest *rest, const char *delimiter, const struct content_file *file, off_t first,
                      off_t last, struct report *report) {
    struct wire_answer head;
    char range[VALUE_BYTES];
    char expected[VALUE_BYTES];
    size_t length = (size_t)(last - first) + 1;
    if (!skip(rest, delimiter) || !skip(rest, "\r\n") || !take_part_head(rest, &head)) {
        report_add(report, "no part begins where %jd-%jd should", (intmax_t)first, (intmax_t)last);
        return false;
    }
    (void)wire_field(&head, "Content-Range", range, sizeof range);
    (void)snprintf(expected, sizeof expected, "bytes %jd-%jd/%jd", (intmax_t)first, (intmax_t)last,
                   (intmax_t)content_size(file));
    if (strcmp(range, expected) != 0) {
        report_add(report, "a part has Content-Range '%s', not '%s'", range, expected);
    }
    if (wire_field(&head, "Content-Type", range, sizeof range) != 1) {
        report_add(report, "a part has no Content-Type");
    }
    if (rest->length < length || !content_matches(file, first, rest->at, length)) {
        report_add(report, "the part %jd-%jd has other bytes", (intmax_t)first, (intmax_t)last);
        return false;
    }
    rest->at += length;
    rest->length -= length;
    return true;
}

static void expect_parts(const struct row *row, const struct content_file *file,
                         const struct wire_answer *answer, struct report *report) {
    char boundary[VALUE_BYTES - 8];
    char delimiter[VALUE_BYTES];
    struct rest rest = {answer->body, answer->body_length};
    if (!find_boundary(answer, boundary, sizeof boundary)) {
        report_add(report, "not multipart/byteranges with a boundary");
        return;
    }
    (void)skip(&rest, "\r\n"); /* an empty preamble is allowed */
    (void)snprintf(delimiter, sizeof delimiter, "--%s", boundary);
    for (const char *at = row->part; *at != '\0'; at += strspn(at, ",")) {
        char *end;
        off_t first = strtoll(at, &end, 10);
        off_t last = strtoll(end + 1, &end, 10);
        if (!take_part(&rest, delimiter, file, first, last, report)) {
            return;
        }
        at = end;
        (void)snprintf(delimiter, sizeof delimiter, "\r\n--%s", boundary);
    }
    if (!skip(&rest, delimiter) || !skip(&rest, "--")) {
        report_add(report, "no closing delimiter, but '%.*s'",
                   (int)(rest.length < QUOTE_BYTES ? rest.length : QUOTE_BYTES), rest.at);
    }
    (void)skip(&rest, "\r\n");
    if (rest.length > 0) {
        report_add(report, "%zu bytes behind the closing delimiter", rest.length);
    }
}

static void expect_gzip(const struct content_file *file, const struct wire_answer *answer,
                        struct report *report) {
#if LIDO_HAVE_ZLIB
    size_t size = (size_t)content_size(file);
    unsigned char *bytes = malloc(size + 1);
    union { /* zlib changes nothing of what it reads */
        const char *in;
        Bytef *out;
    } source = {.in = answer->body};
    z_stream stream = {.next_in = source.out, .avail_in = (uInt)answer->body_length, .next_out = bytes};
    stream.avail_out = (uInt)size + 1;
    if (bytes == NULL || inflateInit2(&stream, GZIP_WINDOW_BITS) != Z_OK) {
        report_add(report, "no memory to decompress");
    } else {
        int result = inflate(&stream, Z_FINISH);
        (void)inflateEnd(&stream);
        if (result != Z_STREAM_END || stream.avail_in > 0 || stream.total_out != size ||
            !content_matches(file, 0, (const char *)bytes, size)) {
            report_add(report, "the body is not a gzip form of the file (zlib says %d)", result);
        }
    }
    free(bytes);
#else
    (void)file, (void)answer;
    report_add(report, "built without zlib, so what is compressed cannot be read");
#endif
}

static void expect_file(const struct row *row, const struct wire_answer *answer, struct report *report) {
    const struct content_file *file = content_find(row->file);
    if (file == NULL) {
        report_add(report, "the row names no file of the content: %s", row->file);
    } else if (row->gzip) {
        expect_gzip(file, answer, report);
    } else if (row->part != NULL && strchr(row->part, ',') != NULL) {
        expect_parts(row, file, answer, report);
    } else {
        char *end = NULL;
        off_t first = row->part != NULL ? strtoll(row->part, &end, 10) : 0;
        off_t last = row->part != NULL ? strtoll(end + 1, NULL, 10) : content_size(file) - 1;
        if ((off_t)answer->body_length != last - first + 1 ||
            !content_matches(file, first, answer->body, answer->body_length)) {
            report_add(report, "a body of %zu bytes, not the bytes %jd-%jd of %s", answer->body_length,
                       (intmax_t)first, (intmax_t)last, row->file);
        }
    }
}

static void expect_page(const struct wire_answer *answer, struct report *report) {
    char value[VALUE_BYTES];
    (void)wire_field(answer, "Content-Type", value, sizeof value);
    if (strncasecmp(value, "text/html", 9) != 0 || answer->body_length == 0) {
        report_add(report, "no page of HTML: '%s', %zu bytes", value, answer->body_length);
    }
}

void expect_body(const struct row *row, const struct wire_answer *answer, struct report *report) {
    if (row->body != NULL && (answer->body_length != strlen(row->body) ||
                              memcmp(answer->body, row->body, answer->body_length) != 0)) {
        report_add(report, "the body is '%.*s'",
                   (int)(answer->body_length < QUOTE_BYTES ? answer->body_length : QUOTE_BYTES),
                   answer->body);
    }
    if (row->file != NULL) {
        expect_file(row, answer, report);
    }
    if (row->page) {
        expect_page(answer, report);
    }
}
