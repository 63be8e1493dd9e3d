/* SPDX-License-Identifier: MIT */
#include "http/date.h"
#include "http/precondition.h"

#include <criterion/criterion.h>

TestSuite(precondition, .timeout = 10);

static const time_t modified = 784111777;    /* Sun, 06 Nov 1994 08:49:37 GMT */
static const time_t now = 784111777 + 86400; /* a day later */

/* RFC 9110 section 13.1.3, but for the rows that name another. */
Test(precondition, compares_the_modification_with_if_modified_since) {
    static const struct {
        const char *name;
        const char *since;
        bool unmodified;
    } rows[] = {
        {"the very same second", "Sun, 06 Nov 1994 08:49:37 GMT", true},
        {"the same, RFC 850 form", "Sunday, 06-Nov-94 08:49:37 GMT", true},
        {"the same, asctime form", "Sun Nov  6 08:49:37 1994", true},
        {"a second later", "Sun, 06 Nov 1994 08:49:38 GMT", true},
        {"a second earlier", "Sun, 06 Nov 1994 08:49:36 GMT", false},
        {"long ago", "Thu, 01 Jan 1970 00:00:00 GMT", false},
        {"now", "Mon, 07 Nov 1994 08:49:37 GMT", true},
        {"RFC 1945 section 10.9: a date ahead of now is invalid", "Mon, 07 Nov 1994 08:49:38 GMT", false},
        {"far ahead", "Fri, 31 Dec 9999 23:59:59 GMT", false},
        {"empty", "", false},
        {"no date", "yesterday", false},
        {"a number of seconds", "784111777", false},
        {"seconds that are zero, ignored all the same", "0", false},
        {"more than one member", "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT", false},
        {"an old parameter of Netscape", "Sun, 06 Nov 1994 08:49:37 GMT; length=1024", false},
        {"another time zone", "Sun, 06 Nov 1994 08:49:37 EST", false},
        {"an entity tag", "\"784111777\"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect(precondition_is_unmodified(view_of(rows[i].since), modified, now) == rows[i].unmodified,
                  "%s: '%s'", rows[i].name, rows[i].since);
}

Test(precondition, holds_when_no_field_was_sent) {
    cr_expect_not(precondition_is_unmodified((struct view){NULL, 0}, modified, now));
    cr_expect_not(precondition_is_unmodified((struct view){NULL, 0}, 0, now));
}

Test(precondition, takes_the_view_and_nothing_behind_it) {
    static const char field[] = "Sun, 06 Nov 1994 08:49:37 GMT\r\nHost: x";
    cr_expect(precondition_is_unmodified((struct view){field, DATE_HTTP_LENGTH}, modified, now));
    cr_expect_not(precondition_is_unmodified((struct view){field, DATE_HTTP_LENGTH - 1}, modified, now));
    cr_expect_not(precondition_is_unmodified((struct view){field, DATE_HTTP_LENGTH + 1}, modified, now));
}

/* Every answer sends the date that makes the next request conditional: that date has to be recognised. */
Test(precondition, recognises_each_date_that_was_sent_before) {
    for (time_t sent = 0; sent < now; sent += 999983) {
        char date[DATE_HTTP_BYTES];
        date_format_http(sent, date);
        cr_assert(precondition_is_unmodified(view_of(date), sent, now), "'%s'", date);
        cr_assert_not(precondition_is_unmodified(view_of(date), sent + 1, now), "'%s'", date);
    }
}

Test(precondition, never_holds_a_file_from_the_future_for_unmodified) {
    char date[DATE_HTTP_BYTES];
    date_format_http(now, date);
    cr_expect_not(precondition_is_unmodified(view_of(date), now + 1, now));
    date_format_http(now + 5, date);
    cr_expect_not(precondition_is_unmodified(view_of(date), now + 5, now));
}

Test(precondition, knows_files_from_before_the_epoch) {
    cr_expect(precondition_is_unmodified(view_of("Wed, 31 Dec 1969 23:59:59 GMT"), -1, now));
    cr_expect_not(precondition_is_unmodified(view_of("Wed, 31 Dec 1969 23:59:58 GMT"), -1, now));
}
