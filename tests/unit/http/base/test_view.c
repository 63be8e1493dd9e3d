/* SPDX-License-Identifier: MIT */
#include "http/base/view.h"

#include <criterion/criterion.h>

TestSuite(view, .timeout = 10);

#define VIEW(literal) \
    { (literal), sizeof(literal) - 1 }

Test(view, compares_with_a_text) {
    static const struct {
        const char *name;
        struct view view;
        const char *text;
        bool equals;
        bool equals_nocase;
    } rows[] = {
        {"same", VIEW("close"), "close", true, true},
        {"other case", VIEW("Close"), "cLOSE", false, true},
        {"longer than the text", VIEW("closed"), "close", false, false},
        {"shorter than the text", VIEW("clos"), "close", false, false},
        {"same length, other bytes", VIEW("clone"), "close", false, false},
        {"empty and empty", VIEW(""), "", true, true},
        {"empty and something", VIEW(""), "a", false, false},
        {"something and empty", VIEW("a"), "", false, false},
        {"nothing and empty", {NULL, 0}, "", true, true},
        {"nothing and something", {NULL, 0}, "a", false, false},
        {"a NUL behind the text", VIEW("a\0"), "a", false, false},
        {"a NUL within", VIEW("a\0b"), "a", false, false},
        {"digits and punctuation", VIEW("1!~"), "1!~", true, true},
        {"the ends of the alphabet", VIEW("AZaz"), "azAZ", false, true},
        {"before the capitals", VIEW("@"), "`", false, false},
        {"behind the capitals", VIEW("["), "{", false, false},
        {"Latin-1 letters have no case here", VIEW("\xC4"), "\xE4", false, false},
        {"nor do those of UTF-8", VIEW("\xC3\x84"), "\xC3\xA4", false, false},
        {"the Kelvin sign is not a K", VIEW("\xE2\x84\xAA"), "k", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect(view_equals(rows[i].view, rows[i].text) == rows[i].equals, "%s", rows[i].name);
        cr_expect(view_equals_nocase(rows[i].view, rows[i].text) == rows[i].equals_nocase, "%s, no case",
                  rows[i].name);
    }
}

Test(view, tells_whether_it_starts_with_a_prefix) {
    static const struct {
        const char *name;
        struct view view;
        const char *prefix;
        bool starts;
    } rows[] = {
        {"same", VIEW("http://"), "http://", true},
        {"longer, other case", VIEW("HTTP://host"), "http://", true},
        {"prefix in other case", VIEW("http://host"), "HTTP://", true},
        {"shorter than the prefix", VIEW("http:/"), "http://", false},
        {"differs at the end", VIEW("http:/x"), "http://", false},
        {"differs at the start", VIEW("xttp://"), "http://", false},
        {"empty prefix", VIEW("a"), "", true},
        {"nothing and empty prefix", {NULL, 0}, "", true},
        {"nothing", {NULL, 0}, "a", false},
        {"a NUL within", VIEW("ht\0p://"), "http://", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect(view_starts_with_nocase(rows[i].view, rows[i].prefix) == rows[i].starts, "%s",
                  rows[i].name);
    }
}

/* A view needs no NUL behind it: what follows belongs to somebody else. */
Test(view, ends_where_its_length_says) {
    static const char line[] = "GET /path HTTP/1.0";
    struct view method = {line, 3};
    struct view path = {line + 4, 5};
    cr_expect(view_equals(method, "GET"));
    cr_expect(view_equals_nocase(method, "get"));
    cr_expect_not(view_equals(method, "GET "));
    cr_expect(view_equals(path, "/path"));
    cr_expect_not(view_starts_with_nocase(path, "/path HTTP"));
}

Test(view, is_made_of_a_text_without_its_NUL) {
    static const char text[] = "abc";
    struct view view = view_of(text);
    cr_expect_eq(view.bytes, text);
    cr_expect_eq(view.length, 3);
    cr_expect_eq(view_of("").length, 0);
}

Test(view, lowers_ascii_letters_and_nothing_else) {
    for (int i = 0; i < 256; i++) {
        unsigned char c = (unsigned char)i;
        unsigned char expected = c >= 'A' && c <= 'Z' ? (unsigned char)(c | 0x20) : c;
        cr_expect((unsigned char)ascii_lower((char)c) == expected, "%#x", c);
    }
}
