/* SPDX-License-Identifier: MIT */
#include "http/semantics/content_coding.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(content_coding, .timeout = 10);

enum { NAMES_BYTES = 64 };

/* A copy of exactly the view's bytes, so that AddressSanitizer sees a look behind its end. */
static struct view copy_exactly(const char *text, char **memory) {
    size_t length = strlen(text);
    *memory = malloc(length > 0 ? length : 1);
    cr_assert_not_null(*memory);
    memcpy(*memory, text, length);
    return (struct view){.bytes = *memory, .length = length};
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
        content_coding_choose(field, offered, offered_count, &choice);
        list_names(&choice, names);
        cr_expect(strcmp(names, rows[i].chosen) == 0, "%s: '%s' chose '%s' instead of '%s'", rows[i].name,
                  rows[i].field != NULL ? rows[i].field : "(none)", names, rows[i].chosen);
        free(memory);
    }
}

static const enum content_coding all[] = {CODING_BROTLI, CODING_ZSTD, CODING_GZIP};

#define CHECK_ALL(rows) check(rows, sizeof(rows) / sizeof *(rows), all, sizeof all / sizeof *all)

/* RFC 9110 section 12.5.3 where no other is named. */
Test(content_coding, chooses_what_the_client_names) {
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
Test(content_coding, ranks_by_weight) {
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
Test(content_coding, refuses_identity_only_when_told) {
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

Test(content_coding, lets_the_asterisk_stand_for_all_others) {
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
Test(content_coding, passes_malformed_elements_over) {
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
Test(content_coding, takes_the_lowest_weight_of_a_coding_named_twice) {
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

Test(content_coding, chooses_among_what_is_offered) {
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

Test(content_coding, has_a_name_and_a_suffix_of_each) {
    static const struct {
        enum content_coding coding;
        const char *name;
        const char *suffix;
    } rows[] = {
        {CODING_IDENTITY, "identity", ""},
        {CODING_BROTLI, "br", ".br"},
        {CODING_ZSTD, "zstd", ".zst"},
        {CODING_GZIP, "gzip", ".gz"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(content_coding_name(rows[i].coding), rows[i].name);
        cr_expect_str_eq(content_coding_suffix(rows[i].coding), rows[i].suffix);
    }
}

Test(content_coding, is_found_by_its_name) {
    static const struct {
        const char *name;
        int coding; /* -1: none */
    } rows[] = {
        {"br", CODING_BROTLI},
        {"zstd", CODING_ZSTD},
        {"gzip", CODING_GZIP},
        {"BR", CODING_BROTLI},
        {"gZip", CODING_GZIP},
        {"identity", -1},
        {"", -1},
        {"gz", -1},
        {"gzip ", -1},
        {"x-gzip", -1},
        {"brotli", -1},
        {"deflate", -1},
        {"*", -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum content_coding coding = CODING_COUNT;
        bool found = content_coding_find(view_of(rows[i].name), &coding);
        cr_expect_eq(found, rows[i].coding != -1, "'%s'", rows[i].name);
        cr_expect_eq((int)coding, found ? rows[i].coding : (int)CODING_COUNT, "'%s'", rows[i].name);
    }
}

/* RFC 9110 section 12.5.1; a page is what an answer in HTML is for (a single-page application's fallback). */
