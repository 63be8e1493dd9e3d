/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/response/partial.h"

#include "tests/support/filling.h"
#include "tests/unit/http/response/shared_file.h"
#include "tests/unit/support/bodies.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

const char *const partial_source_names[PARTIAL_SOURCE_COUNT] = {
    [FROM_FILE] = "file", [FROM_MEMORY] = "memory"};

struct response response;
struct folder folder;

void partial_set_up(void) {
    response_init(&response);
    folder_create(&folder);
}

void partial_tear_down(void) {
    response_deinit(&response);
    folder_remove(&folder);
}

struct range_set partial_ranges(size_t count, off_t begin, off_t step, off_t length) {
    struct range_set ranges = {.count = count};
    for (size_t i = 0; i < count; i++) {
        ranges.parts[i].begin = begin + (off_t)i * step;
        ranges.parts[i].end = ranges.parts[i].begin + length;
    }
    return ranges;
}

struct resource partial_open_file(off_t size, const struct range_set *ranges) {
    folder_truncate(&folder, "file", size);
    for (size_t i = 0; i < ranges->count; i++) {
        const struct byte_range *range = &ranges->parts[i];
        folder_write_pattern(&folder, "file", range->begin, range->end - range->begin);
    }
    struct folder_path path = folder_path(&folder, "file");
    struct stat status;
    int fd = open(path.text, O_RDONLY | O_CLOEXEC);
    cr_assert(fd != -1 && fstat(fd, &status) == 0, "%s: %s", path.text, strerror(errno));
    cr_assert_eq(status.st_size, size);
    return (struct resource){.fd = fd, .size = size};
}

void partial_make(enum partial_source source, off_t size, const char *content_type,
                  const struct range_set *ranges, const struct response_form *form) {
    struct resource file = source == FROM_FILE ? partial_open_file(size, ranges) : shared_file_filled(size);
    response_begin(&response, form, HTTP_PARTIAL_CONTENT);
    finish_with_file(&response, &file, content_type, ranges);
    cr_assert(file.fd == -1 && file.cached == NULL, "the file is the response's now");
    cr_assert_not(response_failed(&response));
}

void partial_read_boundary(char boundary[33]) {
    static const char before[] = "\r\nContent-Type: multipart/byteranges; boundary=";
    const char *at = memmem(response.head.bytes, response.head.length, before, sizeof before - 1);
    cr_assert(at != NULL, "no boundary");
    cr_assert_geq((size_t)(response.head.bytes + response.head.length - at), sizeof before - 1 + 34);
    memcpy(boundary, at + sizeof before - 1, 32);
    boundary[32] = '\0';
    cr_assert_eq(strspn(boundary, "0123456789abcdef"), 32, "%s", boundary);
    cr_assert_arr_eq(at + sizeof before - 1 + 32, "\r\n", 2);
}

static void add(struct expected_answer *out, const char *text) {
    size_t length = strlen(text);
    cr_assert_leq(length, sizeof out->bytes - out->length);
    memcpy(out->bytes + out->length, text, length);
    out->length += length;
}

/* A line of the head, or of a part's head; none for a value that is NULL. */
static void add_field(struct expected_answer *out, const char *name, const char *value) {
    if (value != NULL) {
        add(out, name);
        add(out, ": ");
        add(out, value);
        add(out, "\r\n");
    }
}

static void add_content_range(struct expected_answer *out, struct byte_range range, off_t size) {
    char value[128];
    (void)snprintf(value, sizeof value, "bytes %jd-%jd/%jd", (intmax_t)range.begin, (intmax_t)range.end - 1,
                   (intmax_t)size);
    add_field(out, "Content-Range", value);
}

static void add_range(struct expected_answer *out, struct byte_range range) {
    size_t length = (size_t)(range.end - range.begin);
    cr_assert_leq(length, sizeof out->bytes - out->length);
    filling_write(out->bytes + out->length, range.begin, length);
    out->length += length;
}

static void add_multipart(struct expected_answer *out, const char *boundary, off_t size,
                          const char *content_type, const struct range_set *ranges) {
    for (size_t i = 0; i < ranges->count; i++) {
        add(out, "\r\n--");
        add(out, boundary);
        add(out, "\r\n");
        add_field(out, "Content-Type", content_type);
        add_content_range(out, ranges->parts[i], size);
        add(out, "\r\n");
        add_range(out, ranges->parts[i]);
    }
    add(out, "\r\n--");
    add(out, boundary);
    add(out, "--\r\n");
}

void partial_expect(struct expected_answer *expected, off_t size, const char *content_type,
                    const struct range_set *ranges) {
    static struct expected_answer body;
    body.length = 0;
    expected->length = 0;
    add(expected, PARTIAL_BEGIN);
    if (ranges->count == 1) {
        add_range(&body, ranges->parts[0]);
        add_content_range(expected, ranges->parts[0], size);
        add_field(expected, "Content-Type", content_type);
    } else {
        char type[64] = "multipart/byteranges; boundary=";
        partial_read_boundary(type + strlen(type));
        add_multipart(&body, strchr(type, '=') + 1, size, content_type, ranges);
        add_field(expected, "Content-Type", type);
    }
    char length[32];
    (void)snprintf(length, sizeof length, "%zu", body.length);
    add_field(expected, "Content-Length", length);
    add(expected, "Connection: close\r\n\r\n");
    expected->head_length = expected->length;
    cr_assert_leq(body.length, sizeof expected->bytes - expected->length);
    memcpy(expected->bytes + expected->length, body.bytes, body.length);
    expected->length += body.length;
}
