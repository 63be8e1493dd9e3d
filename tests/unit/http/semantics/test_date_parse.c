/* SPDX-License-Identifier: MIT */
/* Reading dates; test_date.c has the writing. */
#include "http/semantics/date.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(date_parse, .timeout = 20);

static const time_t untouched = 12345;
static const time_t noon_in_2025 = 1749988800; /* Sun, 15 Jun 2025 12:00:00 GMT */

/* The text in memory of just its size: a look behind its end is seen by AddressSanitizer. */
static bool parse(struct view text, time_t now, time_t *seconds) {
    char *copy = malloc(text.length > 0 ? text.length : 1);
    cr_assert_not_null(copy);
    memcpy(copy, text.bytes, text.length);
    bool parsed = date_parse_http((struct view){copy, text.length}, now, seconds);
    free(copy);
    return parsed;
}

Test(date_parse, reads_all_three_forms) {
    static const struct {
        const char *rule;
        const char *text;
        time_t seconds;
    } rows[] = {
        {"RFC 9110 section 5.6.7, IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"RFC 9110 section 5.6.7, rfc850-date", "Sunday, 06-Nov-94 08:49:37 GMT", 784111777},
        {"RFC 9110 section 5.6.7, asctime-date", "Sun Nov  6 08:49:37 1994", 784111777},
        {"asctime-date, a day of two digits", "Wed Nov 16 08:49:37 1994", 784975777},
        {"asctime-date, a day padded with zero", "Sun Nov 06 08:49:37 1994", 784111777},
        {"the epoch", "Thu, 01 Jan 1970 00:00:00 GMT", 0},
        {"the second before it, -1", "Wed, 31 Dec 1969 23:59:59 GMT", -1},
        {"leap day in 2000", "Tue, 29 Feb 2000 00:00:00 GMT", 951782400},
        {"leap day in 2024", "Thursday, 29-Feb-24 00:00:00 GMT", 1709164800},
        {"leap day in 1996", "Thu Feb 29 00:00:00 1996", 825552000},
        {"leap second, RFC 9110: second = 2DIGIT, 60 included", "Sat, 31 Dec 2016 23:59:60 GMT", 1483228800},
        {"leap second, asctime-date", "Sat Dec 31 23:59:60 2016", 1483228800},
        {"last second", "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799},
        {"first second", "Sat, 01 Jan 0000 00:00:00 GMT", -62167219200},
        {"the wrong day of the week", "Mon, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"a long day with the preferred form", "Sunday, 06 Nov 1994 08:49:37 GMT", 784111777},
        {"a short day with the form of RFC 850", "Sun, 06-Nov-94 08:49:37 GMT", 784111777},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        time_t seconds = untouched;
        cr_expect(parse(view_of(rows[i].text), noon_in_2025, &seconds), "%s", rows[i].rule);
        cr_expect(seconds == rows[i].seconds, "%s: %lld", rows[i].rule, (long long)seconds);
    }
}

/* RFC 9110 section 5.6.7: what appears to be more than 50 years ahead is in the past. */
Test(date_parse, finds_the_century_of_a_two_digit_year) {
    static const time_t end_of_1999 = 946684799;
    static const struct {
        const char *name;
        time_t now;
        const char *text;
        const char *means;
    } rows[] = {
        {"this year", noon_in_2025, "Sunday, 15-Jun-25 12:00:00 GMT", "Sun, 15 Jun 2025 12:00:00 GMT"},
        {"last year", noon_in_2025, "Saturday, 15-Jun-24 12:00:00 GMT", "Sat, 15 Jun 2024 12:00:00 GMT"},
        {"next year", noon_in_2025, "Monday, 15-Jun-26 12:00:00 GMT", "Mon, 15 Jun 2026 12:00:00 GMT"},
        {"49 years ahead", noon_in_2025, "Friday, 15-Jun-74 12:00:00 GMT", "Fri, 15 Jun 2074 12:00:00 GMT"},
        {"just 50 years ahead", noon_in_2025, "Saturday, 15-Jun-75 12:00:00 GMT",
         "Sat, 15 Jun 2075 12:00:00 GMT"},
        {"a second more", noon_in_2025, "Sunday, 15-Jun-75 12:00:01 GMT", "Sun, 15 Jun 1975 12:00:01 GMT"},
        {"a day more", noon_in_2025, "Monday, 16-Jun-75 00:00:00 GMT", "Mon, 16 Jun 1975 00:00:00 GMT"},
        {"months more", noon_in_2025, "Wednesday, 31-Dec-75 00:00:00 GMT", "Wed, 31 Dec 1975 00:00:00 GMT"},
        {"51 years ahead", noon_in_2025, "Thursday, 01-Jan-76 00:00:00 GMT", "Thu, 01 Jan 1976 00:00:00 GMT"},
        {"the end of the last century", noon_in_2025, "Friday, 31-Dec-99 23:59:59 GMT",
         "Fri, 31 Dec 1999 23:59:59 GMT"},
        {"the start of this one", noon_in_2025, "Saturday, 01-Jan-00 00:00:00 GMT",
         "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"the next century is near", end_of_1999, "Saturday, 01-Jan-00 00:00:00 GMT",
         "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"49 years into the next century", end_of_1999, "Friday, 31-Dec-49 23:59:59 GMT",
         "Fri, 31 Dec 2049 23:59:59 GMT"},
        {"too far into the next century", end_of_1999, "Sunday, 01-Jan-50 00:00:00 GMT",
         "Sun, 01 Jan 1950 00:00:00 GMT"},
        {"a leap day of 2000 seen from 1999", end_of_1999, "Tuesday, 29-Feb-00 00:00:00 GMT",
         "Tue, 29 Feb 2000 00:00:00 GMT"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        time_t seconds = untouched;
        char means[DATE_HTTP_BYTES] = "nothing";
        if (parse(view_of(rows[i].text), rows[i].now, &seconds)) {
            date_format_http(seconds, means);
        }
        cr_expect_str_eq(means, rows[i].means, "%s: '%s' read as '%s'", rows[i].name, rows[i].text, means);
    }
}

/* The other two forms, written by strftime() in the C locale, over a hundred years. */
Test(date_parse, reads_what_the_c_library_writes) {
    static const char *const forms[] = {"%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"};
    cr_assert_eq(setenv("TZ", "Nowhere-05:30", 1), 0);
    tzset();
    for (time_t seconds = noon_in_2025 - 1546300800; seconds < noon_in_2025 + 1546300800;
         seconds += 86400 + 3727) {
        struct tm tm;
        cr_assert_not_null(gmtime_r(&seconds, &tm));
        for (size_t form = 0; form < 2; form++) {
            char text[64];
            time_t read = untouched;
            cr_assert_neq(strftime(text, sizeof text, forms[form], &tm), 0);
            cr_assert(parse(view_of(text), noon_in_2025, &read), "'%s'", text);
            cr_assert(read == seconds, "'%s': %lld", text, (long long)read);
        }
    }
}

static const char *const malformed[] = {
    "",
    "0",
    "784111777",
    "Sun",
    "Sun,",
    "Sun, ",
    ", 06 Nov 1994 08:49:37 GMT",
    "06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nov 1994 08:49:37 GM",
    "Sun, 06 Nov 1994 08:49:37 GMT ",
    "Sun, 06 Nov 1994 08:49:37 GMTx",
    " Sun, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 08:49:37 UTC",
    "Sun, 06 Nov 1994 08:49:37 gmt",
    "Sun, 06 Nov 1994 08:49:37 +0000",
    "Sun, 06 Nov 1994 08:49:37 EST",
    "Sun,06 Nov 1994 08:49:37 GMT",
    "Sun,  06 Nov 1994 08:49:37 GMT",
    "Sun,\t06 Nov 1994 08:49:37 GMT",
    "Sun 06 Nov 1994 08:49:37 GMT",
    "Sun, 6 Nov 1994 08:49:37 GMT",
    "Sun,  6 Nov 1994 08:49:37 GMT",
    "Sun, 006 Nov 1994 08:49:37 GMT",
    "sun, 06 Nov 1994 08:49:37 GMT",
    "SUN, 06 Nov 1994 08:49:37 GMT",
    "Su, 06 Nov 1994 08:49:37 GMT",
    "Sund, 06 Nov 1994 08:49:37 GMT",
    "Sundays, 06 Nov 1994 08:49:37 GMT",
    "Xyz, 06 Nov 1994 08:49:37 GMT",
    "Sun, 06 nov 1994 08:49:37 GMT",
    "Sun, 06 NOV 1994 08:49:37 GMT",
    "Sun, 06 November 1994 08:49:37 GMT",
    "Sun, 06 11 1994 08:49:37 GMT",
    "Sun, 06 Xxx 1994 08:49:37 GMT",
    "Sun, 06 Nov 94 08:49:37 GMT",
    "Sun, 06 Nov 19940 08:49:37 GMT",
    "Sun, 06 Nov -994 08:49:37 GMT",
    "Sun, 06 Nov 1994 8:49:37 GMT",
    "Sun, 06 Nov 1994 08.49.37 GMT",
    "Sun, 06 Nov 1994 08:49 GMT",
    "Sun, 06 Nov 1994 08:49:3x GMT",
    "Sun, 06 Nov 1994 08:49:-7 GMT",
    "Sun, 06 Nov 1994 24:00:00 GMT",
    "Sun, 06 Nov 1994 08:60:00 GMT",
    "Sun, 06 Nov 1994 08:49:61 GMT",
    "Sun, 06 Nov 1994 08:49:99 GMT",
    "Sun, 00 Nov 1994 08:49:37 GMT",
    "Sun, 31 Nov 1994 08:49:37 GMT",
    "Sun, 32 Dec 1994 08:49:37 GMT",
    "Sun, 99 Dec 1994 08:49:37 GMT",
    "Wed, 29 Feb 1995 08:49:37 GMT",
    "Thu, 29 Feb 1900 08:49:37 GMT",
    "Wed, 30 Feb 2000 08:49:37 GMT",
    "Sun, 31 Apr 1994 08:49:60 GMT", /* a leap second excuses nothing else */
    "Sun, 06 Nov 1994 08:99:60 GMT",
    "Sun, 06 Nov 1994 99:59:60 GMT",
    "Sun, 00 Nov 1994 23:59:60 GMT",
    "Fri, 31 Dec 9999 23:59:60 GMT", /* would be in the year 10000 */
    "Fri Dec 31 23:59:60 9999",
    "Sunday, 06-Nov-1994 08:49:37 GMT",
    "Sunday, 06-Nov-4 08:49:37 GMT",
    "Sunday, 06-Nov 94 08:49:37 GMT",
    "Sunday, 06 Nov-94 08:49:37 GMT",
    "Sunday, 06/Nov/94 08:49:37 GMT",
    "Sunday, 31-Nov-94 08:49:37 GMT",
    "Sunday, 29-Feb-95 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37",
    "Sun Nov 6 08:49:37 1994",
    "Sun Nov   6 08:49:37 1994",
    "Sun Nov  0 08:49:37 1994",
    "Sun Nov  6 08:49:37 94",
    "Sun Nov  6 08:49:37 1994 GMT",
    "Sun Nov  6 08:49:37 GMT 1994",
    "Sun Nov  6 08:49:37 1994\n",
    "Sun  Nov 6 08:49:37 1994",
    "1994-11-06T08:49:37Z",
    "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
};

Test(date_parse, refuses_what_is_malformed_or_no_real_date) {
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        time_t seconds = untouched;
        cr_expect_not(parse(view_of(malformed[i]), noon_in_2025, &seconds), "'%s'", malformed[i]);
        cr_expect(seconds == untouched, "'%s' left %lld", malformed[i], (long long)seconds);
    }
}

Test(date_parse, refuses_each_form_cut_short_or_with_a_byte_changed_to_NUL) {
    static const char *const forms[] = {"Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT",
                                        "Sun Nov  6 08:49:37 1994"};
    for (size_t form = 0; form < 3; form++) {
        for (size_t at = 0; at < strlen(forms[form]); at++) {
            char broken[64];
            time_t seconds = untouched;
            memcpy(broken, forms[form], strlen(forms[form]) + 1);
            cr_expect_not(parse((struct view){broken, at}, noon_in_2025, &seconds), "'%.*s'", (int)at,
                          broken);
            broken[at] = '\0';
            cr_expect_not(parse((struct view){broken, strlen(forms[form])}, noon_in_2025, &seconds), "%zu",
                          at);
        }
    }
}
