/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/listing/query.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

TestSuite(listing_query, .timeout = 20);

#define STANDARD .limit = LISTING_LIMIT_STANDARD
#define VIEW(literal) \
    { (literal), sizeof(literal) - 1 }

#define HUNDRED(x) TEN(x) TEN(x) TEN(x) TEN(x) TEN(x) TEN(x) TEN(x) TEN(x) TEN(x) TEN(x)
#define TEN(x) x x x x x x x x x x
#define A_512 HUNDRED("a") HUNDRED("a") HUNDRED("a") HUNDRED("a") HUNDRED("a") TEN("a") "aa"

static void expect_query(const char *name, struct view text, bool understood, struct listing_query expected) {
    struct listing_query query;
    cr_expect_eq(query_parse_alone(text, &query), understood, "%s: whether it is understood", name);
    cr_expect(query_is_same(&query, &expected),
              "%s: sort %d, desc %d, limit %zu, offset %zu, view %d, format %d, download %d, '%s'", name,
              query.sort, query.descending, query.limit, query.offset, query.view, query.format,
              query.download, query.filter);
}

Test(listing_query, understands_every_value_of_every_parameter) {
    static const struct {
        struct view text;
        struct listing_query query;
    } rows[] = {
        {VIEW(""), {STANDARD}},
        {VIEW("sort=name"), {STANDARD, .sort = LISTING_BY_NAME}},
        {VIEW("sort=size"), {STANDARD, .sort = LISTING_BY_SIZE}},
        {VIEW("sort=time"), {STANDARD, .sort = LISTING_BY_TIME}},
        {VIEW("order=asc"), {STANDARD}},
        {VIEW("order=desc"), {STANDARD, .descending = true}},
        {VIEW("limit=1"), {.limit = 1}},
        {VIEW("limit=0010"), {.limit = 10}},
        {VIEW("limit=9999"), {.limit = 9999}},
        {VIEW("limit=100000"), {.limit = 100000}},
        {VIEW("limit=100001"), {.limit = 100000}},
        {VIEW("limit=18446744073709551615"), {.limit = 100000}},
        {VIEW("limit=18446744073709551616"), {.limit = 100000}},
        {VIEW("limit=18446744073709551617"), {.limit = 100000}},
        {VIEW("limit=184467440737095516160"), {.limit = 100000}},
        {VIEW("limit=1" HUNDRED("0")), {.limit = 100000}},
        {VIEW("offset=0"), {STANDARD}},
        {VIEW("offset=1"), {STANDARD, .offset = 1}},
        {VIEW("offset=10000000"), {STANDARD, .offset = 10000000}},
        {VIEW("filter=a"), {STANDARD, .filter = "a"}},
        {VIEW("filter=" A_512), {STANDARD, .filter = A_512}},
        {VIEW("view=list"), {STANDARD, .view = LISTING_VIEW_LIST}},
        {VIEW("view=grid"), {STANDARD, .view = LISTING_VIEW_GRID}},
        {VIEW("format=html"), {STANDARD, .format = LISTING_HTML}},
        {VIEW("format=json"), {STANDARD, .format = LISTING_JSON}},
        {VIEW("format=text"), {STANDARD, .format = LISTING_TEXT}},
        {VIEW("download=tar"), {STANDARD, .download = LISTING_DOWNLOAD_TAR}},
#if LIDO_HAVE_ZLIB
        {VIEW("download=zip"), {STANDARD, .download = LISTING_DOWNLOAD_ZIP}},
#endif
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_query(rows[i].text.bytes, rows[i].text, true, rows[i].query);
    }
}

Test(listing_query, puts_parameters_together) {
    expect_query("all",
                 (struct view)VIEW(
                     "download=tar&format=json&view=grid&filter=x&offset=7&limit=5&order=desc&sort=time"),
                 true,
                 (struct listing_query){.sort = LISTING_BY_TIME,
                                        .descending = true,
                                        .limit = 5,
                                        .offset = 7,
                                        .view = LISTING_VIEW_GRID,
                                        .format = LISTING_JSON,
                                        .download = LISTING_DOWNLOAD_TAR,
                                        .filter = "x"});
    struct listing_query query;
    cr_expect(listing_query_parse((struct view){NULL, 0}, &query), "no query at all");
    cr_expect(query_is_same(&query, &(struct listing_query){STANDARD}));
}

Test(listing_query, says_which_values_there_are) {
    static const struct {
        struct view text;
        const char *sentence;
    } rows[] = {
        {VIEW("sort=foo"), "The value of sort can be name, size or time."},
        {VIEW("order=up"), "The value of order can be asc or desc."},
        {VIEW("limit=0"), "The value of limit can be a number from 1 on."},
        {VIEW("offset=-1"), "The value of offset can be a number from 0 to 10000000."},
        {VIEW("filter=%00"), "The value of filter can be a part of a name, of at most 512 bytes."},
        {VIEW("view=icons"), "The value of view can be list or grid."},
        {VIEW("format=xml"), "The value of format can be html, json or text."},
        {VIEW("download=rar"),
         LIDO_HAVE_ZLIB ? "The value of download can be tar or zip." : "The value of download can be tar."},
        {VIEW("view=grid&s%6Frt=1&order=2"), "The value of sort can be name, size or time."},
        {VIEW("sort=size"), ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out = {0};
        struct listing_query query;
        (void)query_parse_alone(rows[i].text, &query);
        listing_query_explain(&out, &query);
        text_append_bytes(&out, "", 1);
        cr_expect_str_eq(out.bytes, rows[i].sentence);
        text_deinit(&out);
    }
}

/* What is not understood has the standard; what stands beside it counts. */
Test(listing_query, says_what_it_does_not_understand) {
    static const struct {
        struct view text;
        struct listing_query query;
    } rows[] = {
        {VIEW("sort=date"), {STANDARD}},
        {VIEW("sort=Size"), {STANDARD}},
        {VIEW("sort=siz"), {STANDARD}},
        {VIEW("sort=sizes"), {STANDARD}},
        {VIEW("sort=size "), {STANDARD}},
        {VIEW("sort=size%00"), {STANDARD}},
        {VIEW("sort=%00"), {STANDARD}},
        {VIEW("order=descending"), {STANDARD}},
        {VIEW("order=0"), {STANDARD}},
        {VIEW("limit=0"), {STANDARD}},
        {VIEW("limit=00"), {STANDARD}},
        {VIEW("limit=-1"), {STANDARD}},
        {VIEW("limit=+1"), {STANDARD}},
        {VIEW("limit=%2B1"), {STANDARD}},
        {VIEW("limit=1e3"), {STANDARD}},
        {VIEW("limit=10%"), {STANDARD}},
        {VIEW("limit=/"), {STANDARD}},
        {VIEW("limit=:"), {STANDARD}},
        {VIEW("limit=all"), {STANDARD}},
        {VIEW("limit=100000;"), {STANDARD}},
        {VIEW("offset=10000001"), {STANDARD}},
        {VIEW("offset=18446744073709551617"), {STANDARD}},
        {VIEW("offset=-0"), {STANDARD}},
        {VIEW("offset=x"), {STANDARD}},
        {VIEW("filter=" A_512 "a"), {STANDARD}},
        {VIEW("filter=a%00b"), {STANDARD}},
        {VIEW("filter=%00"), {STANDARD}},
        {VIEW("filter=a\0b"), {STANDARD}},
        {VIEW("view=auto"), {STANDARD}},
        {VIEW("format=xml"), {STANDARD}},
        {VIEW("format=JSON"), {STANDARD}},
        {VIEW("download=rar"), {STANDARD}},
        {VIEW("download=1"), {STANDARD}},
        {VIEW("sort=x&limit=5"), {.limit = 5}},
        {VIEW("limit=5&sort=x"), {.limit = 5}},
        {VIEW("limit=5&sort=x&order=desc"), {.limit = 5, .descending = true}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_query(rows[i].text.bytes, rows[i].text, false, rows[i].query);
    }
}

/* What an HTML form sends for a field that nobody filled in. */
Test(listing_query, takes_an_empty_value_for_the_standard) {
    static const struct view rows[] = {
        VIEW("sort="),
        VIEW("order="),
        VIEW("limit="),
        VIEW("offset="),
        VIEW("filter="),
        VIEW("view="),
        VIEW("format="),
        VIEW("download="),
        VIEW("sort"),
        VIEW("filter"),
        VIEW("download"),
        VIEW("limit"),
        VIEW("sort=&order=&limit=&offset=&filter=&view=&format=&download="),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_query(rows[i].bytes, rows[i], true, (struct listing_query){STANDARD});
    }
}

Test(listing_query, knows_nothing_of_other_names) {
    static const struct view rows[] = {
        VIEW("q=1"),
        VIEW("Sort=size"),
        VIEW("sorts=size"),
        VIEW("sor=size"),
        VIEW("=size"),
        VIEW("&"),
        VIEW("&&&"),
        VIEW("="),
        VIEW("utm_source=%00"),
        VIEW("sort%00=size"),
        VIEW("sort%3Dsize"),
        VIEW(" sort=size"),
        VIEW("?sort=size"),
        VIEW("limit%5B%5D=0"),
        VIEW("a=b=c"),
        VIEW("x&y=&sorte=x"),
        VIEW("x;sort=size"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_query(rows[i].bytes, rows[i], true, (struct listing_query){STANDARD});
    }
}

Test(listing_query, takes_the_first_of_several) {
    expect_query("two", (struct view)VIEW("sort=size&sort=time"), true,
                 (struct listing_query){STANDARD, .sort = LISTING_BY_SIZE});
    expect_query("an empty first", (struct view)VIEW("sort=&sort=time"), true,
                 (struct listing_query){STANDARD});
    expect_query("a bad second", (struct view)VIEW("sort=size&sort=x&download=tar&download=x"), true,
                 (struct listing_query){STANDARD, .sort = LISTING_BY_SIZE, .download = LISTING_DOWNLOAD_TAR});
    expect_query("a bad first", (struct view)VIEW("limit=x&limit=5"), false,
                 (struct listing_query){STANDARD});
}

/* WHATWG URL section 5.1, and "percent-decode" of section 1.3. */
Test(listing_query, decodes_as_forms_are_encoded) {
    static const struct {
        struct view text;
        const char *filter;
    } rows[] = {
        {VIEW("filter=a+b"), "a b"},
        {VIEW("filter=a%20b"), "a b"},
        {VIEW("filter=a%2Bb"), "a+b"},
        {VIEW("filter=%2b"), "+"},
        {VIEW("filter=%26%3D%25"), "&=%"},
        {VIEW("filter=a=b"), "a=b"},
        {VIEW("filter=gr%C3%BCn"), "gr\xC3\xBCn"},
        {VIEW("filter=gr\xC3\xBCn"), "gr\xC3\xBCn"},
        {VIEW("filter=%fF"), "\xFF"},
        {VIEW("filter=100%"), "100%"},
        {VIEW("filter=%4"), "%4"},
        {VIEW("filter=%4G"), "%4G"},
        {VIEW("filter=%G4"), "%G4"},
        {VIEW("filter=%%41"), "%A"},
        {VIEW("filter=%2541"), "%41"},
        {VIEW("filter=%&sort="), "%"},
        {VIEW("filter=%4&1=x"), "%4"},
        {VIEW("filter=%/0%:0%@0%`0%g0"), "%/0%:0%@0%`0%g0"},
        {VIEW("filter=%0A%0D%7F"), "\n\r\x7F"},
        {VIEW("f%69lter=x"), "x"},
        {VIEW("fi%6Cter=%61"), "a"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_query query;
        cr_expect(query_parse_alone(rows[i].text, &query), "%s", rows[i].text.bytes);
        cr_expect_str_eq(query.filter, rows[i].filter, "%s: '%s'", rows[i].text.bytes, query.filter);
    }
    expect_query("a value", (struct view)VIEW("s%6Frt=s%69ze&or%64er=%64%65%73%63&l%69mit=%37"), true,
                 (struct listing_query){.sort = LISTING_BY_SIZE, .descending = true, .limit = 7});
}

Test(listing_query, is_written_with_only_what_is_not_the_standard) {
    static const struct {
        const char *text;
        struct listing_query query;
    } rows[] = {
        {"./", {STANDARD}},
        {"?sort=size", {STANDARD, .sort = LISTING_BY_SIZE}},
        {"?sort=time&order=desc", {STANDARD, .sort = LISTING_BY_TIME, .descending = true}},
        {"?order=desc", {STANDARD, .descending = true}},
        {"?limit=1", {.limit = 1}},
        {"?offset=1000", {STANDARD, .offset = 1000}},
        {"?filter=a%20%26%2Bb%25%3D%23%22%C3%BC%FF%0A", {STANDARD, .filter = "a &+b%=#\"\xC3\xBC\xFF\n"}},
        {"?view=list", {STANDARD, .view = LISTING_VIEW_LIST}},
        {"?view=grid", {STANDARD, .view = LISTING_VIEW_GRID}},
        {"?format=html", {STANDARD, .format = LISTING_HTML}},
        {"?format=json", {STANDARD, .format = LISTING_JSON}},
        {"?format=text", {STANDARD, .format = LISTING_TEXT}},
        {"?download=tar", {STANDARD, .download = LISTING_DOWNLOAD_TAR}},
#if LIDO_HAVE_ZLIB
        {"?download=zip", {STANDARD, .download = LISTING_DOWNLOAD_ZIP}},
#endif
        {"?sort=size&order=desc&limit=100000&offset=10000000&filter=x&view=grid&format=json&download=tar",
         {.sort = LISTING_BY_SIZE,
          .descending = true,
          .limit = 100000,
          .offset = 10000000,
          .view = LISTING_VIEW_GRID,
          .format = LISTING_JSON,
          .download = LISTING_DOWNLOAD_TAR,
          .filter = "x"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text text = {0};
        text_append(&text, "href=\"");
        listing_query_write(&text, &rows[i].query);
        text_append_bytes(&text, "", 1);
        cr_expect_str_eq(text.bytes + 6, rows[i].text, "'%s' instead of '%s'", text.bytes + 6, rows[i].text);
        text_deinit(&text);
    }
}
