/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/cli/command_line.h"

#include "server/cli/option_settings.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = FOLDER_PATH_BYTES + 16 };

struct words {
    int count;
    char texts[ARGUMENTS_MAX][TEXT_BYTES];
    char *items[ARGUMENTS_MAX + 1];
};

struct options options;
struct config config;
char error[CONFIG_ERROR_BYTES];

static void write_down(struct words *words, const char *const texts[]) {
    *words = (struct words){.count = 0};
    for (; texts[words->count] != NULL; words->count++) {
        cr_assert_lt(words->count, ARGUMENTS_MAX);
        cr_assert_lt(strlen(texts[words->count]), sizeof words->texts[0]);
        (void)snprintf(words->texts[words->count], sizeof words->texts[0], "%s", texts[words->count]);
        words->items[words->count] = words->texts[words->count];
    }
}

bool parse(const char *const arguments[]) {
    static struct words words;
    write_down(&words, arguments);
    options_deinit(&options);
    error[0] = '\0';
    return options_parse(&options, words.count, words.items, error);
}

bool configure(const char *const environment[]) {
    static struct words words;
    write_down(&words, environment);
    config_deinit(&config);
    error[0] = '\0';
    return option_settings_gather(&options, words.items, false, &config, error);
}

void forget_command_line(void) {
    options_deinit(&options);
    config_deinit(&config);
}

bool same(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}
