/* SPDX-License-Identifier: MIT */
#include "conf/schema/option_table.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(option_table, is_whole_and_finds_each_option_by_its_name) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct config_option *option = &option_table[i];
        cr_assert_not_null(option->name, "option %zu has no row", i);
        cr_assert_eq(option_find(option->name), option, "%s", option->name);
        cr_assert_not_null(option->standard, "%s has no default", option->name);
        bool wants_words = option->kind == OPTION_WORD || option->kind == OPTION_CODINGS;
        cr_assert_eq(wants_words, option->words != NULL, "%s: words", option->name);
        cr_assert_neq(option->scope, OPTION_OF_RULE, "%s", option->name);
        cr_assert_leq(option->minimum, option->maximum, "%s: range", option->name);
    }
    cr_assert_null(option_find("thread"));
    cr_assert_null(option_find("Threads"));
    cr_assert_null(option_find(""));
}

Test(option_table, gives_each_option_a_field_of_its_own) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        for (size_t j = i + 1; j < OPTION_COUNT; j++) {
            cr_assert(option_table[i].scope != option_table[j].scope ||
                          option_table[i].offset != option_table[j].offset,
                      "%s and %s", option_table[i].name, option_table[j].name);
        }
    }
}

Test(option_table, suggests_what_was_meant) {
    static const struct {
        const char *name, *meant;
    } rows[] = {
        {"thread", "threads"},
        {"Threads", "threads"},
        {"threads:", "threads"},
        {"max-head", "max_head"},
        {"header_timeot", "header_timeout"},
        {"keep_alive_timeout", "keepalive_timeout"},
        {"when_ful", "when_full"},
        {"port", "listen"},
        {"workers", "threads"},
        {"autoindex", "listing"},
        {"DocumentRoot", "root"},
        {"client_max_body_size", "max_body"},
        {"gzip", "compress"},
        {"gzip_static", "precompressed"},
        {"try_files", "fallback"},
        {"clean_url", "clean_urls"},
        {"open_file_cache", "file_cache"},
        {"open_file_cache_valid", "file_cache_check"},
        {"file_cache_size", "file_cache_memory"},
        {"file_cache_max_files", "file_cache_max_file"},
        {"file_cache_descriptor", "file_cache_descriptors"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct config_option *option = option_suggest(rows[i].name);
        cr_assert_not_null(option, "%s", rows[i].name);
        cr_assert_str_eq(option->name, rows[i].meant, "%s: %s", rows[i].name, option->name);
    }
    cr_assert_null(option_suggest("frobnicate"));
    cr_assert_null(option_suggest("server_name"));
    cr_assert_null(option_suggest(""));
    cr_assert_null(option_suggest(" "));
}

Test(option_table, suggests_every_option_for_its_own_name_misspelt) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char name[64];
        (void)snprintf(name, sizeof name, "x%s", option_table[i].name);
        cr_assert_eq(option_suggest(name), &option_table[i], "%s", name);
    }
}

Test(option_table, keeps_to_the_options_that_may_stand_there) {
    struct suggestion nearest = {0};
    option_suggest_among(option_table, OPTION_COUNT, false, "thread", &nearest);
    cr_assert_null(nearest.name);
    option_suggest_among(option_table, OPTION_COUNT, true, "thread", &nearest);
    cr_assert_str_eq(nearest.name, "threads");
    cr_assert_eq(nearest.distance, 1);
    option_suggest_among(option_table, OPTION_COUNT, false, "autoindex", &nearest);
    cr_assert_str_eq(nearest.name, "listing");
    cr_assert_eq(nearest.distance, 0);
    option_suggest_among(option_table, OPTION_COUNT, true, "thread", &nearest);
    cr_assert_str_eq(nearest.name, "listing", "what is nearer stays");
}

Test(option_table, gives_an_example_that_can_be_written_as_it_is) {
    cr_assert_str_eq(option_example(&option_table[OPTION_THREADS]), "auto");
    cr_assert_str_eq(option_example(&option_table[OPTION_PRECOMPRESSED]), "{ \"br\", \"zstd\", \"gzip\" }");
}

Test(option_table, names_the_environment_variable) {
    char name[OPTION_ENVIRONMENT_BYTES];
    option_environment_name(&option_table[OPTION_MAX_REQUEST_LINE], name);
    cr_assert_str_eq(name, "LIDO_MAX_REQUEST_LINE");
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        option_environment_name(&option_table[i], name);
        cr_assert(strncmp(name, "LIDO_", 5) == 0 && strlen(name) == 5 + strlen(option_table[i].name), "%s",
                  name);
    }
}
