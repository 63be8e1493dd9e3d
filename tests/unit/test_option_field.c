/* SPDX-License-Identifier: MIT */
#include "conf/option_field.h"
#include "conf/string_list.h"

#include <criterion/criterion.h>
#include <string.h>

static struct option_value number_value(uint64_t number) {
    return (struct option_value){.number = number};
}

Test(option_field, stores_each_kind_in_its_own_field_and_formats_it) {
    static const struct {
        enum config_option_id id;
        uint64_t number;
        const char *text;
    } rows[] = {
        {OPTION_LISTING, 1, "on"},
        {OPTION_LISTING, 0, "off"},
        {OPTION_THREADS, 0, "auto"},
        {OPTION_THREADS, 1024, "1024"},
        {OPTION_QUEUE, 1048576, "1048576"},
        {OPTION_BACKLOG, 65535, "65535"},
        {OPTION_SEND_TIMEOUT, 1500, "1500ms"},
        {OPTION_SHUTDOWN_TIMEOUT, 0, "0"},
        {OPTION_MAX_BODY, 1073741824, "1G"},
        {OPTION_WHEN_FULL, WHEN_FULL_REJECT, "reject"},
        {OPTION_LOG_FORMAT, LOG_FORMAT_COMBINED, "combined"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct config_option *option = &option_table[rows[i].id];
        struct config config;
        struct config untouched;
        char text[OPTION_LITERAL_BYTES];
        memset(&config, 0x5a, sizeof config);
        memset(&untouched, 0x5a, sizeof untouched);

        struct option_value value = number_value(rows[i].number);
        cr_assert_eq(option_field_store(option, &value, &config), 0);
        option_field_format(option, &config, 0, text);

        cr_assert_str_eq(text, rows[i].text, "%s: %s", option->name, text);
        cr_assert_eq(memcmp(&config, &untouched, option->offset), 0, "%s: wrote before its field",
                     option->name);
        size_t end = option->offset + sizeof(uint64_t);
        cr_assert_eq(memcmp((char *)&config + end, (char *)&untouched + end, sizeof config - end), 0,
                     "%s: wrote behind its field", option->name);
    }
}

Test(option_field, escapes_text_and_releases_what_was_there) {
    const struct config_option *root = &option_table[OPTION_ROOT];
    struct config config = {0};
    struct option_value value = {.text = "first"};
    char text[OPTION_LITERAL_BYTES];

    cr_assert_eq(option_field_store(root, &value, &config), 0);
    value = (struct option_value){.text = "a\"b\\c${d}'"};
    cr_assert_eq(option_field_store(root, &value, &config), 0);
    option_field_format(root, &config, 0, text);
    cr_assert_str_eq(text, "\"a\\\"b\\\\c\\${d}'\"");

    option_field_deinit(root, &config);
    cr_assert_null(config.root);
}

Test(option_field, has_room_for_the_longest_text_all_escaped) {
    const struct config_option *root = &option_table[OPTION_ROOT];
    struct config config = {0};
    struct option_value value = {.number = 0};
    char text[OPTION_LITERAL_BYTES];

    memset(value.text, '"', sizeof value.text - 1);
    cr_assert_eq(option_field_store(root, &value, &config), 0);
    option_field_format(root, &config, 0, text);
    cr_assert_eq(strlen(text), 2 * (sizeof value.text - 1) + 2);
    option_field_deinit(root, &config);
}

Test(option_field, finds_the_lists) {
    struct config config = {0};
    char text[OPTION_LITERAL_BYTES];
    cr_assert_eq(option_field_list(&option_table[OPTION_LISTEN], &config), &config.listen);
    cr_assert_eq(option_field_const_list(&option_table[OPTION_INDEX], &config), &config.index);

    cr_assert_eq(string_list_add(&config.index, "a"), 0);
    cr_assert_eq(string_list_add(&config.index, "b"), 0);
    option_field_format(&option_table[OPTION_INDEX], &config, 1, text);
    cr_assert_str_eq(text, "\"b\"");
    option_field_deinit(&option_table[OPTION_INDEX], &config);
    cr_assert_eq(config.index.count, 0);
}
