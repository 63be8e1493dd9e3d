/* SPDX-License-Identifier: MIT */
#include "conf/store/option_field.h"
#include "http/base/string_list.h"

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
        {OPTION_COMPRESS, 1, "on"},
        {OPTION_COMPRESS_MIN, 1024, "1k"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct config_option *option = &option_table[rows[i].id];
        char text[OPTION_LITERAL_BYTES];
        struct config untouched;
        for (int copies = 0; copies < 2; copies++) { /* stored, and shared from there */
            struct config config;
            struct config copy;
            memset(&config, 0x5a, sizeof config);
            memset(&copy, 0x5a, sizeof copy);
            memset(&untouched, 0x5a, sizeof untouched);
            char *owner = (char *)(copies == 0 ? &config : &copy);

            struct option_value value = number_value(rows[i].number);
            cr_assert_eq(option_field_store(option, &value, &config), 0);
            option_field_share(option, &copy, &config);
            option_field_format(option, owner, 0, text);

            cr_assert_str_eq(text, rows[i].text, "%s: %s", option->name, text);
            cr_assert_eq(memcmp(owner, &untouched, option->offset), 0, "%s: wrote before its field",
                         option->name);
            size_t end = option->offset + sizeof(uint64_t);
            cr_assert_eq(memcmp(owner + end, (char *)&untouched + end, sizeof config - end), 0,
                         "%s: wrote behind its field", option->name);
        }
    }
}

Test(option_field, escapes_text_and_releases_what_was_there) {
    const struct config_option *root = &option_table[OPTION_ROOT];
    struct config_site site = {0};
    struct option_value value = {.text = "first"};
    char text[OPTION_LITERAL_BYTES];

    cr_assert_eq(option_field_store(root, &value, &site), 0);
    value = (struct option_value){.text = "a\"b\\c${d}'"};
    cr_assert_eq(option_field_store(root, &value, &site), 0);
    option_field_format(root, &site, 0, text);
    cr_assert_str_eq(text, "\"a\\\"b\\\\c\\${d}'\"");

    option_field_deinit(root, &site);
    cr_assert_null(site.root);
}

Test(option_field, has_room_for_the_longest_text_all_escaped) {
    const struct config_option *root = &option_table[OPTION_ROOT];
    struct config_site site = {0};
    struct option_value value = {.number = 0};
    char text[OPTION_LITERAL_BYTES];

    memset(value.text, '"', sizeof value.text - 1);
    cr_assert_eq(option_field_store(root, &value, &site), 0);
    option_field_format(root, &site, 0, text);
    cr_assert_eq(strlen(text), 2 * (sizeof value.text - 1) + 2);
    option_field_deinit(root, &site);
}

Test(option_field, shares_text_and_lists_that_go_on_belonging_to_the_first) {
    const struct config_option *root = &option_table[OPTION_ROOT];
    const struct config_option *index = &option_table[OPTION_INDEX];
    struct config_site site = {0};
    struct config_site host = {0};
    struct option_value value = {.text = "a"};
    cr_assert_eq(option_field_store(root, &value, &site), 0);
    cr_assert_eq(string_list_add(&site.index, "b"), 0);

    option_field_share(root, &host, &site);
    option_field_share(index, &host, &site);

    cr_assert(strcmp(host.root, "a") == 0 && host.root == site.root);
    cr_assert_eq(host.index.count, 1);
    cr_assert_eq(host.index.items, site.index.items);
    option_field_deinit(root, &site);
    option_field_deinit(index, &site);
}

Test(option_field, finds_the_lists) {
    struct config config = {0};
    char text[OPTION_LITERAL_BYTES];
    cr_assert_eq(option_field_list(&option_table[OPTION_LISTEN], &config), &config.listen);
    cr_assert_eq(option_field_const_list(&option_table[OPTION_INDEX], &config.site), &config.site.index);

    cr_assert_eq(string_list_add(&config.site.index, "a"), 0);
    cr_assert_eq(string_list_add(&config.site.index, "b"), 0);
    option_field_format(&option_table[OPTION_INDEX], &config.site, 1, text);
    cr_assert_str_eq(text, "\"b\"");
    option_field_deinit(&option_table[OPTION_INDEX], &config.site);
    cr_assert_eq(config.site.index.count, 0);
}
