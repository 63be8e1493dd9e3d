/* SPDX-License-Identifier: MIT */
#include "http/semantics/date.h"
#include "http/semantics/precondition.h"

#include <criterion/criterion.h>

TestSuite(precondition, .timeout = 10);

#define EARLIER "Sun, 06 Nov 1994 08:49:36 GMT"
#define MODIFIED "Sun, 06 Nov 1994 08:49:37 GMT"
#define LATER "Sun, 06 Nov 1994 08:49:38 GMT"
#define NOW "Mon, 07 Nov 1994 08:49:37 GMT"
#define AHEAD "Mon, 07 Nov 1994 08:49:38 GMT"

static const time_t modified = 784111777;
static const time_t now = 784111777 + 86400;

static const struct validators strong = {.entity_tag = "\"a1\"", .is_dated = true, .modified = 784111777};
static const struct validators weak = {.entity_tag = "W/\"a1-y\"", .is_dated = true, .modified = 784111777};
static const struct validators hashed = {.entity_tag = "\"a1\""};
static const struct validators dated = {.is_dated = true, .modified = 784111777};
static const struct validators none;

static struct view field_of(const char *value) {
    return value != NULL ? view_of(value) : (struct view){NULL, 0};
}

/* Fields as sent, NULL when not, in the order of RFC 9110 section 13.2.2. */
struct row {
    const char *name;
    const struct validators *validators;
    const char *if_match;
    const char *if_unmodified_since;
    const char *if_none_match;
    const char *if_modified_since;
    enum precondition_outcome outcome;
};

#define PASSED PRECONDITION_PASSED
#define KNOWN PRECONDITION_NOT_MODIFIED
#define FAILED PRECONDITION_FAILED

static void expect_outcomes(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const struct row *row = &rows[i];
        struct preconditions sent = {
            .if_match = field_of(row->if_match),
            .if_none_match = field_of(row->if_none_match),
            .if_modified_since = field_of(row->if_modified_since),
            .if_unmodified_since = field_of(row->if_unmodified_since),
        };
        cr_expect_eq(precondition_evaluate(&sent, row->validators, now), row->outcome, "%s", row->name);
    }
}

#define EXPECT_OUTCOMES(rows) expect_outcomes(rows, sizeof(rows) / sizeof(rows)[0])

Test(precondition, passes_when_no_field_was_sent) {
    static const struct row rows[] = {
        {"tag and date", &strong, NULL, NULL, NULL, NULL, PASSED},
        {"weak tag", &weak, NULL, NULL, NULL, NULL, PASSED},
        {"neither", &none, NULL, NULL, NULL, NULL, PASSED},
    };
    EXPECT_OUTCOMES(rows);
}

Test(precondition, fails_unless_if_match_has_the_tag) {
    static const struct row rows[] = {
        {"13.1.1: the tag", &strong, "\"a1\"", NULL, NULL, NULL, PASSED},
        {"13.1.1: another", &strong, "\"a2\"", NULL, NULL, NULL, FAILED},
        {"13.1.1: in a list", &strong, "\"a2\", \"a1\"", NULL, NULL, NULL, PASSED},
        {"13.1.1: not in a list", &strong, "\"a2\", \"a3\"", NULL, NULL, NULL, FAILED},
        {"13.1.1: strong comparison, theirs is weak", &strong, "W/\"a1\"", NULL, NULL, NULL, FAILED},
        {"13.1.1: strong comparison, ours is weak", &weak, "\"a1-y\"", NULL, NULL, NULL, FAILED},
        {"13.1.1: strong comparison, both are weak", &weak, "W/\"a1-y\"", NULL, NULL, NULL, FAILED},
        {"13.1.1: any", &strong, "*", NULL, NULL, NULL, PASSED},
        {"13.1.1: any, ours is weak", &weak, "*", NULL, NULL, NULL, PASSED},
        {"13.1.1: any, there is no tag", &dated, "*", NULL, NULL, NULL, PASSED},
        {"13.1.1: there is no tag", &dated, "\"a1\"", NULL, NULL, NULL, FAILED},
        {"13.1.1: there is no tag, theirs is empty", &none, "\"\"", NULL, NULL, NULL, FAILED},
        {"5.6.1.2: an empty list", &strong, "", NULL, NULL, NULL, FAILED},
        {"5.6.1.2: an empty list, there is no tag", &none, "", NULL, NULL, NULL, FAILED},
        {"13.1.1: an asterisk in quotes is a tag", &strong, "\"*\"", NULL, NULL, NULL, FAILED},
        {"13.1.1: two asterisks are malformed", &strong, "**", NULL, NULL, NULL, FAILED},
        {"13.1.1: an asterisk is not for a list", &strong, "\"a2\", *", NULL, NULL, NULL, FAILED},
        {"garbage", &strong, "a1", NULL, NULL, NULL, FAILED},
    };
    EXPECT_OUTCOMES(rows);
}

Test(precondition, fails_if_modified_since_the_date_of_if_unmodified_since) {
    static const struct row rows[] = {
        {"13.1.4: the same", &strong, NULL, MODIFIED, NULL, NULL, PASSED},
        {"13.1.4: a second later", &strong, NULL, LATER, NULL, NULL, PASSED},
        {"13.1.4: a second earlier", &strong, NULL, EARLIER, NULL, NULL, FAILED},
        {"13.1.4: now", &strong, NULL, NOW, NULL, NULL, PASSED},
        {"13.1.4: ahead of now", &strong, NULL, AHEAD, NULL, NULL, PASSED},
        {"13.1.4: there is no date", &hashed, NULL, EARLIER, NULL, NULL, PASSED},
        {"13.1.4: there is nothing", &none, NULL, EARLIER, NULL, NULL, PASSED},
        {"13.1.4: a date is enough", &dated, NULL, EARLIER, NULL, NULL, FAILED},
        {"13.1.4: not a date", &strong, NULL, "yesterday", NULL, NULL, PASSED},
        {"13.1.4: empty", &strong, NULL, "", NULL, NULL, PASSED},
        {"13.1.4: a list of dates", &strong, NULL, EARLIER ", " EARLIER, NULL, NULL, PASSED},
        {"13.1.4: a tag", &strong, NULL, "\"a2\"", NULL, NULL, PASSED},
        {"13.1.4: an asterisk", &strong, NULL, "*", NULL, NULL, PASSED},
        {"5.6.7: RFC 850, earlier", &strong, NULL, "Sunday, 06-Nov-94 08:49:36 GMT", NULL, NULL, FAILED},
        {"5.6.7: RFC 850, the same", &strong, NULL, "Sunday, 06-Nov-94 08:49:37 GMT", NULL, NULL, PASSED},
        {"5.6.7: asctime(), earlier", &strong, NULL, "Sun Nov  6 08:49:36 1994", NULL, NULL, FAILED},
        {"5.6.7: asctime(), the same", &strong, NULL, "Sun Nov  6 08:49:37 1994", NULL, NULL, PASSED},
    };
    EXPECT_OUTCOMES(rows);
}

Test(precondition, is_not_modified_if_if_none_match_has_the_tag) {
    static const struct row rows[] = {
        {"13.1.2: the tag", &strong, NULL, NULL, "\"a1\"", NULL, KNOWN},
        {"13.1.2: another", &strong, NULL, NULL, "\"a2\"", NULL, PASSED},
        {"13.1.2: in a list", &strong, NULL, NULL, "\"a2\", \"a1\"", NULL, KNOWN},
        {"13.1.2: not in a list", &strong, NULL, NULL, "\"a2\", \"a3\"", NULL, PASSED},
        {"13.1.2: weak comparison, theirs is weak", &strong, NULL, NULL, "W/\"a1\"", NULL, KNOWN},
        {"13.1.2: weak comparison, ours is weak", &weak, NULL, NULL, "\"a1-y\"", NULL, KNOWN},
        {"13.1.2: weak comparison, both are weak", &weak, NULL, NULL, "W/\"a1-y\"", NULL, KNOWN},
        {"13.1.2: the strong one before it was changed", &weak, NULL, NULL, "\"a1\"", NULL, PASSED},
        {"13.1.2: any", &strong, NULL, NULL, "*", NULL, KNOWN},
        {"13.1.2: any, there is no tag", &none, NULL, NULL, "*", NULL, KNOWN},
        {"13.1.2: there is no tag", &dated, NULL, NULL, "\"a1\"", NULL, PASSED},
        {"13.1.2: there is no tag, theirs is empty", &none, NULL, NULL, "\"\"", NULL, PASSED},
        {"5.6.1.2: an empty list", &strong, NULL, NULL, "", NULL, PASSED},
        {"5.6.1.2: an empty list, there is no tag", &none, NULL, NULL, "", NULL, PASSED},
        {"13.1.2: an asterisk in quotes is a tag", &strong, NULL, NULL, "\"*\"", NULL, PASSED},
        {"13.1.2: an asterisk is not for a list", &strong, NULL, NULL, "\"a2\", *", NULL, PASSED},
        {"8.8.3: the mark in lower case", &strong, NULL, NULL, "w/\"a1\"", NULL, PASSED},
        {"garbage before the tag", &strong, NULL, NULL, "a2, \"a1\"", NULL, KNOWN},
    };
    EXPECT_OUTCOMES(rows);
}

Test(precondition, is_not_modified_if_the_date_of_if_modified_since_says_so) {
    static const struct row rows[] = {
        {"13.1.3: the same", &strong, NULL, NULL, NULL, MODIFIED, KNOWN},
        {"13.1.3: a second later", &strong, NULL, NULL, NULL, LATER, KNOWN},
        {"13.1.3: a second earlier", &strong, NULL, NULL, NULL, EARLIER, PASSED},
        {"13.1.3: long ago", &strong, NULL, NULL, NULL, "Thu, 01 Jan 1970 00:00:00 GMT", PASSED},
        {"13.1.3: now", &strong, NULL, NULL, NULL, NOW, KNOWN},
        {"RFC 1945 10.9: ahead of now", &strong, NULL, NULL, NULL, AHEAD, PASSED},
        {"RFC 1945 10.9: far ahead", &strong, NULL, NULL, NULL, "Fri, 31 Dec 9999 23:59:59 GMT", PASSED},
        {"13.1.3: there is no date", &hashed, NULL, NULL, NULL, MODIFIED, PASSED},
        {"13.1.3: there is nothing", &none, NULL, NULL, NULL, NOW, PASSED},
        {"13.1.3: a date is enough", &dated, NULL, NULL, NULL, MODIFIED, KNOWN},
        {"13.1.3: with a weak tag", &weak, NULL, NULL, NULL, MODIFIED, KNOWN},
        {"13.1.3: empty", &strong, NULL, NULL, NULL, "", PASSED},
        {"13.1.3: no date", &strong, NULL, NULL, NULL, "yesterday", PASSED},
        {"13.1.3: a number of seconds", &strong, NULL, NULL, NULL, "784111777", PASSED},
        {"13.1.3: zero", &strong, NULL, NULL, NULL, "0", PASSED},
        {"13.1.3: more than one", &strong, NULL, NULL, NULL, MODIFIED ", " MODIFIED, PASSED},
        {"13.1.3: a parameter of old", &strong, NULL, NULL, NULL, MODIFIED "; length=1024", PASSED},
        {"13.1.3: another time zone", &strong, NULL, NULL, NULL, "Sun, 06 Nov 1994 08:49:37 EST", PASSED},
        {"13.1.3: a tag", &strong, NULL, NULL, NULL, "\"a1\"", PASSED},
        {"13.1.3: an asterisk", &strong, NULL, NULL, NULL, "*", PASSED},
        {"5.6.7: RFC 850, the same", &strong, NULL, NULL, NULL, "Sunday, 06-Nov-94 08:49:37 GMT", KNOWN},
        {"5.6.7: RFC 850, earlier", &strong, NULL, NULL, NULL, "Sunday, 06-Nov-94 08:49:36 GMT", PASSED},
        {"5.6.7: asctime(), the same", &strong, NULL, NULL, NULL, "Sun Nov  6 08:49:37 1994", KNOWN},
        {"5.6.7: asctime(), earlier", &strong, NULL, NULL, NULL, "Sun Nov  6 08:49:36 1994", PASSED},
    };
    EXPECT_OUTCOMES(rows);
}

/* RFC 9110 section 13.2.2; the tag says one thing and the date another. */
Test(precondition, evaluates_the_fields_in_their_order) {
    static const struct row rows[] = {
        {"13.1.4: If-Match passes, the date would not", &strong, "\"a1\"", EARLIER, NULL, NULL, PASSED},
        {"13.1.4: If-Match fails, the date would pass", &strong, "\"a2\"", LATER, NULL, NULL, FAILED},
        {"13.1.4: If-Match is any, the date would not", &strong, "*", EARLIER, NULL, NULL, PASSED},
        {"13.1.4: If-Match is garbage, the date would pass", &strong, "a1", LATER, NULL, NULL, FAILED},
        {"13.1.4: If-Match is empty, the date would pass", &strong, "", LATER, NULL, NULL, FAILED},
        {"13.1.3: If-None-Match has it, the date does not", &strong, NULL, NULL, "\"a1\"", EARLIER, KNOWN},
        {"13.1.3: If-None-Match has not, the date does", &strong, NULL, NULL, "\"a2\"", MODIFIED, PASSED},
        {"13.1.3: If-None-Match has garbage", &strong, NULL, NULL, "a1", MODIFIED, PASSED},
        {"13.1.3: If-None-Match is empty", &strong, NULL, NULL, "", MODIFIED, PASSED},
        {"13.1.3: If-None-Match, there is no tag", &dated, NULL, NULL, "\"a1\"", MODIFIED, PASSED},
        {"13.2.2: step 1 before 3, failed", &strong, "\"a2\"", NULL, "\"a1\"", NULL, FAILED},
        {"13.2.2: step 1 goes on with 3, known", &strong, "\"a1\"", NULL, "\"a1\"", NULL, KNOWN},
        {"13.2.2: step 1 goes on with 3, not known", &strong, "\"a1\"", NULL, "\"a2\"", NULL, PASSED},
        {"13.2.2: step 1 goes on with 4", &strong, "\"a1\"", NULL, NULL, MODIFIED, KNOWN},
        {"13.2.2: step 2 before 3, failed", &strong, NULL, EARLIER, "\"a1\"", NULL, FAILED},
        {"13.2.2: step 2 goes on with 3", &strong, NULL, MODIFIED, "\"a1\"", NULL, KNOWN},
        {"13.2.2: step 2 before 4, failed", &strong, NULL, EARLIER, NULL, MODIFIED, FAILED},
        {"13.2.2: step 2 goes on with 4", &strong, NULL, MODIFIED, NULL, MODIFIED, KNOWN},
        {"13.2.2: step 2 ignored goes on with 4", &strong, NULL, "never", NULL, MODIFIED, KNOWN},
        {"13.2.2: all, known", &strong, "\"a1\"", EARLIER, "\"a1\"", EARLIER, KNOWN},
        {"13.2.2: all, not known", &strong, "\"a1\"", EARLIER, "\"a2\"", MODIFIED, PASSED},
        {"13.2.2: all, failed", &strong, "\"a2\"", MODIFIED, "\"a1\"", MODIFIED, FAILED},
    };
    EXPECT_OUTCOMES(rows);
}

Test(precondition, allows_a_range_if_if_range_names_this_very_state) {
    static const struct {
        const char *name;
        const struct validators *validators;
        const char *if_range;
        bool allowed;
    } rows[] = {
        {"13.2.2: not sent", &strong, NULL, true},
        {"13.2.2: not sent, there is no tag", &none, NULL, true},
        {"13.2.2: not sent, ours is weak", &weak, NULL, true},
        {"13.1.5: the tag", &strong, "\"a1\"", true},
        {"13.1.5: the tag, without a date", &hashed, "\"a1\"", true},
        {"13.1.5: another", &strong, "\"a2\"", false},
        {"8.8.3.2: theirs is weak", &strong, "W/\"a1\"", false},
        {"8.8.3.2: ours is weak", &weak, "\"a1-y\"", false},
        {"8.8.3.2: both are weak", &weak, "W/\"a1-y\"", false},
        {"13.1.5: there is no tag", &dated, "\"a1\"", false},
        {"13.1.5: two tags", &strong, "\"a1\", \"a2\"", false},
        {"13.1.5: the tag twice", &strong, "\"a1\", \"a1\"", false},
        {"13.1.5: an asterisk", &strong, "*", false},
        {"13.1.5: empty", &strong, "", false},
        {"13.1.5: empty, there is nothing", &none, "", false},
        {"13.1.5: no quotes", &strong, "a1", false},
        {"13.1.5: the date", &strong, MODIFIED, true},
        {"13.1.5: the date, without a tag", &dated, MODIFIED, true},
        {"13.1.5: the date, exactly, not later", &strong, LATER, false},
        {"13.1.5: the date, exactly, not earlier", &strong, EARLIER, false},
        {"13.1.5: now", &strong, NOW, false},
        {"13.1.5: there is no date", &hashed, MODIFIED, false},
        {"13.1.5: there is no date, theirs is the epoch", &none, "Thu, 01 Jan 1970 00:00:00 GMT", false},
        {"13.1.5: two dates", &strong, MODIFIED ", " MODIFIED, false},
        {"13.1.5: tag and date", &strong, "\"a1\", " MODIFIED, false},
        {"13.1.5: no date", &strong, "yesterday", false},
        {"5.6.7: RFC 850", &strong, "Sunday, 06-Nov-94 08:49:37 GMT", true},
        {"5.6.7: RFC 850, another", &strong, "Sunday, 06-Nov-94 08:49:38 GMT", false},
        {"5.6.7: asctime()", &strong, "Sun Nov  6 08:49:37 1994", true},
        {"5.6.7: asctime(), another", &strong, "Sun Nov  6 08:49:38 1994", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(precondition_allows_range(field_of(rows[i].if_range), rows[i].validators, now),
                     rows[i].allowed, "%s", rows[i].name);
    }
}

/* RFC 9110 section 8.8.2.2: while that second lasts, the file may change again under the same date. */
Test(precondition, allows_a_range_by_a_date_only_once_its_second_is_over) {
    cr_expect_not(precondition_allows_range(view_of(MODIFIED), &strong, modified - 1));
    cr_expect_not(precondition_allows_range(view_of(MODIFIED), &strong, modified));
    cr_expect(precondition_allows_range(view_of(MODIFIED), &strong, modified + 1));
    cr_expect(precondition_allows_range(view_of("\"a1\""), &strong, modified));
}

Test(precondition, takes_the_view_and_nothing_behind_it) {
    static const char field[] = MODIFIED "\r\nHost: x";
    for (size_t length = 0; length < sizeof field; length++) {
        struct preconditions sent = {.if_modified_since = {field, length}};
        bool whole = length == DATE_HTTP_LENGTH;
        cr_expect_eq(precondition_evaluate(&sent, &strong, now), whole ? KNOWN : PASSED, "%zu bytes", length);
        cr_expect_eq(precondition_allows_range((struct view){field, length}, &strong, now), whole,
                     "%zu bytes", length);
    }
}

/* Every answer sends what makes the next request conditional: that has to be recognised. */
Test(precondition, recognises_each_validator_that_was_sent_before) {
    for (time_t sent = 2; sent < now; sent += 999983) {
        char date[DATE_HTTP_BYTES];
        struct validators made;
        struct validators next;
        struct timespec time = {sent, 123456789};
        struct validators_basis basis = {.size = 1024, .modified = time, .coding = ""};
        validators_make(&made, &basis, (struct timespec){now, 0});
        basis.modified = (struct timespec){sent + 1, 0};
        validators_make(&next, &basis, (struct timespec){now + 3, 0});
        date_format_http(made.modified, date);
        struct preconditions by_date = {.if_modified_since = view_of(date)};
        struct preconditions by_tag = {.if_none_match = view_of(made.entity_tag)};
        cr_assert_eq(precondition_evaluate(&by_date, &made, now), KNOWN, "'%s'", date);
        cr_assert_eq(precondition_evaluate(&by_date, &next, now), PASSED, "'%s'", date);
        cr_assert_eq(precondition_evaluate(&by_tag, &made, now), KNOWN, "%s", made.entity_tag);
        cr_assert_eq(precondition_evaluate(&by_tag, &next, now), PASSED, "%s", made.entity_tag);
        cr_assert(precondition_allows_range(view_of(made.entity_tag), &made, now), "%s", made.entity_tag);
        cr_assert_not(precondition_allows_range(view_of(made.entity_tag), &next, now), "%s", made.entity_tag);
    }
}

Test(precondition, comes_from_the_field_that_decides) {
    struct view sent = view_of("x");
    struct preconditions all = {sent, sent, sent, sent};
    struct preconditions dates = {.if_modified_since = sent, .if_unmodified_since = sent};
    struct preconditions match = {.if_match = sent};
    struct preconditions nothing = {.if_match = {0}};
    cr_expect_str_eq(precondition_deciding_field(&all, FAILED), "If-Match");
    cr_expect_str_eq(precondition_deciding_field(&all, KNOWN), "If-None-Match");
    cr_expect_str_eq(precondition_deciding_field(&all, PASSED), "If-None-Match");
    cr_expect_str_eq(precondition_deciding_field(&dates, FAILED), "If-Unmodified-Since");
    cr_expect_str_eq(precondition_deciding_field(&dates, KNOWN), "If-Modified-Since");
    cr_expect_str_eq(precondition_deciding_field(&match, PASSED), "If-Match");
    cr_expect_null(precondition_deciding_field(&nothing, PASSED));
}
