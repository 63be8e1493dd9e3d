/* SPDX-License-Identifier: MIT */
/* Tags of a digest of the content, and times that tell nothing. Those of size and time: test_validators.c. */
#include "http/semantics/validators.h"

#include <criterion/criterion.h>
#include <stdint.h>

TestSuite(validators_content, .timeout = 10);

static const struct timespec long_after = {1800000000, 0};
static const char digest[] = "0123456789abcdef0123456789abcdef";

Test(validators_content, make_a_strong_tag_of_a_digest_whatever_the_time) {
    static const struct timespec times[] = {{0, 0},    {1, 0},          {315532800, 0},
                                            {1000, 0}, {1800000000, 0}, {1800000100, 0}};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        struct validators validators;
        struct validators_basis basis = {.size = 5, .modified = times[i], .digest = digest, .coding = ""};
        validators_make(&validators, &basis, long_after);
        cr_expect_str_eq(validators.entity_tag, "\"0123456789abcdef0123456789abcdef\"");
        basis.coding = "gz-12345678";
        validators_make(&validators, &basis, long_after);
        cr_expect_str_eq(validators.entity_tag, "\"0123456789abcdef0123456789abcdef-gz-12345678\"");
    }
}

Test(validators_content, make_no_tag_where_there_should_be_a_digest) {
    struct validators validators;
    struct validators_basis basis = {.size = 5, .modified = {1000, 0}, .digest = "", .coding = "gz"};
    validators_make(&validators, &basis, long_after);
    cr_expect_str_eq(validators.entity_tag, "");
    cr_expect(validators.is_dated);
}

/* A head is kept for later answers only if it stays right. */
Test(validators_content, last_unless_the_date_comes_or_the_tag_changes_with_time) {
    static const struct {
        struct timespec modified;
        bool lasts;
    } rows[] = {{{0, 0}, true},           {{499162500, 0}, true},   {{1799999990, 0}, true},
                {{1799999999, 0}, false}, {{1800000000, 5}, false}, {{1900000000, 0}, false},
                {{1799999999, 9}, true},  {{1600000000, 0}, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct validators validators;
        struct validators_basis basis = {.modified = rows[i].modified, .digest = digest, .coding = ""};
        validators_make(&validators, &basis, long_after);
        cr_expect_eq(validators.is_lasting, rows[i].lasts, "%jd", (intmax_t)rows[i].modified.tv_sec);
    }
}

Test(validators_content, know_the_times_that_tools_give) {
    static const struct {
        const char *name;
        time_t seconds;
        bool is_artificial;
    } rows[] = {
        {"the epoch", 0, true},
        {"OSTree", 1, true},
        {"two seconds", 2, false},
        {"before 1980 anywhere", 315482399, false},
        {"1980-01-01 in Kiribati", 315482400, true},
        {"1980-01-01", 315532800, true},
        {"the end of 1980-01-01 on Baker Island", 315662399, true},
        {"1980-01-02 everywhere", 315662400, false},
        {"before 1985-10-26", 499132799, false},
        {"npm", 499162500, true},
        {"after 1985-10-26", 499219200, false},
        {"the source date", 1600000000, true},
        {"a second behind it", 1600000001, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct timespec time = {rows[i].seconds, 123};
        struct validators validators;
        struct validators_basis basis = {
            .modified = time, .digest = NULL, .coding = "", .source_date = 1600000000};
        cr_expect_eq(validators_time_is_artificial(time, 1600000000), rows[i].is_artificial, "%s",
                     rows[i].name);
        validators_make(&validators, &basis, long_after);
        cr_expect_eq(validators.entity_tag[0] == '\0', rows[i].is_artificial, "%s", rows[i].name);
        cr_expect_eq(validators.is_dated, !rows[i].is_artificial, "%s", rows[i].name);
    }
    cr_expect_not(validators_time_is_artificial((struct timespec){1600000000, 0}, 0));
}
