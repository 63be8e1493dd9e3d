/* SPDX-License-Identifier: MIT */
#include "http/rules/header_fields.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(header_fields, .timeout = 20);

#define COUNT(array) (sizeof(array) / sizeof *(array))

enum { ROW_SECTIONS = 3, ROW_LINES = 6, SHOWN_BYTES = 512 };

/* A section as the tests write it. */
struct given {
    const char *pattern;
    const char *add[ROW_LINES];
    const char *remove[ROW_LINES];
    bool on_errors;
};

static const struct pattern_subject page = {.path = {"/a/x.html", 9}, .media_type = {"text/html", 9}};

/* The lines in memory of their own, for a struct header_rule, which does not promise to leave them alone.
 * Returns how many there are before the first NULL. */
static size_t copy_lines(const char *const *from, char *to[ROW_LINES]) {
    size_t count = 0;
    for (; count < ROW_LINES && from[count] != NULL; count++) {
        to[count] = strdup(from[count]);
        cr_assert_not_null(to[count]);
    }
    return count;
}

/* Make rules of the sections before the first one without a pattern. All that is given to them is gone
 * afterwards. */
static struct header_fields *create(const struct given *given) {
    char *add[ROW_SECTIONS][ROW_LINES] = {{NULL}};
    char *remove[ROW_SECTIONS][ROW_LINES] = {{NULL}};
    char *patterns[ROW_SECTIONS] = {NULL};
    struct header_rule rules[ROW_SECTIONS];
    size_t count = 0;
    for (; count < ROW_SECTIONS && given[count].pattern != NULL; count++) {
        patterns[count] = strdup(given[count].pattern);
        rules[count] = (struct header_rule){
            .pattern = patterns[count],
            .add = add[count],
            .add_count = copy_lines(given[count].add, add[count]),
            .remove = remove[count],
            .remove_count = copy_lines(given[count].remove, remove[count]),
            .on_errors = given[count].on_errors,
        };
    }
    struct header_fields *made = header_fields_create(rules, count);
    for (size_t i = 0; i < count; i++) {
        free(patterns[i]);
        for (size_t k = 0; k < ROW_LINES; k++) {
            free(add[i][k]);
            free(remove[i][k]);
        }
    }
    return made;
}

/* What was selected as one text: "Name: value|-Removed|". */
static void show(const struct own_fields *own, char shown[SHOWN_BYTES]) {
    size_t length = 0;
    shown[0] = '\0';
    for (size_t i = 0; i < own->count && length < SHOWN_BYTES; i++) {
        const struct own_field *field = own->fields[i];
        bool removal = field->value == NULL;
        length += (size_t)snprintf(shown + length, SHOWN_BYTES - length, "%s%s%s%s|", removal ? "-" : "",
                                   field->name, removal ? "" : ": ", removal ? "" : field->value);
    }
    cr_assert_lt(length, SHOWN_BYTES);
}

static void expect_selection(const struct given *given, const struct pattern_subject *subject, bool is_error,
                             const char *expected, const char *row) {
    struct header_fields *rules = create(given);
    cr_assert_not_null(rules);
    struct own_fields own = {.count = 5}; /* what was there before does not matter */
    char shown[SHOWN_BYTES];
    header_fields_select(rules, subject, is_error, &own, NULL);
    show(&own, shown);
    cr_expect_str_eq(shown, expected, "%s: '%s'", row, shown);
    header_fields_destroy(rules);
}

Test(header_fields, apply_in_order_and_the_last_section_wins_by_name) {
    static const struct {
        const char *name;
        struct given given[ROW_SECTIONS];
        const char *selected;
    } rows[] = {
        {"no section", {{.pattern = NULL}}, ""},
        {"nothing in it", {{"*", {NULL}, {NULL}, false}}, ""},
        {"one field", {{"*", {"X-A: 1"}, {NULL}, false}}, "X-A: 1|"},
        {"by path", {{"/a/*", {"X-A: 1"}, {NULL}, false}, {"/b/*", {"X-B: 1"}, {NULL}, false}}, "X-A: 1|"},
        {"by type",
         {{"image/*", {"X-A: 1"}, {NULL}, false}, {"text/*", {"X-B: 1"}, {NULL}, false}},
         "X-B: 1|"},
        {"all that match",
         {{"/a/*", {"X-A: 1"}, {NULL}, false},
          {"text/*", {"X-B: 2"}, {NULL}, false},
          {"*", {"X-C: 3"}, {NULL}, false}},
         "X-A: 1|X-B: 2|X-C: 3|"},
        {"a later section wins",
         {{"*", {"X-A: 1", "X-B: 1"}, {NULL}, false}, {"*", {"X-A: 2"}, {NULL}, false}},
         "X-B: 1|X-A: 2|"},
        {"RFC 9110 section 5.1: in any letter case",
         {{"*", {"X-Ab: 1"}, {NULL}, false}, {"*", {"x-aB: 2"}, {NULL}, false}},
         "x-aB: 2|"},
        {"the last of three",
         {{"*", {"X-A: 1"}, {NULL}, false},
          {"*", {"X-A: 2"}, {NULL}, false},
          {"*", {"X-A: 3"}, {NULL}, false}},
         "X-A: 3|"},
        {"one by one",
         {{"*", {"X-A: 1", "X-B: 1"}, {NULL}, false},
          {"*", {"X-A: 2"}, {NULL}, false},
          {"*", {"X-B: 3"}, {NULL}, false}},
         "X-A: 2|X-B: 3|"},
        {"a later section that does not match",
         {{"*", {"X-A: 1"}, {NULL}, false}, {"/b/*", {"X-A: 2"}, {NULL}, false}},
         "X-A: 1|"},
        {"a name that only begins alike",
         {{"*", {"X-A: 1"}, {NULL}, false}, {"*", {"X-AB: 2"}, {NULL}, false}},
         "X-A: 1|X-AB: 2|"},
        {"RFC 6265 section 3: several of a name in one section",
         {{"*", {"Set-Cookie: a=1", "set-cookie: b=2"}, {NULL}, false}},
         "Set-Cookie: a=1|set-cookie: b=2|"},
        {"several that take the place of several",
         {{"*", {"Set-Cookie: a", "X-A: 1", "Set-Cookie: b"}, {NULL}, false},
          {"*", {"Set-Cookie: c", "Set-Cookie: d"}, {NULL}, false}},
         "X-A: 1|Set-Cookie: c|Set-Cookie: d|"},
        {"a removal", {{"*", {NULL}, {"Server"}, false}}, "-Server|"},
        {"a removal of what was added before",
         {{"*", {"X-A: 1", "X-B: 1"}, {NULL}, false}, {"*", {NULL}, {"x-a"}, false}},
         "X-B: 1|-x-a|"},
        {"an addition of what was removed before",
         {{"*", {NULL}, {"X-A"}, false}, {"*", {"X-A: 1"}, {NULL}, false}},
         "X-A: 1|"},
        {"within a section, removals come first",
         {{"*", {"Vary: Cookie"}, {"Vary", "X-B"}, false}},
         "-Vary|-X-B|Vary: Cookie|"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect_selection(rows[i].given, &page, false, rows[i].selected, rows[i].name);
        expect_selection(rows[i].given, &page, true, "", rows[i].name);
    }
}

Test(header_fields, hold_for_errors_only_where_that_is_meant) {
    static const struct given given[ROW_SECTIONS] = {
        {"*", {"X-A: 1", "X-B: 1"}, {NULL}, true},
        {"*", {"X-A: 2"}, {NULL}, false},
        {"/a/*", {"X-C: 3"}, {NULL}, true},
    };
    expect_selection(given, &page, false, "X-B: 1|X-A: 2|X-C: 3|", "a page");
    expect_selection(given, &page, true, "X-A: 1|X-B: 1|X-C: 3|", "an error");
    struct pattern_subject elsewhere = {.path = view_of("/b"), .media_type = {NULL, 0}};
    expect_selection(given, &elsewhere, true, "X-A: 1|X-B: 1|", "an error elsewhere");
}

Test(header_fields, take_lines_as_a_head_can_hold_them) {
    static const struct {
        const char *name;
        struct given given[ROW_SECTIONS];
        const char *selected;
    } rows[] = {
        {"RFC 9110 section 5.5: blanks around a value",
         {{"*", {"X-A: \t 1 2 \t "}, {NULL}, false}},
         "X-A: 1 2|"},
        {"no blank", {{"*", {"X-A:1"}, {NULL}, false}}, "X-A: 1|"},
        {"colons in the value", {{"*", {"X-A: a:b: c"}, {NULL}, false}}, "X-A: a:b: c|"},
        {"an empty value", {{"*", {"X-A:"}, {NULL}, false}}, "X-A: |"},
        {"a value of blanks", {{"*", {"X-A:  "}, {NULL}, false}}, "X-A: |"},
        {"no colon", {{"*", {"X-A", "X-B: 1"}, {NULL}, false}}, "X-B: 1|"},
        {"nothing", {{"*", {"", "X-B: 1"}, {"", "X-C"}, false}}, "-X-C|X-B: 1|"},
        {"no name", {{"*", {": 1", "X-B: 1"}, {NULL}, false}}, "X-B: 1|"},
        {"RFC 9112 section 5.1: a blank before the colon",
         {{"*", {"X-A : 1", "X-B: 1"}, {NULL}, false}},
         "X-B: 1|"},
        {"a blank before the name", {{"*", {" X-A: 1", "X-B: 1"}, {NULL}, false}}, "X-B: 1|"},
        {"a name that is no token", {{"*", {"X(A): 1", "X-B: 1"}, {"X A", "X-C:"}, false}}, "X-B: 1|"},
        {"a line end in the value",
         {{"*", {"X-A: 1\r\nX-Z: 2", "X-A: 1\n", "X-A: 1\r2", "X-B: 1"}, {NULL}, false}},
         "X-B: 1|"},
        {"a removal with a value", {{"*", {NULL}, {"X-A: 1", "X-B"}, false}}, "-X-B|"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect_selection(rows[i].given, &page, false, rows[i].selected, rows[i].name);
    }
}

/* Rules of one section with `count` fields "F0: v", "F1: v" and so on. */
static struct header_fields *create_many(const char *pattern, size_t count, size_t sections) {
    char lines[OWN_FIELDS_MAX * 2][32];
    char *add[OWN_FIELDS_MAX * 2];
    cr_assert_leq(count, COUNT(lines));
    cr_assert_leq(sections, 2);
    for (size_t i = 0; i < count; i++) {
        (void)snprintf(lines[i], sizeof lines[i], "F%zu: v", i);
        add[i] = lines[i];
    }
    struct header_rule rule = {.pattern = pattern, .add = add, .add_count = count};
    const struct header_rule rules[] = {rule, rule};
    struct header_fields *made = header_fields_create(rules, sections);
    cr_assert_not_null(made);
    return made;
}

Test(header_fields, leave_out_what_is_too_much) {
    static const size_t counts[] = {OWN_FIELDS_MAX - 1, OWN_FIELDS_MAX, OWN_FIELDS_MAX + 1,
                                    OWN_FIELDS_MAX * 2};
    for (size_t i = 0; i < COUNT(counts); i++) {
        for (size_t sections = 1; sections <= 2; sections++) { /* the second takes the place of the first */
            struct header_fields *rules = create_many("*", counts[i], sections);
            struct own_fields own;
            header_fields_select(rules, &page, false, &own, NULL);
            size_t expected = counts[i] < OWN_FIELDS_MAX ? counts[i] : OWN_FIELDS_MAX;
            cr_assert(own.count == expected, "%zu fields: %zu", counts[i], own.count);
            for (size_t k = 0; k < own.count; k++) {
                char name[24];
                (void)snprintf(name, sizeof name, "F%zu", k);
                cr_expect_str_eq(own.fields[k]->name, name);
            }
            header_fields_destroy(rules);
        }
    }
}

/* The fields of *own replace Lido's by this name, after a selection of these sections. */
static bool replaces(const struct given *given, const char *name) {
    struct header_fields *rules = create(given);
    cr_assert_not_null(rules);
    struct own_fields own;
    header_fields_select(rules, &page, false, &own, NULL);
    bool result = own_fields_replace(&own, name);
    header_fields_destroy(rules);
    return result;
}

Test(header_fields, take_the_place_of_lidos_own_fields) {
    static const struct {
        const char *name;
        struct given given[ROW_SECTIONS];
        const char *field;
        bool replaced;
    } rows[] = {
        {"nothing said", {{.pattern = NULL}}, "Server", false},
        {"an addition", {{"*", {"X-A: 1", "Server: mine"}, {NULL}, false}}, "Server", true},
        {"a removal", {{"*", {NULL}, {"X-A", "Server"}, false}}, "Server", true},
        {"an addition, in another letter case", {{"*", {"sERVER: mine"}, {NULL}, false}}, "Server", true},
        {"another name", {{"*", {"Server: mine"}, {NULL}, false}}, "Date", false},
        {"a longer name", {{"*", {"Server-Timing: a"}, {NULL}, false}}, "Server", false},
        {"a shorter name", {{"*", {"Serve: a"}, {NULL}, false}}, "Server", false},
        {"a section that does not match", {{"/b/*", {"Server: mine"}, {NULL}, false}}, "Server", false},
        {"RFC 9110 section 12.5.5: Vary adds up", {{"*", {"Vary: Cookie"}, {NULL}, false}}, "Vary", false},
        {"the same in another letter case", {{"*", {"vary: Cookie"}, {NULL}, false}}, "VARY", false},
        {"Vary removed", {{"*", {NULL}, {"Vary"}, false}}, "Vary", true},
        {"Vary removed and added", {{"*", {"Vary: Cookie"}, {"vary"}, false}}, "Vary", true},
        {"Vary removed, then added by another section",
         {{"*", {NULL}, {"Vary"}, false}, {"*", {"Vary: Cookie"}, {NULL}, false}},
         "Vary",
         false},
        {"Vary added, then removed by another section",
         {{"*", {"Vary: Cookie"}, {NULL}, false}, {"*", {NULL}, {"Vary"}, false}},
         "Vary",
         true},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        cr_expect(replaces(rows[i].given, rows[i].field) == rows[i].replaced, "%s", rows[i].name);
    }
}

Test(header_fields, replace_nothing_when_all_is_zero) {
    struct own_fields own = {.count = 0};
    cr_expect_not(own_fields_replace(&own, "Server"));
    cr_expect_not(own_fields_replace(&own, "Vary"));
    cr_expect_not(own_fields_replace(&own, ""));
}

static const struct given two_sections[ROW_SECTIONS] = {
    {"/a/*", {"X-A: 1", "X-B: 2"}, {"Server"}, false},
    {"text/*", {"X-B: 3", "bad line"}, {NULL}, true},
};

Test(header_fields, are_not_made_when_memory_runs_out) {
    char line[] = "X-A: 1";
    char other_line[] = "X-B: 1";
    char name[] = "Server";
    char *add[] = {line, other_line};
    char *remove[] = {name};
    const struct header_rule rules[] = {
        {.pattern = "/a/*", .add = add, .add_count = 2, .remove = remove, .remove_count = 1},
        {.pattern = "*", .add = add, .add_count = 2},
    };
    size_t failures = 0;
    for (;; failures++) {
        memory_fail_after(failures);
        struct header_fields *made = header_fields_create(rules, COUNT(rules));
        if (!memory_stop_failing()) {
            cr_expect_not_null(made);
            header_fields_destroy(made);
            break;
        }
        cr_expect(made == NULL, "allocation %zu", failures);
        cr_expect(memory_live_count() == 0, "allocation %zu: %td left", failures, memory_live_count());
    }
    cr_expect_gt(failures, 8);
    cr_expect_eq(memory_live_count(), 0);
    header_fields_destroy(NULL);
}

Test(header_fields, take_no_memory_to_select) {
    struct header_fields *rules = create(two_sections);
    struct own_fields own;
    char shown[SHOWN_BYTES];
    memory_fail_after(0);
    header_fields_select(rules, &page, false, &own, NULL);
    cr_expect(own_fields_replace(&own, "Server"));
    cr_expect_not(memory_stop_failing());
    show(&own, shown);
    cr_expect_str_eq(shown, "-Server|X-A: 1|X-B: 3|");
    header_fields_destroy(rules);
    cr_expect_eq(memory_live_count(), 0);
}
