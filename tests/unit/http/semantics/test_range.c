/* SPDX-License-Identifier: MIT */
#include "http/semantics/range.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

TestSuite(range, .timeout = 30);

#define WHOLE "whole"
#define UNSATISFIABLE "416"

enum { TEXT_BYTES = 4096 };

/* What came out, as text: "whole", "416", or parts such as "0-4 8-9", with the last byte as in Content-Range.
 * */
static const char *outcome_of(struct view field, off_t size, char text[TEXT_BYTES]) {
    struct range_set set;
    memset(&set, 'x', sizeof set);
    enum range_outcome outcome = range_parse(field, size, &set);
    if (outcome != RANGE_PARTIAL) {
        return outcome == RANGE_WHOLE ? WHOLE : UNSATISFIABLE;
    }
    cr_assert_gt(set.count, 0);
    cr_assert_leq(set.count, (size_t)RANGE_PARTS_MAX);
    int length = 0;
    for (size_t i = 0; i < set.count; i++) {
        cr_assert_geq(set.parts[i].begin, 0);
        cr_assert_lt(set.parts[i].begin, set.parts[i].end);
        cr_assert_leq(set.parts[i].end, size);
        length += snprintf(text + length, TEXT_BYTES - (size_t)length, "%s%jd-%jd", i > 0 ? " " : "",
                           (intmax_t)set.parts[i].begin, (intmax_t)set.parts[i].end - 1);
    }
    return text;
}

struct row {
    const char *name;
    const char *field;
    off_t size;
    const char *outcome;
};

static void expect_outcomes(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char text[TEXT_BYTES];
        const char *outcome = outcome_of(view_of(rows[i].field), rows[i].size, text);
        cr_expect_str_eq(outcome, rows[i].outcome, "%s: '%s' gives %s instead of %s", rows[i].name,
                         rows[i].field, outcome, rows[i].outcome);
    }
}

#define EXPECT_OUTCOMES(rows) expect_outcomes(rows, sizeof(rows) / sizeof(rows)[0])

Test(range, finds_the_parts_of_the_examples_in_the_rfc) {
    static const struct row rows[] = {
        {"14.1.2: the first 500 bytes", "bytes=0-499", 10000, "0-499"},
        {"14.1.2: the second 500 bytes", "bytes=500-999", 10000, "500-999"},
        {"14.1.2: the final 500 bytes", "bytes=-500", 10000, "9500-9999"},
        {"14.1.2: the final 500 bytes, open", "bytes=9500-", 10000, "9500-9999"},
        {"14.1.2: the first and the last byte", "bytes=0-0,-1", 10000, "0-0 9999-9999"},
        {"14.1.2: first, middle, last", "bytes= 0-999, 4500-5499, -1000", 10000, "0-999 4500-5499 9000-9999"},
        {"14.1.2: the second 500 bytes, in two", "bytes=500-600,601-999", 10000, "500-999"},
        {"14.1.2: the same, overlapping", "bytes=500-700,601-999", 10000, "500-999"},
    };
    EXPECT_OUTCOMES(rows);
}

Test(range, cuts_one_part_to_what_is_there) {
    static const struct row rows[] = {
        {"14.1.2: one byte", "bytes=0-0", 10, "0-0"},
        {"14.1.2: the last byte", "bytes=9-9", 10, "9-9"},
        {"14.1.2: all", "bytes=0-9", 10, "0-9"},
        {"14.1.2: all, open", "bytes=0-", 10, "0-9"},
        {"14.1.2: last at the end", "bytes=5-9", 10, "5-9"},
        {"14.1.2: last one beyond the end", "bytes=5-10", 10, "5-9"},
        {"14.1.2: last far beyond the end", "bytes=5-99999", 10, "5-9"},
        {"14.1.2: first at the end", "bytes=10-", 10, UNSATISFIABLE},
        {"14.1.2: first at the end, with last", "bytes=10-20", 10, UNSATISFIABLE},
        {"14.1.2: first beyond the end", "bytes=11-12", 10, UNSATISFIABLE},
        {"14.1.2: suffix of one", "bytes=-1", 10, "9-9"},
        {"14.1.2: suffix of all", "bytes=-10", 10, "0-9"},
        {"14.1.2: suffix longer than all", "bytes=-11", 10, "0-9"},
        {"14.1.2: suffix of nothing", "bytes=-0", 10, UNSATISFIABLE},
        {"14.1.2: suffix of nothing, in more digits", "bytes=-000", 10, UNSATISFIABLE},
        {"14.1.2: leading zeros", "bytes=0003-0000000000000000000000000000005", 10, "3-5"},
        {"14.1.2: leading zeros, suffix", "bytes=-0000000000000000000000000000002", 10, "8-9"},
        {"14.1.2: one byte of one", "bytes=0-0", 1, "0-0"},
        {"14.1.2: second byte of one", "bytes=1-1", 1, UNSATISFIABLE},
    };
    EXPECT_OUTCOMES(rows);
}

Test(range, knows_that_a_suffix_of_something_empty_is_all_of_it) {
    static const struct row rows[] = {
        {"14.1.2: suffix", "bytes=-5", 0, WHOLE},
        {"14.1.2: long suffix", "bytes=-99999999999999999999", 0, WHOLE},
        {"14.1.2: suffix of nothing", "bytes=-0", 0, UNSATISFIABLE},
        {"14.1.2: first byte", "bytes=0-0", 0, UNSATISFIABLE},
        {"14.1.2: open", "bytes=0-", 0, UNSATISFIABLE},
        {"14.1.2: others", "bytes=5-10,7-", 0, UNSATISFIABLE},
        {"14.1.2: one of them is a suffix", "bytes=0-0,-5", 0, WHOLE},
        {"14.1.2: the suffix first", "bytes=-5,0-0,-0", 0, WHOLE},
        {"14.1.1: malformed", "bytes=5-4", 0, WHOLE},
    };
    EXPECT_OUTCOMES(rows);
}

/* RFC 9110 section 14.2: an invalid one may be ignored. */
Test(range, is_ignored_when_malformed) {
    static const struct row rows[] = {
        {"14.1.1: empty", "", 10, WHOLE},
        {"14.1.1: no unit", "0-4", 10, WHOLE},
        {"14.1.1: an empty unit", "=0-4", 10, WHOLE},
        {"14.1.1: no sign", "bytes", 10, WHOLE},
        {"14.1.1: no sign, but ranges", "bytes 0-4", 10, WHOLE},
        {"14.1.1: a colon for the sign", "bytes:0-4", 10, WHOLE},
        {"14.1.1: space before the sign", "bytes =0-4", 10, WHOLE},
        {"14.1.1: space before the unit", " bytes=0-4", 10, WHOLE},
        {"14.1.1: two signs", "bytes==0-4", 10, WHOLE},
        {"14.1.1: no ranges", "bytes=", 10, WHOLE},
        {"14.1.1: no ranges but space", "bytes= \t", 10, WHOLE},
        {"5.6.1.2: no ranges but commas", "bytes=, ,,", 10, WHOLE},
        {"14.1.1: a number", "bytes=5", 10, WHOLE},
        {"14.1.1: a hyphen", "bytes=-", 10, WHOLE},
        {"14.1.1: two hyphens", "bytes=--", 10, WHOLE},
        {"14.1.1: a negative suffix", "bytes=--5", 10, WHOLE},
        {"14.1.1: a negative last", "bytes=0--5", 10, WHOLE},
        {"14.1.1: three numbers", "bytes=0-4-5", 10, WHOLE},
        {"14.1.1: a hyphen too many", "bytes=0-4-", 10, WHOLE},
        {"14.1.1: last less than first", "bytes=5-4", 10, WHOLE},
        {"14.1.1: last less than first, zero", "bytes=1-0", 10, WHOLE},
        {"14.1.1: last less than first, more digits", "bytes=10-9", 100, WHOLE},
        {"14.1.1: last less than first, beyond the end", "bytes=500-400", 10, WHOLE},
        {"14.1.1: a suffix with another sign", "bytes=x5", 10, WHOLE},
        {"14.1.1: a point for the hyphen", "bytes=0.4", 10, WHOLE},
        {"14.1.1: letters", "bytes=a-b", 10, WHOLE},
        {"14.1.1: hexadecimal", "bytes=0x0-0x4", 10, WHOLE},
        {"14.1.1: a plus", "bytes=+0-4", 10, WHOLE},
        {"14.1.1: a point", "bytes=0-4.0", 10, WHOLE},
        {"14.1.1: the byte before the digits", "bytes=0-/", 10, WHOLE},
        {"14.1.1: the byte behind the digits", "bytes=0-:", 10, WHOLE},
        {"14.1.1: a letter behind", "bytes=0-4k", 10, WHOLE},
        {"14.1.1: space before the hyphen", "bytes=0 -4", 10, WHOLE},
        {"14.1.1: space behind the hyphen", "bytes=0- 4", 10, WHOLE},
        {"14.1.1: a suffix with space", "bytes=- 4", 10, WHOLE},
        {"14.1.1: two without a comma", "bytes=0-1 3-4", 10, WHOLE},
        {"14.1.1: semicolon", "bytes=0-1;3-4", 10, WHOLE},
        {"14.4: what an answer has", "bytes 0-4/10", 10, WHOLE},
        {"14.4: the size behind", "bytes=0-4/10", 10, WHOLE},
        {"14.1.1: a bad one behind a good one", "bytes=0-1,x", 10, WHOLE},
        {"14.1.1: a bad one before a good one", "bytes=x,0-1", 10, WHOLE},
        {"14.1.1: last less than first, behind a good one", "bytes=0-1,5-4", 10, WHOLE},
        {"14.1.1: a bad one behind one beyond the end", "bytes=20-30,x", 10, WHOLE},
        {"14.2: the field twice", "bytes=0-1, bytes=3-4", 10, WHOLE},
        {"14.2: another unit", "items=0-4", 10, WHOLE},
        {"14.2: none", "none=0-4", 10, WHOLE},
        {"14.2: a longer unit", "bytess=0-4", 10, WHOLE},
        {"14.2: a shorter unit", "byte=0-4", 10, WHOLE},
        {"14.2: the unit twice", "bytesbytes=0-4", 10, WHOLE},
    };
    EXPECT_OUTCOMES(rows);
}

Test(range, takes_what_the_grammar_leaves_open) {
    static const struct row rows[] = {
        {"14.1: the unit in capitals", "BYTES=0-4", 10, "0-4"},
        {"14.1: the unit in both", "bYtEs=0-4", 10, "0-4"},
        {"5.6.1: spaces and tabs", "bytes=0-1 \t, \t4-5\t ,  8-9", 10, "0-1 4-5 8-9"},
        {"14.1.1, erratum 7306: space behind the sign", "bytes=\t 0-4", 10, "0-4"},
        {"5.6.1: space at the end", "bytes=0-4 \t", 10, "0-4"},
        {"5.6.1.2: an empty element in front", "bytes=,0-4", 10, "0-4"},
        {"5.6.1.2: an empty element behind", "bytes=0-4,", 10, "0-4"},
        {"5.6.1.2: empty elements between", "bytes=0-1, ,,\t,4-5", 10, "0-1 4-5"},
    };
    EXPECT_OUTCOMES(rows);
}

/* RFC 9110 section 14.1.2: "recipients MUST anticipate potentially large decimal numerals". */
Test(range, reads_numbers_of_any_length) {
    static const off_t gib = (off_t)1 << 30;
    static const off_t most = INT64_MAX;
    const struct row rows[] = {
        {"past 4 GiB", "bytes=4294967296-4294967299", 5 * gib, "4294967296-4294967299"},
        {"past 4 GiB, open", "bytes=5368709119-", 5 * gib, "5368709119-5368709119"},
        {"past 4 GiB, suffix", "bytes=-4294967297", 5 * gib, "1073741823-5368709119"},
        {"past 4 GiB, beyond the end", "bytes=5368709120-", 5 * gib, UNSATISFIABLE},
        {"2^32 is not 0", "bytes=4294967296-", 10, UNSATISFIABLE},
        {"2^32 is not 0, last", "bytes=0-4294967296", 10, "0-9"},
        {"2^63 - 1, last", "bytes=5-9223372036854775807", 10, "5-9"},
        {"2^63, last", "bytes=5-9223372036854775808", 10, "5-9"},
        {"2^64, last", "bytes=5-18446744073709551616", 10, "5-9"},
        {"2^64, first", "bytes=18446744073709551616-", 10, UNSATISFIABLE},
        {"2^64 + 1, both", "bytes=18446744073709551617-18446744073709551617", 10, UNSATISFIABLE},
        {"2^64, suffix", "bytes=-18446744073709551616", 10, "0-9"},
        {"40 digits, last", "bytes=5-9999999999999999999999999999999999999999", 10, "5-9"},
        {"40 digits, first", "bytes=9999999999999999999999999999999999999999-", 10, UNSATISFIABLE},
        {"40 digits, suffix", "bytes=-9999999999999999999999999999999999999999", 10, "0-9"},
        {"20 digits, last less", "bytes=99999999999999999999-99999999999999999998", 10, WHOLE},
        {"20 digits, last not less", "bytes=99999999999999999998-99999999999999999999", 10, UNSATISFIABLE},
        {"20 digits, last less but longer", "bytes=99999999999999999999-0000000000000000000001", 10, WHOLE},
        {"largest size, its last byte", "bytes=9223372036854775806-", most,
         "9223372036854775806-9223372036854775806"},
        {"largest size, last beyond", "bytes=9223372036854775806-9223372036854775808", most,
         "9223372036854775806-9223372036854775806"},
        {"largest size, last in 20 digits", "bytes=9223372036854775806-99999999999999999999", most,
         "9223372036854775806-9223372036854775806"},
        {"largest size, first beyond", "bytes=9223372036854775807-", most, UNSATISFIABLE},
        {"largest size, all", "bytes=0-", most, "0-9223372036854775806"},
        {"largest size, suffix", "bytes=-9223372036854775808", most, "0-9223372036854775806"},
        {"largest size, all twice", "bytes=0-,0-", most, WHOLE},
    };
    EXPECT_OUTCOMES(rows);
}

Test(range, keeps_the_order_of_the_request) {
    static const struct row rows[] = {
        {"14.2: ascending", "bytes=0-1,4-5,8-9", 10, "0-1 4-5 8-9"},
        {"14.2: descending", "bytes=8-9,4-5,0-1", 10, "8-9 4-5 0-1"},
        {"14.2: neither", "bytes=4-5,-1,0-1", 10, "4-5 9-9 0-1"},
        {"14.1.2: those beyond the end are left out", "bytes=20-,8-9,-0,10-12,0-1,15-", 10, "8-9 0-1"},
        {"14.1.2: all but one beyond the end", "bytes=10-,0-0", 10, "0-0"},
        {"14.1.2: all beyond the end", "bytes=10-,-0,20-30", 10, UNSATISFIABLE},
    };
    EXPECT_OUTCOMES(rows);
}

/* RFC 9110 section 15.3.7.2: a server may do so. */
Test(range, coalesces_parts_that_touch) {
    static const struct row rows[] = {
        {"adjacent", "bytes=0-1,2-3", 100, "0-3"},
        {"adjacent, backwards", "bytes=2-3,0-1", 100, "0-3"},
        {"a gap of one byte stays", "bytes=0-1,3-4", 100, "0-1 3-4"},
        {"a gap of one byte stays, backwards", "bytes=3-4,0-1", 100, "3-4 0-1"},
        {"overlapping", "bytes=0-5,3-8", 100, "0-8"},
        {"overlapping, backwards", "bytes=3-8,0-5", 100, "0-8"},
        {"the same", "bytes=3-8,3-8", 100, "3-8"},
        {"within", "bytes=0-8,3-4", 100, "0-8"},
        {"around", "bytes=3-4,0-8", 100, "0-8"},
        {"around, with the same end", "bytes=3-8,0-8", 100, "0-8"},
        {"a suffix with an open one", "bytes=95-,-10", 100, "90-99"},
        {"all together are the whole", "bytes=0-49,50-", 100, "0-99"},
        {"at the place of the first", "bytes=50-51,0-1,90-91,52-53", 100, "50-53 0-1 90-91"},
        {"at the place of the first, in the middle", "bytes=50-51,0-1,90-91,2-3", 100, "50-51 0-3 90-91"},
        {"joins two", "bytes=0-4,10-14,5-9", 100, "0-14"},
        {"joins two, backwards", "bytes=10-14,0-4,5-9", 100, "0-14"},
        {"joins two, around both", "bytes=10-14,20-24,5-30", 100, "5-30"},
        {"joins two, others between", "bytes=0-4,50-51,10-14,60-61,5-9", 100, "0-14 50-51 60-61"},
        {"joins the last two", "bytes=50-51,10-14,0-4,5-9", 100, "50-51 0-14"},
        {"joins the outer ones", "bytes=10-14,50-51,0-4,5-9,70-71", 100, "0-14 50-51 70-71"},
        {"joins three", "bytes=0-1,4-5,8-9,2-7", 100, "0-9"},
        {"one after the other", "bytes=8-9,6-7,4-5,2-3,0-1", 100, "0-9"},
        {"joins what was joined", "bytes=0-1,8-9,2-3,6-7,4-5", 100, "0-9"},
        {"a part behind what was joined", "bytes=0-1,4-5,2-3,50-51,90-91", 100, "0-5 50-51 90-91"},
    };
    EXPECT_OUTCOMES(rows);
}

/* RFC 9110 section 14.2 and section 17.15: what asks for more than there is need not be answered. */
Test(range, is_ignored_when_the_sum_is_more_than_there_is) {
    static const struct row rows[] = {
        {"as much", "bytes=0-4,5-9", 10, "0-9"},
        {"as much, overlapping", "bytes=0-4,0-4", 10, "0-4"},
        {"one more", "bytes=0-4,4-9", 10, WHOLE},
        {"one more, in the middle of the field", "bytes=0-4,4-9,0-0", 10, WHOLE},
        {"one more, by a part of one byte", "bytes=0-9,0-0", 10, WHOLE},
        {"one more, in three", "bytes=0-3,0-3,0-2", 10, WHOLE},
        {"as much, in three", "bytes=0-3,0-3,0-1", 10, "0-3"},
        {"all twice", "bytes=0-,0-", 10, WHOLE},
        {"suffixes", "bytes=-6,-5", 10, WHOLE},
        {"suffixes, as much", "bytes=-5,-5", 10, "5-9"},
        {"what is cut counts as it is cut", "bytes=5-999,0-4", 10, "0-9"},
        {"what is beyond the end does not count", "bytes=0-9,10-99,-0", 10, "0-9"},
    };
    EXPECT_OUTCOMES(rows);
}

/* A field of `count` ranges of one byte each, `step` apart, from `first` on. */
static const char *many(size_t count, size_t first, size_t step, char field[TEXT_BYTES]) {
    int length = snprintf(field, TEXT_BYTES, "bytes=");
    for (size_t i = 0; i < count; i++) {
        size_t at = first + i * step;
        length +=
            snprintf(field + length, TEXT_BYTES - (size_t)length, "%s%zu-%zu", i > 0 ? "," : "", at, at);
    }
    return field;
}

Test(range, takes_64_ranges_and_no_more) {
    static const struct {
        const char *name;
        size_t count;
        size_t first;
        size_t step;
        enum range_outcome outcome;
        size_t part_count;
    } rows[] = {
        {"63", 63, 0, 2, RANGE_PARTIAL, 63},
        {"64", 64, 0, 2, RANGE_PARTIAL, 64},
        {"65", 65, 0, 2, RANGE_WHOLE, 0},
        {"200", 200, 0, 2, RANGE_WHOLE, 0},
        {"64 that are one", 64, 0, 1, RANGE_PARTIAL, 1},
        {"65 that are one", 65, 0, 1, RANGE_WHOLE, 0},
        {"64, some beyond the end", 64, 990, 2, RANGE_PARTIAL, 5},
        {"64 beyond the end", 64, 1000, 1, RANGE_UNSATISFIABLE, 0},
        {"65 beyond the end", 65, 1000, 1, RANGE_WHOLE, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char field[TEXT_BYTES];
        struct range_set set;
        many(rows[i].count, rows[i].first, rows[i].step, field);
        cr_assert_eq(range_parse(view_of(field), 1000, &set), rows[i].outcome, "%s", rows[i].name);
        if (rows[i].outcome == RANGE_PARTIAL) {
            cr_assert_eq(set.count, rows[i].part_count, "%s", rows[i].name);
        }
        for (size_t part = 0; part < rows[i].part_count && rows[i].step > 1; part++) {
            cr_expect_eq(set.parts[part].begin, (off_t)(rows[i].first + part * rows[i].step), "%s",
                         rows[i].name);
        }
    }
}

Test(range, does_not_count_empty_elements) {
    char field[TEXT_BYTES] = "bytes=";
    char text[TEXT_BYTES];
    for (size_t i = 0; i < 200; i++) {
        strcat(field, ", ");
    }
    strcat(field, "3-4");
    cr_expect_str_eq(outcome_of(view_of(field), 10, text), "3-4");
}

Test(range, takes_the_view_and_nothing_behind_it) {
    static const char field[] = "bytes=1-23,5-6";
    static const char *const outcomes[] = {WHOLE,  WHOLE, WHOLE,  WHOLE,  WHOLE, WHOLE, WHOLE, WHOLE,
                                           "1-99", "1-2", "1-23", "1-23", WHOLE, WHOLE, "1-23"};
    for (size_t length = 0; length < sizeof field; length++) {
        char text[TEXT_BYTES];
        char *copy = length > 0 ? malloc(length) : NULL; /* so that a sanitizer sees a step too far */
        cr_assert(length == 0 || copy != NULL);
        if (copy != NULL) {
            memcpy(copy, field, length);
        }
        cr_expect_str_eq(outcome_of((struct view){copy, length}, 100, text), outcomes[length], "%zu bytes",
                         length);
        free(copy);
    }
}
