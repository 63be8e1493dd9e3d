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
        bool is_both = i == SECTION_ACCESS_LOG; /* the first log, and more of them */
        cr_assert_eq(option_find(section->name) != NULL, is_both, "%s is an option, too", section->name);
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
    cr_assert_null(section_suggest_within(NULL, "frobnicate"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *meant = section_suggest_within(NULL, rows[i].name);
        cr_assert(meant != NULL && strcmp(meant, rows[i].meant) == 0, "%s: %s", rows[i].name, meant);
    }
}

Test(section_table, suggests_what_may_stand_there) {
    const struct config_section *host = &section_table[SECTION_HOST];
    const struct config_section *cache = &section_table[SECTION_CACHE];
    cr_assert_str_eq(section_suggest_within(NULL, "thread"), "threads");
    cr_assert_null(section_suggest_within(host, "thread"));
    cr_assert_str_eq(section_suggest_within(host, "autoindex"), "listing");
    cr_assert_str_eq(section_suggest_within(host, "cahce"), "cache");
    cr_assert_str_eq(section_suggest_within(cache, "ttl"), "max_age");
    cr_assert_null(section_suggest_within(cache, "cahce"));
    cr_assert_null(section_suggest_within(cache, "autoindex"));
}
