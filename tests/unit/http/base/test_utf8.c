/* SPDX-License-Identifier: MIT */
#include "http/base/utf8.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(utf8, .timeout = 60);

Test(utf8, tells_well_formed_strings_from_others) {
    static const struct {
        const char *string;
        bool is_well_formed;
    } rows[] = {
        {"", true},
        {"plain \n\x01\x7F", true},
        {"\xC2\x80 \xDF\xBF", true},
        {"\xE0\xA0\x80 \xED\x9F\xBF \xEE\x80\x80 \xEF\xBF\xBF", true},
        {"\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF", true},
        {"\x80", false},
        {"\xBF", false},
        {"\xC0\x80", false},
        {"\xC1\xBF", false},
        {"\xE0\x9F\xBF", false},
        {"\xED\xA0\x80", false},
        {"\xF0\x8F\xBF\xBF", false},
        {"\xF4\x90\x80\x80", false},
        {"\xF5\x80\x80\x80", false},
        {"\xFF", false},
        {"\xC3", false},
        {"\xE2\x82", false},
        {"\xF0\x9F\x8F", false},
        {"\xC3z", false},
        {"\xE2\x82z", false},
        {"\xF0\x9F\x8Fz", false},
        {"good, then \xFF", false},
        {"\xC3\xA9\xA9", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(utf8_is_well_formed(rows[i].string), rows[i].is_well_formed, "row %zu", i);
    }
}

Test(utf8, tells_how_long_a_sequence_is_and_looks_no_further) {
    static const struct {
        const char *bytes;
        size_t available;
        size_t length;
    } rows[] = {
        {"a", 1, 1},
        {"\xC3\xA9", 2, 2},
        {"\xC3\xA9", 1, 0},
        {"\xE2\x82\xAC", 3, 3},
        {"\xE2\x82\xAC", 2, 0},
        {"\xF0\x9F\x8F\x8A", 4, 4},
        {"\xF0\x9F\x8F\x8A", 3, 0},
        {"\xC3\xA9z", 3, 2},
        {"\xA9", 1, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(utf8_sequence_length((const unsigned char *)rows[i].bytes, rows[i].available),
                     rows[i].length, "row %zu", i);
    }
}
