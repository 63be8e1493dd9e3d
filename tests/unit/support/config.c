/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <unistd.h>

struct folder folder;
struct config config;
char error[CONFIG_ERROR_BYTES];

void config_test_begin(void) {
    folder_create(&folder);
    cr_assert_eq(chdir(folder.path), 0);
    cr_assert_eq(config_init(&config), 0);
}

void config_test_end(void) {
    config_deinit(&config);
    cr_assert_eq(chdir("/"), 0);
    folder_remove(&folder);
}

void start_again(void) {
    config_deinit(&config);
    cr_assert_eq(config_init(&config), 0);
}

bool load(const char *text) {
    folder_write_text(&folder, "lido.conf", text);
    error[0] = '\0';
    return config_load_file(&config, "lido.conf", error);
}

size_t count_rules(const struct config_site *site, enum config_section_kind kind) {
    size_t count = 0;
    for (size_t i = 0; i < site->rule_count; i++) {
        count += site->rules[i].kind == kind;
    }
    return count;
}

const struct config_rule *rule_at(const struct config_site *site, enum config_section_kind kind,
                                  size_t index) {
    size_t count = 0;
    for (size_t i = 0; i < site->rule_count; i++) {
        if (site->rules[i].kind == kind && count++ == index) {
            return &site->rules[i];
        }
    }
    cr_assert_fail("no rule %zu of kind %d", index, (int)kind);
    return NULL;
}
