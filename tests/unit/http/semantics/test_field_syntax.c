/* SPDX-License-Identifier: MIT */
#include "http/semantics/field_syntax.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* The elements, each in angle brackets. */
static void take_all(const char *text, char separator, enum field_quoting quoting, char out[128]) {
    struct view rest = {text, strlen(text)};
    struct view element;
    size_t length = 0;
    out[0] = '\0';
    while (field_syntax_take(&rest, separator, quoting, &element)) {
        length += (size_t)snprintf(out + length, 128 - length, "<%.*s>", (int)element.length, element.bytes);
        cr_assert_lt(length, 128);
    }
    cr_expect_null(rest.bytes, "%s", text);
}

Test(field_syntax, takes_lists_apart_at_separators_that_are_not_quoted) {
    static const struct {
        const char *text;
        char separator;
        enum field_quoting quoting;
        const char *elements;
    } rows[] = {
        {"a", ',', FIELD_PLAIN, "<a>"},
        {"a,b", ',', FIELD_PLAIN, "<a><b>"},
        {" a\t,\t b ", ',', FIELD_PLAIN, "<a><b>"},
        {"", ',', FIELD_PLAIN, "<>"},
        {",", ',', FIELD_PLAIN, "<><>"},
        {"a,,b,", ',', FIELD_PLAIN, "<a><><b><>"},
        {"a b;c", ';', FIELD_PLAIN, "<a b><c>"},
        {"a;b,c", ',', FIELD_PLAIN, "<a;b><c>"},
        {"\"a,b\",c", ',', FIELD_PLAIN, "<\"a><b\"><c>"},
        {"\"a,b\",c", ',', FIELD_ENTITY_TAGS, "<\"a,b\"><c>"},
        {"W/\"a,b\", \"c\"", ',', FIELD_ENTITY_TAGS, "<W/\"a,b\"><\"c\">"},
        {"\"a\\\", \"b\"", ',', FIELD_ENTITY_TAGS, "<\"a\\\"><\"b\">"},
        {"\"a\\\", \"b\"", ',', FIELD_QUOTED_STRINGS, "<\"a\\\", \"b\">"},
        {"x=\"a\\\\\",b", ',', FIELD_QUOTED_STRINGS, "<x=\"a\\\\\"><b>"},
        {"a\\,b", ',', FIELD_QUOTED_STRINGS, "<a\\><b>"},
        {"a,\"b,c", ',', FIELD_ENTITY_TAGS, "<a><\"b,c>"},
        {"\"a\\", ',', FIELD_QUOTED_STRINGS, "<\"a\\>"},
        {"x=\"a;b\";c", ';', FIELD_QUOTED_STRINGS, "<x=\"a;b\"><c>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char elements[128];
        take_all(rows[i].text, rows[i].separator, rows[i].quoting, elements);
        cr_expect_str_eq(elements, rows[i].elements, "%s: %s instead of %s", rows[i].text, elements,
                         rows[i].elements);
    }
}

Test(field_syntax, finds_no_element_in_a_list_that_was_not_sent) {
    struct view rest = {0};
    struct view element = {"untouched", 9};
    cr_expect_not(field_syntax_take(&rest, ',', FIELD_PLAIN, &element));
    cr_expect_eq(element.length, 9);
}

Test(field_syntax, reads_no_list_beyond_its_end) {
    static const char text[] = "\"a,b";
    struct view rest = {text, 2};
    struct view element;
    cr_expect(field_syntax_take(&rest, ',', FIELD_ENTITY_TAGS, &element));
    cr_expect_eq(element.length, 2);
    cr_expect_not(field_syntax_take(&rest, ',', FIELD_ENTITY_TAGS, &element));
}

/* RFC 9110 section 5.6.2. */
Test(field_syntax, knows_the_characters_of_a_token) {
    static const char tchar[] =
        "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (int c = 0; c < 256; c++) {
        char text = (char)c;
        size_t expected = memchr(tchar, c, sizeof tchar - 1) != NULL ? 1 : 0;
        cr_expect_eq(field_syntax_token_length((struct view){&text, 1}), expected, "%#x", (unsigned)c);
    }
}
