/* SPDX-License-Identifier: MIT */
/* -s and --set: any option of the config file on the command line. */
#include "tests/unit/server/cli/command_line.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BYTES = 256 };

TestSuite(options_set, .fini = forget_command_line, .timeout = 60);

static const struct {
    const char *name;
    const char *arguments[ARGUMENTS_MAX];
    const char *sets[3]; /* NULL behind the last one */
} set_spellings[] = {
    {"-s a=1", ARGUMENTS("-s", "a=1"), {"a=1"}},
    {"-sa=1", ARGUMENTS("-sa=1"), {"a=1"}},
    {"-qsa=1", ARGUMENTS("-qsa=1"), {"a=1"}},
    {"--set a=1", ARGUMENTS("--set", "a=1"), {"a=1"}},
    {"--set=a=1", ARGUMENTS("--set=a=1"), {"a=1"}},
    {"--se=a=1", ARGUMENTS("--se=a=1"), {"a=1"}},
    {"several, the folder between",
     ARGUMENTS("-s", "a=1", "www", "--set=b=2", "-sc=3"),
     {"a=1", "b=2", "c=3"}},
    {"the same twice", ARGUMENTS("-sa=1", "-sa=1"), {"a=1", "a=1"}},
    {"an equals sign in the value", ARGUMENTS("-s", "a=b=c"), {"a=b=c"}},
    {"a value like an option", ARGUMENTS("-s", "-q"), {"-q"}},
    {"nothing", ARGUMENTS("-s", ""), {""}},
};

Test(options_set, comes_in_every_spelling_and_as_often_as_it_is_given) {
    for (size_t i = 0; i < sizeof set_spellings / sizeof set_spellings[0]; i++) {
        const char *name = set_spellings[i].name;
        cr_assert(parse(set_spellings[i].arguments), "%s: %s", name, error);
        size_t count = 0;
        for (; count < 3 && set_spellings[i].sets[count] != NULL; count++) {
            cr_assert_lt(count, options.set_count, "%s", name);
            cr_expect_str_eq(options.sets[count], set_spellings[i].sets[count], "%s", name);
        }
        cr_expect_eq(options.set_count, count, "%s", name);
        cr_expect_eq(options.bind_count, 0, "%s", name);
    }
}

static const char *const plain_environment[] = {"HOME=/", NULL};

/* The line that prints an option, with one blank wherever there are several. */
static const char *print_option(const char *name) {
    static char line[TEXT_BYTES];
    char *text = NULL;
    size_t length = 0;
    cr_assert_eq(config_print(&config, &text), 0);
    const char *at = text;
    while (strncmp(at, name, strlen(name)) != 0 || at[strlen(name)] != ' ') {
        at += strcspn(at, "\n");
        cr_assert_neq(*at, '\0', "%s: %s", name, text);
        at++;
    }
    for (; *at != '\n'; at++) {
        cr_assert_lt(length, sizeof line - 1);
        if (*at != ' ' || length == 0 || line[length - 1] != ' ') {
            line[length++] = *at;
        }
    }
    line[length] = '\0';
    free(text);
    return line;
}

Test(options_set, takes_any_option_of_the_file) {
    static const struct {
        const char *arguments[ARGUMENTS_MAX];
        const char *name;
        const char *line; /* of the settings in force */
    } rows[] = {
        {ARGUMENTS("-s", "cors=on"), "cors", "cors = on # --set cors"},
        {ARGUMENTS("-s", "cors=off", "-s", "clean_urls=on"), "clean_urls",
         "clean_urls = on # --set clean_urls"},
        {ARGUMENTS("-s", "fallback=/index.html"), "fallback", "fallback = \"/index.html\" # --set fallback"},
        {ARGUMENTS("-s", "root=a=b"), "root", "root = \"a=b\" # --set root"},
        {ARGUMENTS("-s", "compress_max=2M"), "compress_max", "compress_max = 2M # --set compress_max"},
        {ARGUMENTS("-s", "send_timeout=7s"), "send_timeout", "send_timeout = 7s # --set send_timeout"},
        {ARGUMENTS("-s", "queue=5", "--set=queue=6"), "queue", "queue = 6 # --set queue"},
        {ARGUMENTS("-s", "precompressed=off"), "precompressed", "precompressed = {} # --set precompressed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert(parse(rows[i].arguments), "%s: %s", rows[i].line, error);
        cr_assert(configure(plain_environment), "%s: %s", rows[i].line, error);
        cr_expect_str_eq(print_option(rows[i].name), rows[i].line);
    }
}

Test(options_set, adds_up_the_entries_of_a_list) {
    static const struct {
        const char *name;
        const char *arguments[ARGUMENTS_MAX];
    } rows[] = {
        {"with commas", ARGUMENTS("-s", "index=a,b,c")},
        {"repeated", ARGUMENTS("-s", "index=a", "-s", "index=b", "-s", "index=c")},
        {"both", ARGUMENTS("-s", "index=a,b", "--set=index=c")},
    };
    const char *const environment[] = {"LIDO_INDEX=x,y", NULL};
    static const char *const expected[] = {"a", "b", "c"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert(parse(rows[i].arguments), "%s: %s", rows[i].name, error);
        cr_assert(configure(environment), "%s: %s", rows[i].name, error);
        cr_assert_eq(config.site.index.count, 3, "%s", rows[i].name);
        for (size_t k = 0; k < 3; k++) {
            cr_expect_str_eq(config.site.index.items[k], expected[k], "%s", rows[i].name);
        }
    }
}

Test(options_set, wins_over_the_environment) {
    const char *const arguments[] = ARGUMENTS("-s", "threads=5", NULL);
    const char *const environment[] = {"LIDO_THREADS=4", NULL};
    cr_assert(parse(arguments), "%s", error);
    cr_assert(configure(environment), "%s", error);
    cr_expect_eq(config.threads, 5);
    cr_expect_str_eq(config_origin(&config, "threads", 0), "--set threads");
}

/* Wherever they stand. */
Test(options_set, gives_way_to_an_option_of_its_own) {
    const char *const arguments[] =
        ARGUMENTS("-t3", "-q", "www", "-sthreads=5", "-sroot=other", "-saccess_log=log", NULL);
    cr_assert(parse(arguments), "%s", error);
    cr_assert(configure(plain_environment), "%s", error);
    cr_expect_eq(config.threads, 3);
    cr_expect_str_eq(config.site.root, "www");
    cr_expect_str_eq(config.access_log, "off");
}

Test(options_set, adds_to_what_bind_says) {
    const char *const arguments[] = ARGUMENTS("-slisten=a:1", "-bb:2", "-slisten=c:3", NULL);
    static const char *const expected[] = {"b:2", "a:1", "c:3"};
    cr_assert(parse(arguments), "%s", error);
    cr_assert(configure(plain_environment), "%s", error);
    cr_assert_eq(config.listen.count, 3);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_str_eq(config.listen.items[i], expected[i]);
    }
}

#define NAME_63 "a23456789_123456789_123456789_123456789_123456789_123456789_123"

Test(options_set, says_in_one_line_what_is_wrong) {
    static const struct {
        const char *argument;
        const char *error;
    } rows[] = {
        {"", "--set: '' is not NAME=VALUE; write e.g. --set cors=on"},
        {"cors", "--set: 'cors' is not NAME=VALUE; write e.g. --set cors=on"},
        {"=on", "--set: '=on' is not NAME=VALUE; write e.g. --set cors=on"},
        {"=", "--set: '=' is not NAME=VALUE; write e.g. --set cors=on"},
        {"corse=on", "--set corse: unknown option 'corse'; did you mean 'cors'?"},
        {"autoindex=on", "--set autoindex: unknown option 'autoindex'; did you mean 'listing'?"},
        {"Cors=on", "--set Cors: unknown option 'Cors'; did you mean 'cors'?"},
        {"zzzzzzzz=1", "--set zzzzzzzz: unknown option 'zzzzzzzz'; 'lido --check-config' prints all options"},
        {NAME_63 "=1",
         "--set " NAME_63 ": unknown option '" NAME_63 "'; 'lido --check-config' prints all options"},
        {NAME_63 "4=1", "--set: '" NAME_63 "4' is not NAME=VALUE; write e.g. --set cors=on"},
        {"cors=maybe", NULL}, /* what conf/ complains of; the place is what counts here */
        {"index=", NULL},
        {"threads=0", NULL},
        {"queue=", NULL},
        {"compress_min=2M", NULL},
        {"cache=/a", NULL},
        {"host=example.org", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const arguments[] = ARGUMENTS("-s", rows[i].argument, NULL);
        char beginning[TEXT_BYTES];
        (void)snprintf(beginning, sizeof beginning, "--set %.*s: ", (int)strcspn(rows[i].argument, "="),
                       rows[i].argument);
        cr_assert(parse(arguments), "%s: %s", rows[i].argument, error);
        cr_expect(!configure(plain_environment), "%s", rows[i].argument);
        if (rows[i].error != NULL) {
            cr_expect_str_eq(error, rows[i].error);
        }
        cr_expect(rows[i].error != NULL || strncmp(error, beginning, strlen(beginning)) == 0, "%s: %s",
                  rows[i].argument, error);
        cr_expect_null(strchr(error, '\n'), "%s", rows[i].argument);
    }
}

Test(options_set, is_checked_against_the_rest) {
    const char *const arguments[] = ARGUMENTS("-s", "compress_min=2k", "-s", "compress_max=1k", NULL);
    cr_assert(parse(arguments), "%s", error);
    cr_expect(!configure(plain_environment));
    cr_expect_eq(strncmp(error, "--set compress_min: ", 20), 0, "%s", error);
}

Test(options_set, may_run_out_of_memory) {
    const char *const arguments[] = ARGUMENTS("-s", "cors=on", "-b", "a", NULL);
    ptrdiff_t live = memory_live_count();
    size_t count = 0;
    for (bool failed = true; failed; count++) {
        memory_fail_after(count);
        bool parsed = parse(arguments);
        failed = memory_stop_failing();
        cr_expect_eq(parsed, !failed, "after %zu: %s", count, error);
        cr_expect_str_eq(error, failed ? "no memory" : "", "after %zu", count);
        options_deinit(&options);
        cr_expect_eq(memory_live_count(), live, "after %zu", count);
    }
    cr_expect_gt(count, 1);
}
