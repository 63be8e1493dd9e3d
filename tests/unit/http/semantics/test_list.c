/* SPDX-License-Identifier: MIT */
#include "http/semantics/field_syntax.h"

#include <criterion/criterion.h>
#include <stdio.h>

/* The elements, each in angle brackets. */
static void take_all(const char *text, char separator, enum list_quoting quoting, char out[128]) {
    struct view rest = {text, strlen(text)};
    struct view element;
    size_t length = 0;
    out[0] = '\0';
    while (list_take(&rest, separator, quoting, &element)) {
        length += (size_t)snprintf(out + length, 128 - length, "<%.*s>", (int)element.length, element.bytes);
        cr_assert_lt(length, 128);
    }
    cr_expect_null(rest.bytes, "%s", text);
}

Test(list, is_taken_apart_at_separators_that_are_not_quoted) {
    static const struct {
        const char *text;
        char separator;
        enum list_quoting quoting;
        const char *elements;
    } rows[] = {
        {"a", ',', LIST_PLAIN, "<a>"},
        {"a,b", ',', LIST_PLAIN, "<a><b>"},
        {" a\t,\t b ", ',', LIST_PLAIN, "<a><b>"},
        {"", ',', LIST_PLAIN, "<>"},
        {",", ',', LIST_PLAIN, "<><>"},
        {"a,,b,", ',', LIST_PLAIN, "<a><><b><>"},
        {"a b;c", ';', LIST_PLAIN, "<a b><c>"},
        {"a;b,c", ',', LIST_PLAIN, "<a;b><c>"},
        {"\"a,b\",c", ',', LIST_PLAIN, "<\"a><b\"><c>"},
        {"\"a,b\",c", ',', LIST_ENTITY_TAGS, "<\"a,b\"><c>"},
        {"W/\"a,b\", \"c\"", ',', LIST_ENTITY_TAGS, "<W/\"a,b\"><\"c\">"},
        {"\"a\\\", \"b\"", ',', LIST_ENTITY_TAGS, "<\"a\\\"><\"b\">"},
        {"\"a\\\", \"b\"", ',', LIST_QUOTED_STRINGS, "<\"a\\\", \"b\">"},
        {"x=\"a\\\\\",b", ',', LIST_QUOTED_STRINGS, "<x=\"a\\\\\"><b>"},
        {"a\\,b", ',', LIST_QUOTED_STRINGS, "<a\\><b>"},
        {"a,\"b,c", ',', LIST_ENTITY_TAGS, "<a><\"b,c>"},
        {"\"a\\", ',', LIST_QUOTED_STRINGS, "<\"a\\>"},
        {"x=\"a;b\";c", ';', LIST_QUOTED_STRINGS, "<x=\"a;b\"><c>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char elements[128];
        take_all(rows[i].text, rows[i].separator, rows[i].quoting, elements);
        cr_expect_str_eq(elements, rows[i].elements, "%s: %s instead of %s", rows[i].text, elements,
                         rows[i].elements);
    }
}

Test(list, that_was_not_sent_has_no_element) {
    struct view rest = {0};
    struct view element = {"untouched", 9};
    cr_expect_not(list_take(&rest, ',', LIST_PLAIN, &element));
    cr_expect_eq(element.length, 9);
}

Test(list, is_not_read_beyond_its_end) {
    static const char text[] = "\"a,b";
    struct view rest = {text, 2};
    struct view element;
    cr_expect(list_take(&rest, ',', LIST_ENTITY_TAGS, &element));
    cr_expect_eq(element.length, 2);
    cr_expect_not(list_take(&rest, ',', LIST_ENTITY_TAGS, &element));
}
