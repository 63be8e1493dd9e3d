/* SPDX-License-Identifier: MIT */
#include "server/status/words.h"

#include <criterion/criterion.h>
#include <string.h>

static struct text text;

static const char *duration(double seconds) {
    text_clear(&text, 0);
    words_add_duration(&text, seconds);
    text_append_bytes(&text, "", 1);
    return text.bytes;
}

static const char *number(double value) {
    text_clear(&text, 0);
    words_add_number(&text, value);
    text_append_bytes(&text, "", 1);
    return text.bytes;
}

static void tear_down(void) {
    text_deinit(&text);
}

TestSuite(words, .fini = tear_down, .timeout = 60);

Test(words, say_durations_for_people) {
    static const struct {
        double seconds;
        const char *text;
    } rows[] = {
        {0, "0 µs"},      {0.0000005, "0.5 µs"}, {0.0000852, "85 µs"}, {0.0012, "1.2 ms"},
        {0.34, "340 ms"}, {1, "1.0 s"},          {12.4, "12 s"},       {119, "119 s"},
        {180, "3.0 min"}, {5 * 3600, "5.0 h"},   {90 * 3600, "3.8 d"}, {1e9, "11574 d"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_str_eq(duration(rows[i].seconds), rows[i].text);
    }
}

Test(words, round_numbers_to_what_can_be_read) {
    static const struct {
        double number;
        const char *text;
    } rows[] = {
        {0, "0"}, {0.001, "0"}, {0.25, "0.25"}, {0.999, "1.0"}, {7.5, "7.5"}, {9.96, "10"}, {1234.4, "1,234"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_str_eq(number(rows[i].number), rows[i].text);
    }
}

Test(words, leave_out_what_is_too_long) {
    char longer[WORDS_BYTES + 1];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    words_add(&text, "%s", longer);
    cr_expect_eq(text.length, 0);
    words_add(&text, "%s", longer + 1);
    cr_expect_eq(text.length, WORDS_BYTES - 1);
}
