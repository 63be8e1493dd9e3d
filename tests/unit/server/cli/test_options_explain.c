/* SPDX-License-Identifier: MIT */
/* The options of --explain, which are those of curl(1). */
#include "server/cli/help.h"
#include "tests/unit/server/cli/command_line.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(options_explain, .fini = forget_command_line, .timeout = 60);

Test(options_explain, are_those_of_curl) {
    static const struct {
        const char *arguments[ARGUMENTS_MAX];
        const char *method;
        const char *root;
        bool head;
    } rows[] = {
        {ARGUMENTS("--explain", "u"), NULL, NULL, false},
        {ARGUMENTS("--explain=u", "www"), NULL, "www", false},
        {ARGUMENTS("-X", "PUT", "www", "--explain=u"), "PUT", "www", false},
        {ARGUMENTS("-IXPUT", "--explain=u"), "PUT", NULL, true},
        {ARGUMENTS("--request=PUT", "--head", "--explain=u"), "PUT", NULL, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert(parse(rows[i].arguments), "row %zu: %s", i, error);
        cr_expect_eq(options.action, OPTIONS_EXPLAIN, "row %zu", i);
        cr_expect(same(options.explain_url, "u"), "row %zu", i);
        cr_expect(same(options.method, rows[i].method), "row %zu", i);
        cr_expect(same(options.root, rows[i].root), "row %zu", i);
        cr_expect_eq(options.head, rows[i].head, "row %zu", i);
        cr_expect_eq(options.field_count, 0, "row %zu", i);
    }
}

Test(options_explain, take_fields_as_often_as_they_are_given) {
    const char *const arguments[] = {"lido", "-H", "A: 1", "--explain=/", "--header=B: 2", "-HC;", NULL};
    static const char *const expected[] = {"A: 1", "B: 2", "C;"};
    cr_assert(parse(arguments), "%s", error);
    cr_assert_eq(options.field_count, 3);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_str_eq(options.fields[i], expected[i]);
    }
}

Test(options_explain, are_for_that_alone) {
    static const struct {
        const char *arguments[ARGUMENTS_MAX];
        const char *error;
    } rows[] = {
        {ARGUMENTS("--explain"), "'--explain' needs a value"},
        {ARGUMENTS("-X"), "'-X' needs a value"},
        {ARGUMENTS("--header"), "'--header' needs a value"},
        {ARGUMENTS("-X", "PUT", "www"), "'-X' goes with --explain=URL"},
        {ARGUMENTS("-H", "A: 1", "--check"), "'-H' goes with --explain=URL"},
        {ARGUMENTS("--head", "--probe=u"), "'-I' goes with --explain=URL"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_not(parse(rows[i].arguments), "%s", rows[i].error);
        cr_expect_str_eq(error, rows[i].error);
    }
}

Test(options_explain, stand_in_the_help) {
    static const char *const names[] = {"      --explain=URL ", "  -X, --request=METHOD ",
                                        "  -H, --header=FIELD ", "  -I, --head "};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        cr_expect_not_null(strstr(options_help, names[i]), "%s", names[i]);
    }
}

Test(options_explain, are_not_passed_over_for_another_thing_to_do) {
    static const char *const rows[][ARGUMENTS_MAX] = {
        ARGUMENTS("--explain=/", "--check"),
        ARGUMENTS("--check", "--explain", "/"),
        ARGUMENTS("--probe=u", "--tune"),
        ARGUMENTS("--check-config", "--check"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_not(parse(rows[i]), "row %zu", i);
        cr_expect_str_eq(error, "one thing at a time: --check, --check-config, --complete, --explain, "
                                "--probe, --reload, --top or --tune");
    }
    cr_expect(parse((const char *const[ARGUMENTS_MAX])ARGUMENTS("--check", "--check")), "%s", error);
    cr_expect(parse((const char *const[ARGUMENTS_MAX])ARGUMENTS("--explain=/", "--help")), "%s", error);
    cr_expect_eq(options.action, OPTIONS_HELP);
}
