/* SPDX-License-Identifier: MIT */
#include "http/semantics/field_syntax.h"
#include "http/semantics/negotiation.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(negotiation, .timeout = 10);

enum { NAMES_BYTES = 64 };

/* A copy of exactly the view's bytes, so that AddressSanitizer sees a look behind its end. */
static struct view copy_exactly(const char *text, char **memory) {
    size_t length = strlen(text);
    *memory = malloc(length > 0 ? length : 1);
    cr_assert_not_null(*memory);
    memcpy(*memory, text, length);
    return (struct view){.bytes = *memory, .length = length};
}

/* RFC 9110 section 12.5.1; a page is what an answer in HTML is for (a single-page application's fallback). */
Test(negotiation, sees_whether_html_is_asked_for) {
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
        cr_expect_eq(negotiation_names_html(field), rows[i].html, "%s: '%s'", rows[i].name, rows[i].field);
        free(memory);
    }
    cr_expect_not(negotiation_names_html((struct view){NULL, 0}), "no field");
}

Test(negotiation, finds_the_weight_of_a_media_type) {
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
        cr_expect_eq(negotiation_accept_weight(field, "application/json"), rows[i].weight, "%s",
                     rows[i].name);
        free(memory);
    }
    cr_expect_eq(negotiation_accept_weight((struct view){NULL, 0}, "application/json"), WEIGHT_NOT_NAMED);
}

Test(negotiation, prefers_what_has_more_weight_than_html) {
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
        cr_expect_eq(negotiation_prefers(field, "application/json"), rows[i].json, "%s", rows[i].name);
        free(memory);
    }
}

static void list_names(const struct coding_choice *choice, char names[NAMES_BYTES]) {
    size_t length = 0;
    names[0] = '\0';
    for (size_t i = 0; i < choice->count; i++) {
        length += (size_t)snprintf(names + length, NAMES_BYTES - length, "%s%s", i > 0 ? " " : "",
                                   content_coding_name(choice->codings[i]));
    }
}

struct row {
    const char *name;
    const char *field; /* NULL: not sent */
    const char *chosen;
};

static void check(const struct row rows[], size_t count, const enum content_coding *offered,
                  size_t offered_count) {
    for (size_t i = 0; i < count; i++) {
        struct coding_choice choice;
        char *memory = NULL;
        char names[NAMES_BYTES];
        struct view field = {NULL, 0};
        if (rows[i].field != NULL) {
            field = copy_exactly(rows[i].field, &memory);
        }
        negotiation_choose_coding(field, offered, offered_count, &choice);
        list_names(&choice, names);
        cr_expect(strcmp(names, rows[i].chosen) == 0, "%s: '%s' chose '%s' instead of '%s'", rows[i].name,
                  rows[i].field != NULL ? rows[i].field : "(none)", names, rows[i].chosen);
        free(memory);
    }
}

static const enum content_coding all[] = {CODING_BROTLI, CODING_ZSTD, CODING_GZIP};

#define CHECK_ALL(rows) check(rows, sizeof(rows) / sizeof *(rows), all, sizeof all / sizeof *all)

/* RFC 9110 section 12.5.3 where no other is named. */
Test(negotiation, chooses_what_the_client_names) {
    static const struct row rows[] = {
        {"no field: only what needs no decoding", NULL, "identity"},
        {"an empty field: the client wants no coding", "", "identity"},
        {"nothing but blanks", " \t ", "identity"},
        {"section 5.6.1.2: nothing but empty elements", ",, ,", "identity"},
        {"one", "gzip", "gzip identity"},
        {"another", "br", "br identity"},
        {"the third", "zstd", "zstd identity"},
        {"a browser: the server's order at equal weights", "gzip, deflate, br, zstd",
         "br zstd gzip identity"},
        {"section 8.4.1: letter case does not matter", "GZip, BR", "br gzip identity"},
        {"section 8.4.1.3: x-gzip is gzip", "x-gzip", "gzip identity"},
        {"x-gzip in capitals", "X-GZIP;q=0.5", "gzip identity"},
        {"unknown codings", "deflate, compress, x-compress, dcb, exi", "identity"},
        {"unknown ones beside known ones", "sdch, gzip, foo;q=0.9", "gzip identity"},
        {"not named, not taken", "zstd;q=0.1", "zstd identity"},
        {"section 5.6.1.2: empty elements between", ",gzip,, ,br,", "br gzip identity"},
        {"no blanks", "gzip,br", "br gzip identity"},
        {"section 5.6.3: tabs are blanks", "\tgzip\t,\tbr\t", "br gzip identity"},
        {"a longer name is another name", "gzip2, brotli, zst", "identity"},
        {"a shorter one, too", "gzi, b", "identity"},
        {"identity alone", "identity", "identity"},
        {"section 12.5.3: identity named with full weight, server's order", "identity, gzip",
         "gzip identity"},
        {"a name in quotes is no token", "\"gzip\", br", "br identity"},
        {"a comma in quotes parts nothing", "foo;x=\"a,gzip\", br", "br identity"},
        {"a quote that was escaped ends nothing", "foo;x=\"\\\",gzip\", br", "br identity"},
        {"a string without an end", "br, foo;x=\"a,gzip", "br identity"},
        {"an escape at the very end", "br, foo;x=\"a\\", "br identity"},
    };
    CHECK_ALL(rows);
}

/* RFC 9110 sections 12.4.2 and 12.5.3 */
Test(negotiation, ranks_by_weight) {
    static const struct row rows[] = {
        {"12.5.3: an example of the RFC", "gzip;q=1.0, identity;q=0.5, *;q=0", "gzip identity"},
        {"12.5.3: another", "compress;q=0.5, gzip;q=1.0", "gzip identity"},
        {"the client's order over the server's", "br;q=0.1, zstd;q=0.2, gzip;q=0.3", "gzip zstd br identity"},
        {"the first of these two", "br;q=0.5, gzip;q=0.499", "br gzip identity"},
        {"one thousandth decides", "br;q=0.5, gzip;q=0.501", "gzip br identity"},
        {"one hundredth decides", "br;q=0.51, gzip;q=0.52", "gzip br identity"},
        {"no weight is 1", "br;q=0.999, gzip", "gzip br identity"},
        {"1 is 1.0 is 1.000", "gzip;q=1.000, br;q=1, zstd;q=1.0", "br zstd gzip identity"},
        {"0.5 is 0.500", "gzip;q=0.5, br;q=0.500", "br gzip identity"},
        {"a point without digits", "gzip;q=1., br;q=0.", "gzip identity"},
        {"refused", "br;q=0, gzip", "gzip identity"},
        {"refused in full", "br;q=0.000, gzip", "gzip identity"},
        {"everything named is refused", "br;q=0, zstd;q=0.0, gzip;q=0.00", "identity"},
        {"the least there is", "gzip;q=0.001", "gzip identity"},
        {"Q", "br;Q=0.2, gzip;Q=0.8", "gzip br identity"},
        {"blanks around the semicolon", "br ; q=0.2, gzip\t;\tq=0.8", "gzip br identity"},
        {"identity first", "identity, gzip;q=0.5", "identity gzip"},
        {"identity in the middle", "br;q=0.2, identity;q=0.5, gzip;q=0.7", "gzip identity br"},
        {"identity by name, in capitals", "IDENTITY;q=0.8, gzip;q=0.5", "identity gzip"},
        {"identity comes last at equal weights", "identity;q=0.5, gzip;q=0.5", "gzip identity"},
        {"identity comes last at the least weight", "identity;q=0.001, gzip;q=0.001", "gzip identity"},
    };
    CHECK_ALL(rows);
}

/* RFC 9110 section 12.5.3, rules 2 and 3 and the asterisk */
Test(negotiation, refuses_identity_only_when_told) {
    static const struct row rows[] = {
        {"nothing is left", "identity;q=0", ""},
        {"one is left", "identity;q=0, gzip", "gzip"},
        {"by the asterisk", "*;q=0", ""},
        {"by the asterisk, one is left", "gzip, *;q=0", "gzip"},
        {"the asterisk first", "*;q=0, gzip;q=0.1", "gzip"},
        {"identity is more specific than the asterisk", "*;q=0, identity;q=0.5", "identity"},
        {"and may be refused beside it", "*, identity;q=0", "br zstd gzip"},
        {"an unknown coding is all that is taken", "identity;q=0, deflate", ""},
    };
    CHECK_ALL(rows);
}

Test(negotiation, lets_the_asterisk_stand_for_all_others) {
    static const struct row rows[] = {
        {"everything", "*", "br zstd gzip identity"},
        {"everything, identity last whatever the weight", "*;q=0.001", "br zstd gzip identity"},
        {"all but one", "*, br;q=0", "zstd gzip identity"},
        {"all others later", "gzip, *;q=0.5", "gzip br zstd identity"},
        {"all others sooner", "br;q=0.3, *;q=0.5", "zstd gzip br identity"},
        {"it weighs no identity: that is a default, not a coding", "gzip;q=0.3, *;q=0.5",
         "br zstd gzip identity"},
        {"but identity by name is weighed", "gzip;q=0.3, *;q=0.5, identity;q=0.4", "br zstd identity gzip"},
        {"two of them: the lowest weight", "*, *;q=0, gzip", "gzip"},
        {"part of a name is none", "*gzip, g*", "identity"},
    };
    CHECK_ALL(rows);
}

/* RFC 9110 section 12.4.2: weight = OWS ";" OWS "q=" qvalue, of three decimals at most */
Test(negotiation, passes_malformed_elements_over) {
    static const char *const weights[] = {
        "q=1.0000",  "q=0.0001", "q=0.0000",    "q=1.001",   "q=1.1",   "q=1.01", "q=2",     "q=10",
        "q=00",      "q=01",     "q=.5",        "q=",        "q",       "",       "q=-1",    "q=+1",
        "q=-0",      "q=0.5.",   "q=0.5x",      "q=0.x",     "q=0.x5",  "q=1x",   "q=0;",    "q=0,5",
        "q =0.5",    "q= 0.5",   "q=\"0.5\"",   "q=0 .5",    "q=0.5 5", "q:0.5",  "qq=0.5",  "x=1",
        "0.5",       "q=1e0",    "q=0.5;q=0.6", "q=0.5;x=1", "x=1;q=1", ";q=0.5", "q=0.5;;", "q=0/5",
        "q=0.5\x01", "q=0./",    "q=0.:",       "q=1.0/",    "q=\xb2",
    };
    for (size_t i = 0; i < sizeof weights / sizeof *weights; i++) {
        /* "q=0,5" is two elements, of which the first refuses; all others leave no word of gzip. */
        char field[NAMES_BYTES];
        struct row row = {"malformed", field, "br identity"};
        (void)snprintf(field, sizeof field, "gzip;%s, br;q=0.5", weights[i]);
        check(&row, 1, all, sizeof all / sizeof *all);
        /* And no word of identity, which stays. */
        (void)snprintf(field, sizeof field, "br;q=0.5, identity;%s",
                       strcmp(weights[i], "q=0,5") == 0 ? "q=0.0000" : weights[i]);
        check(&row, 1, all, sizeof all / sizeof *all);
    }
}

/* The order of the elements says nothing, so that it must not decide between two of one coding. */
Test(negotiation, takes_the_lowest_weight_of_a_coding_named_twice) {
    static const struct row rows[] = {
        {"refused last", "gzip, gzip;q=0", "identity"},
        {"refused first", "gzip;q=0, gzip", "identity"},
        {"less last", "gzip, br;q=0.5, gzip;q=0.4", "br gzip identity"},
        {"less first", "gzip;q=0.4, br;q=0.5, gzip", "br gzip identity"},
        {"under its old name", "gzip, br;q=0.5, x-gzip;q=0.4", "br gzip identity"},
        {"identity", "identity;q=0, identity, gzip", "gzip"},
        {"a malformed one does not count", "gzip, gzip;q=0.0000", "gzip identity"},
    };
    CHECK_ALL(rows);
}

Test(negotiation, chooses_among_what_is_offered) {
    static const enum content_coding gzip_first[] = {CODING_GZIP, CODING_ZSTD, CODING_BROTLI};
    static const enum content_coding only_gzip[] = {CODING_GZIP};
    static const enum content_coding twice[] = {CODING_GZIP, CODING_GZIP, CODING_BROTLI, CODING_BROTLI,
                                                CODING_GZIP};
    static const struct row in_another_order[] = {
        {"the server's order", "br, zstd, gzip", "gzip zstd br identity"}};
    static const struct row one[] = {{"one", "br, gzip", "gzip identity"}, {"none", "br", "identity"}};
    static const struct row nothing[] = {{"nothing", "br, gzip", "identity"}, {"refused", "br, *;q=0", ""}};
    static const struct row each_once[] = {{"each once", "*", "gzip br identity"}};
    check(in_another_order, 1, gzip_first, 3);
    check(one, 2, only_gzip, 1);
    check(nothing, 2, NULL, 0);
    check(each_once, 1, twice, sizeof twice / sizeof *twice);
}
