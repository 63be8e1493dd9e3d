/* SPDX-License-Identifier: MIT */
#include "tests/support/folder.h"
#include "tests/unit/server/cli/command_line.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { TEXT_BYTES = FOLDER_PATH_BYTES + 16 };

static struct folder folder;

static void tear_down(void) {
    forget_command_line();
    folder_remove(&folder);
}

TestSuite(option_settings, .fini = tear_down, .timeout = 60);

/* Each source names a number of threads; whoever is there and ranks highest counts. */
Test(option_settings, lets_the_command_line_win_over_environment_file_and_default) {
    folder_create(&folder);
    folder_write_text(&folder, "lido.conf", "\nthreads = 3\n");
    struct folder_path path = folder_path(&folder, "lido.conf");
    char file_origin[TEXT_BYTES];
    (void)snprintf(file_origin, sizeof file_origin, "%s:2", path.text);
    for (unsigned sources = 0; sources < 8; sources++) {
        const char *const arguments[] = {"lido", "-c", path.text, NULL};
        const char *const variables[] = {"HOME=/", "LIDO_THREADS=4", NULL};
        const char *const nothing[] = {"HOME=/", NULL};
        bool file = (sources & 1) != 0;
        bool environment = (sources & 2) != 0;
        bool command_line = (sources & 4) != 0;
        options_deinit(&options);
        options =
            (struct options){.config_path = file ? arguments[2] : NULL, .threads = command_line ? "5" : NULL};
        cr_assert(configure(environment ? variables : nothing), "%s", error);
        cr_expect_eq(config.threads,
                     command_line  ? 5
                     : environment ? 4
                     : file        ? 3
                                   : 0,
                     "sources %u", sources);
        cr_expect_str_eq(config_origin(&config, "threads", 0), command_line  ? "--threads"
                                                               : environment ? "LIDO_THREADS"
                                                               : file        ? file_origin
                                                                             : "default");
    }
}

Test(option_settings, finds_the_config_file_by_the_environment_unless_told_otherwise) {
    folder_create(&folder);
    folder_write_text(&folder, "environment.conf", "queue = 7\n");
    folder_write_text(&folder, "option.conf", "queue = 8\n");
    struct folder_path path = folder_path(&folder, "option.conf");
    char variable[TEXT_BYTES];
    (void)snprintf(variable, sizeof variable, "LIDO_CONFIG=%s",
                   folder_path(&folder, "environment.conf").text);
    const char *const environment[] = {variable, NULL};
    cr_assert(configure(environment), "%s", error);
    cr_expect_eq(config.queue, 7);
    options.config_path = path.text;
    cr_assert(configure(environment), "%s", error);
    cr_expect_eq(config.queue, 8);
    const char *const empty[] = {"LIDO_CONFIG=", "LIDO_CONFIGURE", NULL};
    options.config_path = NULL;
    cr_assert(configure(empty), "%s", error);
    cr_expect_eq(config.queue, 1024);
}

Test(option_settings, carries_each_option_into_the_settings) {
    const char *const arguments[] = ARGUMENTS("-q", "-t3", "-b[::1]:81", "-b", "unix:/tmp/s", "www", NULL);
    const char *const environment[] = {"PORT=9000", NULL};
    cr_assert(parse(arguments), "%s", error);
    cr_assert(configure(environment), "%s", error);
    cr_expect_eq(config.threads, 3);
    cr_expect_str_eq(config.site.root, "www");
    cr_expect_str_eq(config.access_log, "off");
    cr_assert_eq(config.listen.count, 2);
    cr_expect_str_eq(config.listen.items[0], "[::1]:81");
    cr_expect_str_eq(config.listen.items[1], "unix:/tmp/s");
    cr_expect_str_eq(config_origin(&config, "root", 0), "command line");
    cr_expect_str_eq(config_origin(&config, "access_log", 0), "--quiet");
    cr_expect_str_eq(config_origin(&config, "listen", 0), "--bind");
}

Test(option_settings, lets_a_port_meant_for_the_program_win_over_one_that_stands_around) {
    const char *const arguments[] = ARGUMENTS("--port=8081", NULL);
    const char *const nothing[] = {"lido", NULL};
    const char *const environment[] = {"PORT=9000", NULL};
    cr_assert(parse(nothing), "%s", error);
    cr_assert(configure(environment), "%s", error);
    cr_expect_str_eq(config.listen.items[0], "localhost:9000");
    cr_assert(parse(arguments), "%s", error);
    cr_assert(configure(environment), "%s", error);
    cr_expect_str_eq(config.listen.items[0], "localhost:8081");
}

Test(option_settings, names_the_option_whose_value_is_wrong) {
    static const struct {
        const char *arguments[ARGUMENTS_MAX];
        const char *beginning;
    } rows[] = {
        {ARGUMENTS("-p", "http!"), "--port: "},
        {ARGUMENTS("-t", "0"), "--threads: "},
        {ARGUMENTS("-b", "a b"), "--bind: "},
        {ARGUMENTS("-b", "a:1", "-b", "a:1"), "--bind: "},
        {ARGUMENTS("-c", "/nowhere/x"), "/nowhere/x: "},
        {ARGUMENTS(""), "command line: "},
    };
    const char *const environment[] = {"HOME=/", NULL};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert(parse(rows[i].arguments), "%s: %s", rows[i].beginning, error);
        cr_expect(!configure(environment), "%s", rows[i].beginning);
        cr_expect_eq(strncmp(error, rows[i].beginning, strlen(rows[i].beginning)), 0, "%s: %s",
                     rows[i].beginning, error);
        cr_expect_null(strchr(error, '\n'));
    }
}

Test(option_settings, stops_at_a_mistake_in_the_environment) {
    const char *const environment[] = {"LIDO_THREADS=many", NULL};
    cr_expect(!configure(environment));
    cr_expect_eq(strncmp(error, "LIDO_THREADS: ", 14), 0, "%s", error);
}
