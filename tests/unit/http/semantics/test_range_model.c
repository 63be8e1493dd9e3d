/* SPDX-License-Identifier: MIT */
/* Ranges against another way to find them; test_range.c has the rules one by one. */
#include "http/semantics/range.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>

TestSuite(range_model, .timeout = 30);

enum { TEXT_BYTES = 4096 };

/* Each byte that is asked for is marked. */
Test(range_model, sends_each_byte_that_is_asked_for_once) {
    enum { SIZE = 40, ROUNDS = 20000 };
    unsigned seed = 1;
    for (int round = 0; round < ROUNDS; round++) {
        char field[TEXT_BYTES];
        bool asked[SIZE + 1] = {false};
        size_t first_of_request = 0;
        size_t sum = 0;
        int length = snprintf(field, sizeof field, "bytes=");
        seed = seed * 1103515245U + 12345U;
        unsigned count = 1 + (seed >> 16) % 8;
        for (unsigned i = 0; i < count; i++) {
            seed = seed * 1103515245U + 12345U;
            size_t first = (seed >> 16) % SIZE;
            size_t last = first + (seed >> 24) % 5;
            length += snprintf(field + length, sizeof field - (size_t)length, "%zu-%zu,", first, last);
            first_of_request = i == 0 ? first : first_of_request;
            for (size_t at = first; at <= last && at < SIZE; at++, sum++) {
                asked[at] = true;
            }
        }
        struct range_set set = {0};
        enum range_outcome outcome = range_parse(view_of(field), SIZE, &set);
        cr_assert_eq(outcome, sum > SIZE ? RANGE_WHOLE : RANGE_PARTIAL, "%s", field);
        if (outcome != RANGE_PARTIAL) {
            continue;
        }
        cr_assert(set.parts[0].begin <= (off_t)first_of_request && (off_t)first_of_request < set.parts[0].end,
                  "%s", field);
        for (size_t i = 0; i < set.count; i++) {
            struct byte_range part = set.parts[i];
            cr_assert_not(part.begin > 0 && asked[part.begin - 1], "%s", field);
            cr_assert_not(asked[part.end], "%s", field);
            for (off_t at = part.begin; at < part.end; at++) {
                cr_assert(asked[at], "%s: byte %jd, twice or not asked for", field, (intmax_t)at);
                asked[at] = false;
            }
        }
        for (size_t at = 0; at < SIZE; at++) {
            cr_assert_not(asked[at], "%s: byte %zu is missing", field, at);
        }
    }
}

Test(range_model, is_the_whole_when_no_field_was_sent) {
    struct range_set set;
    cr_expect_eq(range_parse((struct view){NULL, 0}, 10, &set), RANGE_WHOLE);
    cr_expect_eq(range_parse((struct view){NULL, 0}, 0, &set), RANGE_WHOLE);
}
