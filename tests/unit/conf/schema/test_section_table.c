/* SPDX-License-Identifier: MIT */
#include "conf/schema/section_table.h"
#include "conf/values/option_value.h"
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(section_table, .init = config_test_begin, .fini = config_test_end, .timeout = 60);

Test(section_table, is_whole_and_finds_each_section_by_its_name) {
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        const struct config_section *section = &section_table[i];
        cr_assert_eq(section_find(section->name), section, "section %zu", i);
        cr_assert_eq((size_t)section_kind(section), i, "%s", section->name);
        cr_assert_null(option_find(section->name), "%s is an option, too", section->name);
    }
    cr_assert_null(section_find("Cache"));
    cr_assert_null(section_find(""));
}

Test(section_table, shows_examples_that_can_be_written_as_they_are) {
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        start_again();
        cr_assert(load(section_table[i].example), "%s: %s", section_table[i].example, error);
    }
}

Test(section_table, has_defaults_and_examples_that_its_own_options_take) {
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        for (size_t j = 0; j < section_table[i].option_count; j++) {
            const struct config_option *option = &section_table[i].options[j];
            struct option_value value;
            cr_assert_eq(option->scope, OPTION_OF_RULE, "%s", option->name);
            cr_assert_neq(*option_example(option), '\0', "%s has no example", option->name);
            cr_assert(*option->standard == '\0' || option_value_parse(option, option->standard, &value,
                                                                      (struct complaint){"here", error}),
                      "%s", error);
        }
    }
}

Test(section_table, suggests_what_was_meant) {
    static const struct {
        const char *name, *meant;
    } rows[] = {
        {"cahce", "cache"},
        {"Header", "header"},
        {"headers", "header"},
        {"add_header", "header"},
        {"rewrite", "redirect"},
        {"error-page", "error_page"},
        {"ErrorDocument", "error_page"},
        {"type", "types"},
        {"server", "host"},
        {"VirtualHost", "host"},
    };
    size_t distance = 99;
    cr_assert_null(section_suggest("frobnicate", &distance));
    cr_assert_eq(distance, 99);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct config_section *section = section_suggest(rows[i].name, &distance);
        cr_assert(section && strcmp(section->name, rows[i].meant) == 0, "%s", rows[i].name);
    }
    cr_assert_eq(distance, 0);
    (void)section_suggest("cahce", &distance);
    cr_assert_eq(distance, 1);
}
