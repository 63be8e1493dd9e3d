/* SPDX-License-Identifier: MIT */
#include "http/semantics/validators.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdlib.h>

TestSuite(validators, .timeout = 10);
TestSuite(entity_tag, .timeout = 10);

enum { MS = 1000000 };

static const struct timespec long_after = {1800000000, 0};

static void make(struct validators *validators, off_t size, struct timespec modified, struct timespec now,
                 const char *coding) {
    struct validators_basis basis = {.size = size, .modified = modified, .coding = coding};
    validators_make(validators, &basis, now);
}

static void expect_none(const char *name, const struct validators *validators) {
    cr_expect_str_eq(validators->entity_tag, "", "%s", name);
    cr_expect_not(validators->is_dated, "%s", name);
    cr_expect_eq(validators->modified, 0, "%s", name);
}

Test(validators, makes_a_tag_of_size_and_nanoseconds_in_hex) {
    static const struct {
        off_t size;
        struct timespec modified;
        const char *coding;
        const char *tag;
    } rows[] = {
        {500, {1774934989, 123456789}, "", "\"1f4-18a1d5f7f61d8f15\""},
        {500, {1774934989, 123456789}, "gz", "\"1f4-18a1d5f7f61d8f15-gz\""},
        {500, {1774934989, 123456789}, "br", "\"1f4-18a1d5f7f61d8f15-br\""},
        {0, {1774934989, 123456789}, "", "\"0-18a1d5f7f61d8f15\""},
        {1, {2, 0}, "", "\"1-77359400\""},
        {15, {2, 1}, "", "\"f-77359401\""},
        {16, {2, 999999999}, "", "\"10-b2d05dff\""},
        {0xabcdef, {3, 0}, "", "\"abcdef-b2d05e00\""},
        {0x123456789, {1000000000, 0}, "", "\"123456789-de0b6b3a7640000\""},
        {INT64_MAX, {1799999999, 999999999}, "", "\"7fffffffffffffff-18fae27693b3ffff\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct validators validators;
        memset(&validators, 'x', sizeof validators);
        make(&validators, rows[i].size, rows[i].modified, (struct timespec){1800000010, 0}, rows[i].coding);
        cr_expect_str_eq(validators.entity_tag, rows[i].tag, "%s instead of %s", validators.entity_tag,
                         rows[i].tag);
        cr_expect(validators.is_dated, "%s", rows[i].tag);
        cr_expect_eq(validators.modified, rows[i].modified.tv_sec, "%s", rows[i].tag);
    }
}

Test(validators, have_room_for_the_longest_coding) {
    static const char coding[] = "abcdefghijklmnopqrstuvwxyz012345";
    struct validators validators;
    struct timespec modified = {1800000000, 1};
    make(&validators, INT64_MAX, modified, modified, coding);
    cr_expect_str_eq(validators.entity_tag,
                     "W/\"7fffffffffffffff-18fae27693b40001-abcdefghijklmnopqrstuvwxyz012345-y\"");
}

/* Issue: reproducible builds and unpacked images have such times; RFC 9110 section 8.8.2.1 for those to come.
 * */
Test(validators, make_nothing_of_a_time_without_meaning) {
    static const struct {
        const char *name;
        struct timespec modified;
        bool means_something;
    } rows[] = {
        {"the epoch", {0, 0}, false},
        {"just behind the epoch", {0, 1}, false},
        {"a second behind", {1, 0}, false},
        {"nearly two seconds behind", {1, 999999999}, false},
        {"two seconds behind", {2, 0}, true},
        {"the year 1969", {-1, 0}, false},
        {"the year 1969, with a fraction", {-1, 500000000}, false},
        {"the farthest past", {INT64_MIN, 0}, false},
        {"long ago", {3, 0}, true},
        {"the second before", {1799999999, 500000000}, true},
        {"now", {1800000000, 0}, true},
        {"20 ms ahead", {1800000000, 20 * MS}, true},
        {"more than 20 ms ahead", {1800000000, 20 * MS + 1}, false},
        {"a second ahead", {1800000001, 0}, false},
        {"the farthest future", {INT64_MAX, 999999999}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct validators validators;
        memset(&validators, 'x', sizeof validators);
        make(&validators, 500, rows[i].modified, long_after, "gz");
        if (!rows[i].means_something) {
            expect_none(rows[i].name, &validators);
            continue;
        }
        cr_expect_neq(validators.entity_tag[0], '\0', "%s", rows[i].name);
        cr_expect(validators.is_dated, "%s", rows[i].name);
    }
}

/* A machine without a clock begins in 1970: all files are ahead of it. */
Test(validators, make_nothing_while_the_clock_is_not_set) {
    static const struct timespec modified = {1774934989, 123456789};
    static const time_t nows[] = {-1, 0, 100};
    for (size_t i = 0; i < sizeof nows / sizeof nows[0]; i++) {
        struct validators validators;
        make(&validators, 500, modified, (struct timespec){nows[i], 0}, "");
        expect_none("not set", &validators);
    }
}

/* RFC 9110 section 8.8.1: a validator is weak while the representation may change without it. */
Test(validators, are_weak_and_marked_while_the_file_is_young) {
    static const struct {
        const char *name;
        struct timespec modified;
        struct timespec now;
        bool young;
    } rows[] = {
        {"no age", {1000, 5 * MS}, {1000, 5 * MS}, true},
        {"nearly 20 ms", {1000, 5 * MS}, {1000, 25 * MS - 1}, true},
        {"20 ms", {1000, 5 * MS}, {1000, 25 * MS}, false},
        {"nearly 20 ms, over the second", {1000, 990 * MS}, {1001, 10 * MS - 1}, true},
        {"20 ms, over the second", {1000, 990 * MS}, {1001, 10 * MS}, false},
        {"a second and less", {1000, 990 * MS}, {1002, 0}, false},
        {"a whole second", {1000, 5 * MS}, {1001, 5 * MS}, false},
        {"ahead, in the second", {1000, 10 * MS}, {1000, 0}, true},
        {"20 ms ahead, at the second", {1001, 0}, {1000, 980 * MS}, true},
        {"ahead, over the second", {1001, 1}, {1000, 999 * MS}, true},
        {"without a fraction: no age", {1000, 0}, {1000, 0}, true},
        {"without a fraction: 20 ms", {1000, 0}, {1000, 20 * MS}, true},
        {"without a fraction: nearly two seconds", {1000, 0}, {1001, 999999999}, true},
        {"without a fraction: two seconds", {1000, 0}, {1002, 0}, false},
        {"without a fraction, ahead", {1000, 0}, {999, 990 * MS}, true},
        {"with the least fraction: a second", {1000, 1}, {1001, 1}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct validators validators;
        struct validators later;
        make(&validators, 500, rows[i].modified, rows[i].now, "");
        make(&later, 500, rows[i].modified, long_after, "");
        const char *tag = validators.entity_tag;
        size_t length = strlen(later.entity_tag);
        cr_assert_gt(length, 2, "%s", rows[i].name);
        if (!rows[i].young) {
            cr_expect_str_eq(tag, later.entity_tag, "%s", rows[i].name);
            continue;
        }
        cr_expect_eq(strlen(tag), length + 4, "%s: %s", rows[i].name, tag);
        cr_expect_arr_eq(tag, "W/", 2, "%s: %s", rows[i].name, tag);
        cr_expect_arr_eq(tag + 2, later.entity_tag, length - 1, "%s: %s", rows[i].name, tag);
        cr_expect_str_eq(tag + 1 + length, "-y\"", "%s: %s", rows[i].name, tag);
    }
}

/* What was cached under the weak tag may be older than what gets the strong one: they must never match. */
Test(validators, of_a_young_file_do_not_match_those_that_follow) {
    struct validators young;
    struct validators old;
    struct timespec modified = {1774934989, 123456789};
    make(&young, 500, modified, modified, "gz");
    make(&old, 500, modified, long_after, "gz");
    cr_expect_str_eq(young.entity_tag, "W/\"1f4-18a1d5f7f61d8f15-gz-y\"");
    cr_expect_not(entity_tag_is_listed(view_of(young.entity_tag), old.entity_tag, true));
    cr_expect_not(entity_tag_is_listed(view_of(old.entity_tag), young.entity_tag, true));
}

/* RFC 9110 section 8.8.2.1. */
Test(validators, never_date_a_file_later_than_now) {
    struct validators validators;
    make(&validators, 500, (struct timespec){1001, 5 * MS}, (struct timespec){1000, 995 * MS}, "");
    cr_expect(validators.is_dated);
    cr_expect_eq(validators.modified, 1000);
}

Test(validators, differ_where_size_or_time_or_coding_differ) {
    static const struct {
        off_t size;
        struct timespec modified;
        const char *coding;
    } rows[] = {
        {500, {1000, 1}, ""},   {501, {1000, 1}, ""},   {500, {1000, 2}, ""},    {500, {1001, 1}, ""},
        {500, {1000, 1}, "gz"}, {500, {1000, 1}, "br"}, {500, {1000, 1}, "zst"},
    };
    struct validators made[sizeof rows / sizeof rows[0]];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(&made[i], rows[i].size, rows[i].modified, long_after, rows[i].coding);
        for (size_t j = 0; j < i; j++) {
            cr_expect_str_neq(made[i].entity_tag, made[j].entity_tag);
        }
    }
}

/* What the sections of RFC 9110 say of lists of entity tags; ours is "a1" in these. */
Test(entity_tag, is_found_in_a_list) {
    static const struct {
        const char *name;
        const char *list;
        bool weak;   /* whether it is there by weak comparison */
        bool strong; /* by strong comparison */
    } rows[] = {
        {"8.8.3.2: the same", "\"a1\"", true, true},
        {"8.8.3.2: the same, weak", "W/\"a1\"", true, false},
        {"8.8.3.2: another", "\"a2\"", false, false},
        {"8.8.3.2: longer", "\"a11\"", false, false},
        {"8.8.3.2: shorter", "\"a\"", false, false},
        {"8.8.3.2: other case", "\"A1\"", false, false},
        {"8.8.3: the mark in lower case", "w/\"a1\"", false, false},
        {"8.8.3: the mark without its stroke", "W\"a1\"", false, false},
        {"8.8.3: the mark with another stroke", "W\\\"a1\"", false, false},
        {"8.8.3: the mark twice", "W/W/\"a1\"", false, false},
        {"8.8.3: space behind the mark", "W/ \"a1\"", false, false},
        {"8.8.3: the mark within", "\"W/a1\"", false, false},
        {"8.8.3: the mark alone", "W/", false, false},
        {"8.8.3: no quotes", "a1", false, false},
        {"8.8.3: one quote in front", "\"a1", false, false},
        {"8.8.3: one quote behind", "a1\"", false, false},
        {"8.8.3: single quotes", "'a1'", false, false},
        {"8.8.3: space within", "\" a1\"", false, false},
        {"8.8.3: a tag of nothing", "\"\"", false, false},
        {"8.8.3: a backslash escapes nothing", "\"\\\", \"a1\"", true, true},
        {"8.8.3: obs-text in another", "\"\xe4\xff\x80\", \"a1\"", true, true},
        {"5.6.1: first of two", "\"a1\", \"b\"", true, true},
        {"5.6.1: last of two", "\"b\", \"a1\"", true, true},
        {"5.6.1: in the middle", "\"b\",\"a1\",\"c\"", true, true},
        {"5.6.1: behind a weak one", "W/\"b\", \"a1\"", true, true},
        {"5.6.1: weak behind a strong one", "\"b\", W/\"a1\"", true, false},
        {"5.6.1: weak, then strong", "W/\"a1\", \"a1\"", true, true},
        {"5.6.1: spaces and tabs around", "\"b\" \t, \t \"a1\"\t , \"c\"", true, true},
        {"5.6.1: spaces at the ends", " \t\"a1\" \t", true, true},
        {"5.6.1.2: empty elements", ", ,,\"a1\",,", true, true},
        {"5.6.1.2: an empty list", "", false, false},
        {"5.6.1.2: only commas", ", ,,", false, false},
        {"5.6.1.2: only space", "  ", false, false},
        {"8.8.3: commas within tags", "\"x,y\", \"a1\"", true, true},
        {"8.8.3: a tag that has ours between commas", "\"x,\"a1\",y\"", false, false},
        {"8.8.3: a tag with comma and ours", "\"x, a1\"", false, false},
        {"no comma between tags", "\"b\" \"a1\"", false, false},
        {"no comma between tags, ours first", "\"a1\" \"b\"", false, false},
        {"tags side by side", "\"a1\"\"b\"", false, false},
        {"something behind the tag", "\"a1\"x", false, false},
        {"something before the tag", "x\"a1\"", false, false},
        {"semicolons", "\"b\";\"a1\"", false, false},
        {"garbage in front", "nonsense, \"a1\"", true, true},
        {"garbage behind", "\"a1\", nonsense", true, true},
        {"a tag with spaces in front", "\"b c, d\", \"a1\"", true, true},
        {"an asterisk in front", "*, \"a1\"", true, true},
        {"only an asterisk", "*", false, false},
        {"an unclosed quote in front", "\"b, \"a1\"", false, false},
        {"an unclosed quote behind", "\"a1\", \"b", true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct view list = view_of(rows[i].list);
        cr_expect_eq(entity_tag_is_listed(list, "\"a1\"", true), rows[i].weak, "weak: %s", rows[i].name);
        cr_expect_eq(entity_tag_is_listed(list, "\"a1\"", false), rows[i].strong, "strong: %s", rows[i].name);
    }
}

/* RFC 9110 section 8.8.3.2, its own table. */
Test(entity_tag, is_compared_as_in_the_table_of_the_rfc) {
    static const struct {
        const char *one;
        const char *other;
        bool strong;
        bool weak;
    } rows[] = {
        {"W/\"1\"", "W/\"1\"", false, true},
        {"W/\"1\"", "W/\"2\"", false, false},
        {"W/\"1\"", "\"1\"", false, true},
        {"\"1\"", "\"1\"", true, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *one = rows[i].one;
        const char *other = rows[i].other;
        cr_expect_eq(entity_tag_is_listed(view_of(one), other, false), rows[i].strong, "%s %s", one, other);
        cr_expect_eq(entity_tag_is_listed(view_of(other), one, false), rows[i].strong, "%s %s", other, one);
        cr_expect_eq(entity_tag_is_listed(view_of(one), other, true), rows[i].weak, "%s %s", one, other);
        cr_expect_eq(entity_tag_is_listed(view_of(other), one, true), rows[i].weak, "%s %s", other, one);
    }
}

Test(entity_tag, may_have_commas_and_any_byte_above_ascii) {
    static const char *const tags[] = {"\"a,b\"", "\",\"", "\"\xe4,\xff\x80\"", "\"a\\\"", "\"\"", "\"W/x\""};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        char list[64] = "\"b\" ,";
        strcat(strcat(list, tags[i]), ",\"c\"");
        cr_expect(entity_tag_is_listed(view_of(list), tags[i], false), "%s", list);
        cr_expect(entity_tag_is_listed(view_of(list), tags[i], true), "%s", list);
    }
    cr_expect_not(entity_tag_is_listed(view_of("\"\xe4\""), "\"\xe5\"", true));
}

Test(entity_tag, that_is_not_there_is_never_listed) {
    static const char *const lists[] = {"", ",", " , ", "\"\"", "*", "W/"};
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        cr_expect_not(entity_tag_is_listed(view_of(lists[i]), "", true), "'%s'", lists[i]);
        cr_expect_not(entity_tag_is_listed(view_of(lists[i]), "", false), "'%s'", lists[i]);
    }
}

Test(entity_tag, is_looked_for_in_the_view_and_nothing_behind_it) {
    static const char field[] = " W/\"b\" , \"a1\" \t, ";
    for (size_t length = 0; length < sizeof field; length++) {
        char *copy = malloc(length + 1); /* so that a sanitizer sees a step too far */
        cr_assert_not_null(copy);
        memcpy(copy + 1, field, length);
        struct view list = {copy + 1, length};
        cr_expect_eq(entity_tag_is_listed(list, "\"a1\"", true), length >= 13, "%zu bytes", length);
        cr_expect_eq(entity_tag_is_listed(list, "\"b\"", true), length >= 6, "%zu bytes", length);
        free(copy);
    }
    cr_expect_not(entity_tag_is_listed((struct view){NULL, 0}, "\"a1\"", true));
}

Test(entity_tag, is_found_by_how_it_begins) {
    static const struct {
        const char *name;
        const char *list;
        const char *found;
    } rows[] = {
        {"alone", "\"a-gz-1\"", "\"a-gz-1\""},
        {"the first one", "\"b\", \"a-gz-1\", \"a-gz-2\"", "\"a-gz-1\""},
        {"no more than the beginning", "\"a-gz-\"", "\"a-gz-\""},
        {"shorter", "\"a-gz", NULL},
        {"without its end", "\"a-gz-1", NULL},
        {"weak", "W/\"a-gz-1\"", NULL},
        {"another", "\"b-gz-1\"", NULL},
        {"an asterisk", "*", NULL},
        {"nothing", "", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct view found = entity_tag_find(view_of(rows[i].list), view_of("\"a-gz-"));
        bool right = rows[i].found == NULL ? found.bytes == NULL : view_equals(found, rows[i].found);
        cr_expect(right, "%s: %.*s", rows[i].name, (int)found.length, found.bytes);
    }
    cr_expect_null(entity_tag_find((struct view){0}, view_of("\"a")).bytes);
}
