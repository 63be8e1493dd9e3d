/* SPDX-License-Identifier: MIT */
#include "conf/config_syntax.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

Test(config_syntax, records_the_line_of_every_value) {
    char text[] = "# a comment\n"
                  "threads = 8\n"
                  "listen = {\n"
                  "    \"localhost:1\", # one\n"
                  "    \"localhost:2\", \"localhost:3\",\n"
                  "}\n"
                  "index = {}\n"
                  "root =\n"
                  "  \".\"\n";
    struct config_syntax syntax;
    char error[CONFIG_ERROR_BYTES] = "";

    cr_assert(config_syntax_check("lido.conf", text, &syntax, error), "%s", error);

    cr_assert_eq(syntax.count, 4);
    cr_assert_eq(syntax.settings[0].option, &option_table[OPTION_THREADS]);
    cr_assert(syntax.settings[0].value_count == 1 && syntax.settings[0].value_lines[0] == 2);
    cr_assert_eq(syntax.settings[1].option, &option_table[OPTION_LISTEN]);
    cr_assert_eq(syntax.settings[1].line, 3);
    cr_assert_eq(syntax.settings[1].value_count, 3);
    cr_assert_eq(syntax.settings[1].value_lines[0], 4);
    cr_assert_eq(syntax.settings[1].value_lines[1], 5);
    cr_assert_eq(syntax.settings[1].value_lines[2], 5);
    cr_assert(syntax.settings[2].line == 7 && syntax.settings[2].value_count == 0);
    cr_assert(syntax.settings[3].line == 8 && syntax.settings[3].value_lines[0] == 9);
}

Test(config_syntax, ends_the_text_before_the_setting_that_has_the_mistake) {
    char text[] = "threads = 8\n  queue = {\n";
    struct config_syntax syntax;
    char error[CONFIG_ERROR_BYTES] = "";

    cr_assert_not(config_syntax_check("lido.conf", text, &syntax, error));

    cr_assert_str_eq(text, "threads = 8\n  ");
    cr_assert_eq(syntax.count, 1);
    cr_assert_str_eq(error, "lido.conf:2: queue takes one value, not a list; remove the braces");
}

Test(config_syntax, names_the_end_of_an_overlong_path_without_control_characters) {
    char path[1000];
    memset(path, 'x', sizeof path - 1);
    memcpy(path + sizeof path - 12, "a\nlido.conf", 12);
    struct place place = place_of(path, 12);
    cr_assert(strncmp(place.text, "...x", 4) == 0, "%s", place.text);
    cr_assert_str_eq(strstr(place.text, "a?lido"), "a?lido.conf:12");
    cr_assert_str_eq(place_of("lido.conf", 3).text, "lido.conf:3");
}
