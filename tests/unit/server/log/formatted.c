/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/log/formatted.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct log_clock log_clock;

const char *formatted(const struct answer_record *record, enum log_format format) {
    static char text[LOG_LINE_BYTES + 1];
    char *line = malloc(LOG_LINE_BYTES);
    cr_assert_not_null(line);
    size_t length = log_line_format(line, &(struct log_subject){.record = record},
                                    &(struct log_shape){.kind = format}, &log_clock);
    cr_assert_leq(length, (size_t)LOG_LINE_BYTES);
    memcpy(text, line, length);
    text[length] = '\0';
    free(line);
    cr_assert_eq(strlen(text), length, "a NUL in the line");
    cr_assert_eq(strcspn(text, "\n"), length - 1, "one line feed, at the end");
    return text;
}
