/* SPDX-License-Identifier: MIT */
#include "http/semantics/date_rfc3339.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

TestSuite(date_rfc3339, .timeout = 20);

Test(date_rfc3339, is_written_in_utc_with_seconds) {
    static const struct {
        const char *name;
        time_t seconds;
        const char *text;
    } rows[] = {
        {"the example of HTTP", 784111777, "1994-11-06T08:49:37Z"},
        {"the epoch", 0, "1970-01-01T00:00:00Z"},
        {"before the epoch", -1, "1969-12-31T23:59:59Z"},
        {"RFC 3339 section 5.8, the first example, to the second", 482196050, "1985-04-12T23:20:50Z"},
        {"a leap day", 951782400, "2000-02-29T00:00:00Z"},
        {"behind 31 bits", 2147483648, "2038-01-19T03:14:08Z"},
        {"a year of three digits", -31046937600, "0986-02-28T10:40:00Z"},
        {"the first that can be written", -62167219200, "0000-01-01T00:00:00Z"},
        {"the last that can be written", 253402300799, "9999-12-31T23:59:59Z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[DATE_RFC3339_BYTES];
        cr_expect(date_format_rfc3339(rows[i].seconds, text), "%s", rows[i].name);
        cr_expect_str_eq(text, rows[i].text, "%s: '%s'", rows[i].name, text);
    }
}

Test(date_rfc3339, refuses_years_of_more_or_less_than_four_digits) {
    static const time_t rows[] = {-62167219201, 253402300800, INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[DATE_RFC3339_BYTES] = "as it was";
        cr_expect_not(date_format_rfc3339(rows[i], text), "row %zu", i);
        cr_expect_str_eq(text, "as it was", "row %zu", i);
    }
}

/* From the year 1000 on strftime(), in the C locale, writes the same: it has no leading zeros before. */
Test(date_rfc3339, is_written_as_the_c_library_would_in_any_time_zone) {
    cr_assert_eq(setenv("TZ", "Nowhere-05:30", 1), 0);
    tzset();
    size_t compared = 0;
    for (time_t seconds = -30610224000; seconds < 253402300800; seconds += 3 * 86400 * 7 + 5003) {
        char text[DATE_RFC3339_BYTES];
        char expected[64];
        struct tm tm;
        cr_assert(date_format_rfc3339(seconds, text));
        cr_assert_not_null(gmtime_r(&seconds, &tm));
        cr_assert_eq(strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &tm), DATE_RFC3339_LENGTH);
        cr_assert_str_eq(text, expected);
        compared++;
    }
    cr_expect_gt(compared, 100000);
}
