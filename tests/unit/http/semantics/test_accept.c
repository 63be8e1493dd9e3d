/* SPDX-License-Identifier: MIT */
#include "http/semantics/field_syntax.h"
#include "http/semantics/negotiation.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

TestSuite(accept, .timeout = 10);

/* A copy of exactly the view's bytes, so that AddressSanitizer sees a look behind its end. */
static struct view copy_exactly(const char *text, char **memory) {
    size_t length = strlen(text);
    *memory = malloc(length > 0 ? length : 1);
    cr_assert_not_null(*memory);
    memcpy(*memory, text, length);
    return (struct view){.bytes = *memory, .length = length};
}

Test(accept, sees_whether_html_is_asked_for) {
    static const struct {
        const char *name;
        const char *field;
        bool html;
    } rows[] = {
        {"Chromium at a page",
         "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", true},
        {"Firefox at a page", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true},
        {"a script", "*/*", false},
        {"a style", "text/css,*/*;q=0.1", false},
        {"a picture", "image/avif,image/webp,image/png,image/svg+xml,*/*;q=0.8", false},
        {"fetch() for data", "application/json, text/plain, */*", false},
        {"empty", "", false},
        {"only XHTML", "application/xhtml+xml", true},
        {"letter case", "Text/HTML", true},
        {"XHTML in capitals", "APPLICATION/XHTML+XML;Q=0.1", true},
        {"a range of types", "text/*", false},
        {"last of all", "image/png, text/html", true},
        {"a longer subtype", "text/html5", false},
        {"a shorter one", "text/htm", false},
        {"another type", "application/html, x-text/html", false},
        {"refused", "text/html;q=0", false},
        {"refused in full", "text/html;q=0.000, */*", false},
        {"refused in capitals", "text/html;Q=0", false},
        {"refused with blanks", "text/html ; q=0 , */*", false},
        {"the least there is", "text/html;q=0.001", true},
        {"refused, but XHTML taken", "text/html;q=0, application/xhtml+xml;q=0.5", true},
        {"refused, but not as such", "text/html;level=1;q=0, text/html;q=0.4", true},
        {"12.4.2: a malformed weight", "text/html;q=1.0000", false},
        {"12.4.2: another", "text/html;q=yes", false},
        {"12.4.2: none behind the sign", "text/html;q=", false},
        {"a parameter", "text/html;level=1", true},
        {"a parameter and a weight", "text/html;level=2;q=0.4", true},
        {"a parameter and a refusal", "text/html;level=2;q=0", false},
        {"a refusal and a parameter", "text/html;q=0;level=2", false},
        {"5.6.6: blanks around a parameter", "text/html \t; charset=utf-8 ;\tq=0.5", true},
        {"5.6.6: an empty parameter", "text/html;;q=0", false},
        {"another name that ends in q", "text/html;xq=0", true},
        {"another name that begins with q", "text/html;qs=0", true},
        {"5.6.4: a comma in a quoted string", "image/png;x=\",text/html,\"", false},
        {"5.6.4: a semicolon in one", "text/html;x=\";q=0\"", true},
        {"5.6.4: an escaped quote in one", "image/png;x=\"\\\",text/html,\\\"\"", false},
        {"5.6.4: an escaped backslash at its end", "image/png;x=\"\\\\\",text/html", true},
        {"a string without an end hides the rest", "image/png;x=\",text/html", false},
        {"a backslash outside of a string escapes nothing", "image/png\\,text/html", true},
        {"5.6.1.2: empty elements", ",,text/html", true},
        {"tabs", "image/png,\ttext/html\t", true},
        {"blanks within", "text / html", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *memory = NULL;
        struct view field = copy_exactly(rows[i].field, &memory);
        cr_expect_eq(accept_names_html(field), rows[i].html, "%s: '%s'", rows[i].name, rows[i].field);
        free(memory);
    }
    cr_expect_not(accept_names_html((struct view){NULL, 0}), "no field");
}

Test(accept, finds_the_weight_of_a_media_type) {
    static const struct {
        const char *name;
        const char *field;
        int weight;
    } rows[] = {
        {"no weight is a full one (RFC 9110 section 12.4.2)", "application/json", 1000},
        {"a weight", "application/json;q=0.25", 250},
        {"refused", "application/json;q=0", 0},
        {"not named", "text/html, */*", WEIGHT_NOT_NAMED},
        {"a range is no name", "application/*", WEIGHT_NOT_NAMED},
        {"the highest of several", "application/json;q=0.1, application/json;q=0.7, application/json;q=0.3",
         700},
        {"malformed", "application/json;q=2", 0},
        {"a longer name", "application/json5", WEIGHT_NOT_NAMED},
        {"empty", "", WEIGHT_NOT_NAMED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *memory = NULL;
        struct view field = copy_exactly(rows[i].field, &memory);
        cr_expect_eq(accept_weight(field, "application/json"), rows[i].weight, "%s", rows[i].name);
        free(memory);
    }
    cr_expect_eq(accept_weight((struct view){NULL, 0}, "application/json"), WEIGHT_NOT_NAMED);
}

Test(accept, prefers_what_has_more_weight_than_html) {
    static const struct {
        const char *name;
        const char *field;
        bool json;
    } rows[] = {
        {"only JSON", "application/json", true},
        {"fetch() for data", "application/json, text/plain, */*", true},
        {"a browser", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false},
        {"both, at equal weights: a page", "application/json, text/html", false},
        {"both, JSON first", "text/html;q=0.5, application/json;q=0.9", true},
        {"both, XHTML first", "application/xhtml+xml, application/json;q=0.9", false},
        {"HTML refused", "text/html;q=0, application/json;q=0.001", true},
        {"refused", "application/json;q=0", false},
        {"anything", "*/*", false},
        {"nothing", "", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *memory = NULL;
        struct view field = copy_exactly(rows[i].field, &memory);
        cr_expect_eq(accept_prefers(field, "application/json"), rows[i].json, "%s", rows[i].name);
        free(memory);
    }
}
