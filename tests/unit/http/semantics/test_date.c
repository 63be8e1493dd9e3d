/* SPDX-License-Identifier: MIT */
/* Writing dates; test_date_parse.c has the reading. Link with -Wl,--wrap=clock_gettime: the tests say what
 * time it is. */
#include "http/semantics/date.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>

TestSuite(date, .timeout = 20);

static time_t wrapped_now = -1; /* -1: the real time */

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    if (wrapped_now == -1 || clock != CLOCK_REALTIME_COARSE) {
        return __real_clock_gettime(clock, now);
    }
    *now = (struct timespec){.tv_sec = wrapped_now, .tv_nsec = 999999999};
    return 0;
}

Test(date, is_written_in_the_preferred_form) {
    static const struct {
        const char *name;
        time_t seconds;
        const char *text;
    } rows[] = {
        {"RFC 9110 section 5.6.7, the example", 784111777, "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"the epoch", 0, "Thu, 01 Jan 1970 00:00:00 GMT"},
        {"before the epoch", -1, "Wed, 31 Dec 1969 23:59:59 GMT"},
        {"a leap day", 951782400, "Tue, 29 Feb 2000 00:00:00 GMT"},
        {"the day after a leap day", 1709251200, "Fri, 01 Mar 2024 00:00:00 GMT"},
        {"no leap day in 1900", -2203891200, "Thu, 01 Mar 1900 00:00:00 GMT"},
        {"behind 31 bits", 2147483648, "Tue, 19 Jan 2038 03:14:08 GMT"},
        {"behind 32 bits", 4294967296, "Sun, 07 Feb 2106 06:28:16 GMT"},
        {"a year of three digits", -31046937600, "Tue, 28 Feb 0986 10:40:00 GMT"},
        {"the first that can be written", -62167219200, "Sat, 01 Jan 0000 00:00:00 GMT"},
        {"the second before it", -62167219201, "Sat, 01 Jan 0000 00:00:00 GMT"},
        {"the last that can be written", 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT"},
        {"the second behind it", 253402300800, "Fri, 31 Dec 9999 23:59:59 GMT"},
        {"the least time_t", INT64_MIN, "Sat, 01 Jan 0000 00:00:00 GMT"},
        {"the greatest time_t", INT64_MAX, "Fri, 31 Dec 9999 23:59:59 GMT"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[DATE_HTTP_BYTES];
        date_format_http(rows[i].seconds, text);
        cr_expect_str_eq(text, rows[i].text, "%s: '%s'", rows[i].name, text);
    }
}

static void move_to(const char *time_zone) {
    cr_assert_eq(setenv("TZ", time_zone, 1), 0);
    tzset();
}

/* From the year 1000 on strftime(), in the C locale, writes the same: it has no leading zeros before. */
Test(date, is_written_as_the_c_library_would_in_any_time_zone) {
    move_to("Nowhere-05:30");
    size_t compared = 0;
    for (time_t seconds = -30610224000; seconds < 253402300800; seconds += 3 * 86400 * 7 + 5003) {
        char http[DATE_HTTP_BYTES];
        char rfc3339[DATE_RFC3339_BYTES];
        char expected[64];
        struct tm tm;
        cr_assert_not_null(gmtime_r(&seconds, &tm));
        date_format_http(seconds, http);
        cr_assert_eq(strftime(expected, sizeof expected, "%a, %d %b %Y %H:%M:%S GMT", &tm), DATE_HTTP_LENGTH);
        cr_assert_str_eq(http, expected, "%lld: '%s'", (long long)seconds, http);
        cr_assert(date_format_rfc3339(seconds, rfc3339));
        cr_assert_eq(strftime(expected, sizeof expected, "%Y-%m-%dT%H:%M:%SZ", &tm), DATE_RFC3339_LENGTH);
        cr_assert_str_eq(rfc3339, expected);
        compared++;
    }
    cr_expect_gt(compared, 100000);
}

Test(date, is_read_as_it_was_written) {
    move_to("Nowhere+11:45");
    for (time_t seconds = -62167219200; seconds < 253402300800; seconds += 11 * 86400 + 40009) {
        char text[DATE_HTTP_BYTES];
        time_t read = 0;
        date_format_http(seconds, text);
        cr_assert(date_parse_http(view_of(text), 0, &read), "'%s'", text);
        cr_assert(read == seconds, "'%s': %lld instead of %lld", text, (long long)read, (long long)seconds);
    }
}

Test(date, clock_shows_the_current_second) {
    struct date_clock clock = {0};
    wrapped_now = 784111777;
    cr_expect_str_eq(date_clock_read(&clock), "Sun, 06 Nov 1994 08:49:37 GMT");
    wrapped_now++;
    cr_expect_str_eq(date_clock_read(&clock), "Sun, 06 Nov 1994 08:49:38 GMT");
    wrapped_now -= 10; /* clocks are set back, too */
    cr_expect_str_eq(date_clock_read(&clock), "Sun, 06 Nov 1994 08:49:28 GMT");
    wrapped_now = -1;
}

Test(date, clock_that_starts_at_the_epoch_has_a_text) {
    struct date_clock clock = {0};
    wrapped_now = 0;
    cr_expect_str_eq(date_clock_read(&clock), "Thu, 01 Jan 1970 00:00:00 GMT");
    wrapped_now = -1;
}

Test(date, clock_formats_only_when_the_second_has_changed) {
    struct date_clock clock = {0};
    wrapped_now = 784111777;
    (void)date_clock_read(&clock);
    clock.text[0] = 'x';
    cr_expect_eq(date_clock_read(&clock)[0], 'x');
    wrapped_now++;
    cr_expect_eq(date_clock_read(&clock)[0], 'S');
    wrapped_now = -1;
}

Test(date, is_written_as_rfc_3339_in_utc_with_seconds) {
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

Test(date, is_refused_as_rfc_3339_in_years_of_more_or_less_than_four_digits) {
    static const time_t rows[] = {-62167219201, 253402300800, INT64_MIN, INT64_MAX};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[DATE_RFC3339_BYTES] = "as it was";
        cr_expect_not(date_format_rfc3339(rows[i], text), "row %zu", i);
        cr_expect_str_eq(text, "as it was", "row %zu", i);
    }
}

/* FAT: years since 1980, and seconds by two. */
Test(date, packs_as_fat_and_zip_do) {
    static const struct {
        time_t seconds;
        uint32_t date;
        uint32_t time;
    } rows[] = {
        {1700000001, 43 << 9 | 11 << 5 | 14, 22 << 11 | 13 << 5 | 10},
        {315532800, 1 << 5 | 1, 0},
        {315532799, 1 << 5 | 1, 0},
        {-1, 1 << 5 | 1, 0},
        {4354819199, 127 << 9 | 12 << 5 | 31, 23 << 11 | 59 << 5 | 29},
        {9000000000, 127 << 9 | 12 << 5 | 31, 23 << 11 | 59 << 5 | 29},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(date_pack_fat(rows[i].seconds), rows[i].date << 16 | rows[i].time, "%jd",
                     (intmax_t)rows[i].seconds);
    }
}
