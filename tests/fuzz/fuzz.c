/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fuzz_fail(const char *condition, const char *file, int line) {
    (void)fprintf(stderr, "%s:%d: does not hold: %s\n", file, line, condition);
    abort();
}

struct fuzz_input fuzz_begin(const uint8_t *bytes, size_t length) {
    return (struct fuzz_input){.bytes = bytes, .length = length};
}

void fuzz_end(struct fuzz_input *input) {
    while (input->part_count > 0) {
        free(input->parts[--input->part_count]);
    }
}

uint8_t fuzz_byte(struct fuzz_input *input) {
    if (input->length == 0) {
        return 0;
    }
    input->length--;
    return *input->bytes++;
}

uint64_t fuzz_number(struct fuzz_input *input) {
    uint64_t number = 0;
    for (int i = 0; i < 8; i++) {
        number = number << 8 | fuzz_byte(input);
    }
    return number;
}

/* With `extra` zeros behind it. */
static char *take(struct fuzz_input *input, size_t length, size_t extra) {
    char *part = calloc(1, length + extra > 0 ? length + extra : 1);
    if (part == NULL || input->part_count == FUZZ_PARTS_MAX) {
        abort();
    }
    input->parts[input->part_count++] = part;
    if (length > 0) {
        memcpy(part, input->bytes, length);
    }
    input->bytes += length;
    input->length -= length;
    return part;
}

static size_t line_length(const struct fuzz_input *input) {
    const uint8_t *end = input->length > 0 ? memchr(input->bytes, '\n', input->length) : NULL;
    return end != NULL ? (size_t)(end - input->bytes) : input->length;
}

static void skip_line_feed(struct fuzz_input *input) {
    if (input->length > 0) {
        (void)fuzz_byte(input);
    }
}

struct view fuzz_line(struct fuzz_input *input) {
    size_t length = line_length(input);
    struct view line = {take(input, length, 0), length};
    skip_line_feed(input);
    return line;
}

struct view fuzz_rest(struct fuzz_input *input) {
    size_t length = input->length;
    return (struct view){take(input, length, 0), length};
}

struct view fuzz_field(struct fuzz_input *input) {
    struct view line = fuzz_line(input);
    return view_equals(line, "!") ? (struct view){0} : line;
}

const char *fuzz_string(struct fuzz_input *input) {
    const char *string = take(input, line_length(input), 1);
    skip_line_feed(input);
    return string;
}
