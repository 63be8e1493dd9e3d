/* SPDX-License-Identifier: MIT */
#include "http/rules/pattern.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(pattern, .timeout = 20);

enum { ROW_CAPTURES = 3 };

Test(pattern, says_what_each_star_stood_for) {
    static const struct {
        const char *name;
        const char *pattern;
        const char *text;
        size_t count;
        const char *parts[ROW_CAPTURES];
    } rows[] = {
        {"no star", "/a/b", "/a/b", 0, {NULL}},
        {"both empty", "", "", 0, {NULL}},
        {"all", "*", "/a/b", 1, {"/a/b"}},
        {"all of nothing", "*", "", 1, {""}},
        {"at the end", "/old/*", "/old/a/b", 1, {"a/b"}},
        {"at the end, nothing", "/old/*", "/old/", 1, {""}},
        {"at the beginning", "*.js", "/a/x.js", 1, {"/a/x"}},
        {"in the middle", "/a/*/z", "/a/b/c/z", 1, {"b/c"}},
        {"in the middle, nothing", "/a*z", "/az", 1, {""}},
        {"the last takes as much as it can", "*/*", "a/b/c", 2, {"a", "b/c"}},
        {"the others as little", "/*-*-*", "/a-b-c-d", 3, {"a", "b", "c-d"}},
        {"what is behind the last star stands at the end", "/*a*a", "/xaya-a", 2, {"x", "ya-"}},
        {"a piece that nearly comes earlier", "/*ab*", "/aab", 2, {"a", ""}},
        {"pieces that follow each other", "*ab*ab*", "abab", 3, {"", "", ""}},
        {"two stars in a row", "/a/**", "/a/b", 2, {"", "b"}},
        {"nothing but stars", "***", "ab", 3, {"", "", "ab"}},
        {"a star in the text", "/a*c", "/a*c", 1, {"*"}},
        {"any byte", "/*/x", "/\r\n\t \"%?#\xFF\x80/x", 1, {"\r\n\t \"%?#\xFF\x80"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pattern_captures captures = {.count = 77};
        cr_assert(pattern_matches(rows[i].pattern, view_of(rows[i].text), &captures), "%s", rows[i].name);
        cr_expect(pattern_matches(rows[i].pattern, view_of(rows[i].text), NULL), "%s", rows[i].name);
        cr_assert(captures.count == rows[i].count, "%s: %zu", rows[i].name, captures.count);
        for (size_t k = 0; k < captures.count; k++) {
            cr_expect(view_equals(captures.parts[k], rows[i].parts[k]), "%s: %zu: '%.*s'", rows[i].name,
                      k + 1, (int)captures.parts[k].length, captures.parts[k].bytes);
        }
    }
}

Test(pattern, refuses_what_is_not_there) {
    static const struct {
        const char *name;
        const char *pattern;
        const char *text;
    } rows[] = {
        {"another text", "/a/b", "/a/c"},
        {"more than the pattern", "/a", "/a/b"},
        {"less than the pattern", "/a/b", "/a"},
        {"nothing", "/", ""},
        {"another letter case", "/A", "/a"},
        {"another letter case, before a star", "/A*", "/ab"},
        {"another letter case, behind a star", "/*A", "/ba"},
        {"another letter case, between stars", "/*A*", "/bab"},
        {"the folder itself", "/old/*", "/old"},
        {"another beginning", "/old/*", "/new/old/x"},
        {"another end", "*.js", "/x.js/y"},
        {"beginning and end that share a byte", "/a*a", "/a"},
        {"beginning and end that share two", "/ab*/ab", "/ab"},
        {"a piece that is not there", "/*b*", "/aac"},
        {"pieces in another order", "*a*b*", "/ba"},
        {"pieces that share a byte", "*aba*aba*", "ababa"},
        {"a piece that is there only once", "*ab*ab*", "/xab"},
        {"a piece and an end that share a byte", "*ab*bc", "abc"},
        {"a piece and a beginning that share a byte", "/ab*bc*", "/abc"},
        {"a question mark stands for itself", "/?", "/a"},
        {"so does a bracket", "/[ab]", "/a"},
        {"so does a backslash", "/\\*", "/*"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pattern_captures captures;
        cr_expect_not(pattern_matches(rows[i].pattern, view_of(rows[i].text), &captures), "%s", rows[i].name);
        cr_expect_not(pattern_matches(rows[i].pattern, view_of(rows[i].text), NULL), "%s", rows[i].name);
    }
}

Test(pattern, remembers_the_first_nine_stars) {
    struct pattern_captures captures;
    cr_assert(pattern_matches("*1*2*3*4*5*6*7*8*9*10*", view_of("a1b2c3d4e5f6g7h8i9j10k"), &captures));
    cr_assert_eq(captures.count, PATTERN_CAPTURES_MAX);
    for (size_t i = 0; i < captures.count; i++) {
        const char expected[] = {(char)('a' + i), '\0'};
        cr_expect(view_equals(captures.parts[i], expected), "%zu", i + 1);
    }
}

/* The text is in memory of just its size: a look behind its end is seen by AddressSanitizer. */
static bool matches_copy(const char *pattern, const char *bytes, size_t length) {
    char *copy = malloc(length > 0 ? length : 1);
    cr_assert_not_null(copy);
    memcpy(copy, bytes, length);
    bool matched = pattern_matches(pattern, (struct view){copy, length}, NULL);
    free(copy);
    return matched;
}

Test(pattern, takes_the_view_and_nothing_behind_it) {
    static const char *const patterns[] = {"/abc", "/abc*", "*abc", "*b*c", "/a*bc", "*abc*"};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        cr_expect(matches_copy(patterns[i], "/abcd", 4), "%s", patterns[i]);
        for (size_t length = 0; length < 4; length++) {
            cr_expect_not(matches_copy(patterns[i], "/abcd", length), "%s, %zu bytes", patterns[i], length);
        }
    }
}

Test(pattern, takes_no_text_for_an_empty_one) {
    struct view none = {NULL, 0};
    struct pattern_captures captures;
    cr_expect(pattern_matches("*", none, &captures));
    cr_expect_eq(captures.count, 1);
    cr_expect(view_equals(captures.parts[0], ""));
    cr_expect(pattern_matches("**", none, NULL));
    cr_expect(pattern_matches("", none, NULL));
    cr_expect_not(pattern_matches("/", none, NULL));
    cr_expect_not(pattern_matches("*a*", none, NULL));
}

/* By definition: every way to cut the text is tried. For short texts only. */
static bool matches_by_definition(const char *pattern, const char *text) {
    if (*pattern == '\0') {
        return *text == '\0';
    }
    if (*pattern != '*') {
        return *text == *pattern && matches_by_definition(pattern + 1, text + 1);
    }
    for (;; text++) {
        if (matches_by_definition(pattern + 1, text)) {
            return true;
        }
        if (*text == '\0') {
            return false;
        }
    }
}

enum { SHORT = 6 };

/* The text of this number in base strlen(letters) + 1, where 0 ends it. */
static void spell(unsigned number, const char *letters, char text[SHORT + 1]) {
    size_t length = 0;
    unsigned base = (unsigned)strlen(letters) + 1;
    for (; number % base != 0 && length < SHORT; number /= base) {
        text[length++] = letters[number % base - 1];
    }
    text[length] = '\0';
}

/* Stars and captures put together again give the text. */
static bool is_put_together(const char *pattern, const struct pattern_captures *captures, const char *text) {
    size_t star = 0;
    for (; *pattern != '\0'; pattern++) {
        struct view part = {pattern, 1};
        if (*pattern == '*') {
            part = captures->parts[star++];
        }
        if (strncmp(text, part.bytes, part.length) != 0) {
            return false;
        }
        text += part.length;
    }
    return *text == '\0' && star == captures->count;
}

Test(pattern, agrees_with_the_definition_for_all_short_texts) {
    size_t matched = 0;
    for (unsigned p = 0; p < 4096; p++) { /* 4 ^ SHORT */
        char pattern[SHORT + 1];
        spell(p, "ab*", pattern);
        for (unsigned t = 0; t < 729; t++) { /* 3 ^ SHORT */
            char text[SHORT + 1];
            spell(t, "ab", text);
            struct pattern_captures captures;
            bool expected = matches_by_definition(pattern, text);
            cr_assert(pattern_matches(pattern, view_of(text), &captures) == expected, "'%s' '%s'", pattern,
                      text);
            cr_assert(!expected || is_put_together(pattern, &captures, text), "'%s' '%s'", pattern, text);
            matched += expected ? 1 : 0;
        }
    }
    cr_expect_gt(matched, 10000);
}

/* Trying each star's length anew would take longer than the universe has existed; the suite's time limit sees
 * it. */
Test(pattern, does_not_try_everything) {
    enum { LENGTH = 4096, TIMES = 2000 };
    char text[LENGTH + 1];
    memset(text, 'a', LENGTH);
    text[LENGTH] = '\0';
    static const char *const patterns[] = {"*a*a*a*a*a*b", "*a*a*a*a*a*b*", "*aa*aa*aa*aa*ab*",
                                           "*aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab*"};
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++) {
        for (int k = 0; k < TIMES; k++) {
            cr_assert_not(pattern_matches(patterns[i], view_of(text), NULL), "%s", patterns[i]);
        }
    }
    cr_expect(pattern_matches("*a*a*a*a*a*a", view_of(text), NULL));
}

Test(pattern, is_for_media_types_unless_it_begins_like_a_path) {
    cr_expect(pattern_is_media_type("image/*"));
    cr_expect(pattern_is_media_type("text/html"));
    cr_expect(pattern_is_media_type("")); /* it matches no type either */
    cr_expect_not(pattern_is_media_type("/image/*"));
    cr_expect_not(pattern_is_media_type("/"));
    cr_expect_not(pattern_is_media_type("*"));
    cr_expect_not(pattern_is_media_type("*.js"));
}

Test(pattern, applies_to_path_or_media_type) {
    static const struct {
        const char *name;
        const char *pattern;
        const char *path;
        const char *media_type;
        bool applies;
    } rows[] = {
        {"the path", "/a/*", "/a/b", "text/html", true},
        {"another path", "/a/*", "/b/a", "text/html", false},
        {"the path, in another letter case", "/A/*", "/a/b", "text/html", false},
        {"the path, of an unknown type", "*", "/a", NULL, true},
        {"any path", "*", "/", "text/html", true},
        {"the type", "text/html", "/a", "text/html", true},
        {"RFC 9110 section 8.3.1: the type, in another letter case", "Text/HTML", "/a", "tEXT/htmL", true},
        {"the same behind a star", "*mage/*", "image/png", "image/png", true},
        {"a kind of types", "image/*", "/a", "image/png", true},
        {"a kind of types, in another letter case", "image/*", "/a", "Image/PNG", true},
        {"an end, in another letter case", "application/*+json", "/a", "application/LD+JSON", true},
        {"a piece, in another letter case", "a*/*ld+*on", "/a", "application/X-LD+JSON", true},
        {"a piece that is not there", "a*/*ld+*on", "/a", "application/xlb+json", false},
        {"a piece at the end, in another letter case", "a*/*JSON*", "/a", "application/json", true},
        {"a piece that shares a byte with the end", "application/*json*n", "/a", "application/json", false},
        {"a piece longer than the type", "a*application/json*", "/a", "a/json", false},
        {"another type", "image/*", "/a", "text/html", false},
        {"more than the type", "text/html", "/a", "text/html5", false},
        {"a path that looks like the type", "image/*", "image/png", "text/html", false},
        {"a type that looks like the path", "/a", "/b", "/a", false},
        {"an unknown type", "image/*", "/a", NULL, false},
        {"nothing is no type", "", "/a", NULL, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct pattern_subject subject = {.path = view_of(rows[i].path)};
        if (rows[i].media_type != NULL) {
            subject.media_type = view_of(rows[i].media_type);
        }
        cr_expect(pattern_applies(rows[i].pattern, &subject) == rows[i].applies, "%s", rows[i].name);
    }
}
