/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_write_text(&site, "start.htm", "start");
}

TestSuite(configuration, .init = set_up_site, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

/* Run in the workplace with lido.conf of this content and these further settings. */
static int check(const char *content, const char *const *arguments, const char *const *environment) {
    folder_write_text(&workplace, "lido.conf", content);
    return program_run(&lido, &(struct program_options){.arguments = arguments,
                                                        .environment = environment,
                                                        .directory = workplace.path});
}

static const char *const *const check_only = (const char *const[]){"-c", "lido.conf", "--check-config", NULL};

/* The line of the effective settings that begins with `name`, blanks squeezed to one. */
static const char *setting(const char *name) {
    static char line[1024];
    size_t length = 0;
    const char *at = lido.out.text;
    while (strncmp(at, name, strlen(name)) != 0 || at[strlen(name)] != ' ') {
        at += strcspn(at, "\n");
        cr_assert(*at != '\0', "no %s in '%s'", name, lido.out.text);
        at++;
    }
    for (; *at != '\n' && *at != '\0' && length + 1 < sizeof line; at++) {
        if (*at != ' ' || line[length - 1] != ' ') {
            line[length++] = *at;
        }
    }
    line[length] = '\0';
    return line;
}

static void expect_setting(const char *name, const char *value, const char *origin) {
    const char *line = setting(name);
    cr_assert(strstr(line, value) != NULL, "'%s' instead of %s", line, value);
    cr_assert(strstr(line, origin) != NULL, "'%s' does not come from %s", line, origin);
}

StageTest(configuration, mistakes_are_named_with_file_and_line) {
    static const struct {
        const char *content;
        const char *begin;
        const char *needle;
    } rows[] = {
        {"threads = 0\n", "lido.conf:1:", "1..1024"},
        {"threads = 1025\n", "lido.conf:1:", "1..1024"},
        {"threads = -1\n", "lido.conf:1:", "threads"},
        {"threads = many\n", "lido.conf:1:", "many"},
        {"# a comment\n\nthread = 8\n", "lido.conf:3:", "'threads'"},
        {"workers = 8\n", "lido.conf:1:", "'threads'"},
        {"frobnicate = 8\n", "lido.conf:1:", "frobnicate"},
        {"threads = 2\nthreads = 3\n", "lido.conf:2:", "twice"},
        {"header_timeout = 15\n", "lido.conf:1:", "unit"},
        {"header_timeout = 15q\n", "lido.conf:1:", "15q"},
        {"header_timeout = 0s\n", "lido.conf:1:", "range"},
        {"header_timeout = 99h\n", "lido.conf:1:", "range"},
        {"max_head = 16x\n", "lido.conf:1:", "16x"},
        {"max_head = 1\n", "lido.conf:1:", "range"},
        {"max_request_line = 32k\n", "lido.conf:1:", "max_head"},
        {"when_full = panic\n", "lido.conf:1:", "wait or reject"},
        {"listing = maybe\n", "lido.conf:1:", "maybe"},
        {"log_format = xml\n", "lido.conf:1:", "common, combined, vhost_combined, timed, json"},
        {"index = { \"a/b\" }\n", "lido.conf:1:", "a/b"},
        {"listen = { \"localhost:8080\"\n", "lido.conf:1:", "never closed"},
        {"listen = { \"localhost:8080\",\n  \"localhost:8080\" }\n", "lido.conf:2:", "twice"},
        {"listen = { \"*:8080\", \"localhost:8080\" }\n", "lido.conf:1:", "overlap"},
        {"listen = \"localhost:99999\"\n", "lido.conf:1:", "99999"},
        {"listen = { }\n", "lido.conf:1:", "empty"},
        {"threads\n", "lido.conf:1:", "threads"},
        {"threads = \n", "lido.conf:1:", "threads"},
        {"threads = { 1, 2 }\n", "lido.conf:1:", "threads"},
        {"= 3\n", "lido.conf:1:", ""},
        {"root = \"unfinished\n", "lido.conf:1:", "root"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = check(rows[i].content, check_only, NULL);
        const char *message = strstr(lido.err.text, rows[i].begin);
        cr_assert(status == 2, "%s: exit status %d; err: '%s'", rows[i].content, status, lido.err.text);
        cr_assert(message != NULL, "%s: err: '%s'", rows[i].content, lido.err.text);
        cr_assert(strstr(message, rows[i].needle) != NULL, "%s: err: '%s'", rows[i].content, lido.err.text);
        cr_assert(program_count_lines(&lido.err) == 1, "%s: err: '%s'", rows[i].content, lido.err.text);
    }
}

StageTest(configuration, mistakes_start_nothing) {
    int status = check("threads = 0\n", LIST("-c", "lido.conf", "--port=0", "site"), NULL);
    cr_assert(status == 2, "exit status %d", status);
    cr_assert(strstr(lido.err.text, "listening") == NULL, "err: '%s'", lido.err.text);
}

StageTest(configuration, mistakes_in_the_environment_are_named) {
    static const struct {
        const char *variable;
        const char *needle;
        int status;
    } rows[] = {
        {"LIDO_THREADS=0", "LIDO_THREADS", 2},
        {"LIDO_THREAD=2", "LIDO_THREADS", 0}, /* not known, and may be somebody else's: a warning */
        {"LIDO_FROBNICATE=2", "LIDO_FROBNICATE", 0},
        {"LIDO_HEADER_TIMEOUT=soon", "LIDO_HEADER_TIMEOUT", 2},
        {"PORT=99999", "PORT", 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = check("", check_only, LIST(rows[i].variable));
        cr_assert(status == rows[i].status, "%s: exit status %d", rows[i].variable, status);
        cr_assert(strstr(lido.err.text, rows[i].needle) != NULL, "%s: err: '%s'", rows[i].variable,
                  lido.err.text);
        cr_assert(program_count_lines(&lido.err) == 1, "%s: err: '%s'", rows[i].variable, lido.err.text);
    }
}

StageTest(configuration, a_host_without_an_address_is_a_mistake) {
    int status = check("listen = \"nohost.invalid:80\"\n", LIST("-c", "lido.conf", "site"), NULL);
    cr_assert(status == 2 || status == 1, "exit status %d", status); /* 1 where no name server can be asked */
    cr_assert(strstr(lido.err.text, "nohost.invalid") != NULL, "err: '%s'", lido.err.text);
}

StageTest(configuration, check_prints_every_setting_and_where_it_came_from) {
    static const char *const names[] = {
        "listen",
        "root",
        "index",
        "listing",
        "charset",
        "media_types",
        "threads",
        "queue",
        "when_full",
        "max_connections",
        "backlog",
        "header_timeout",
        "keepalive_timeout",
        "send_timeout",
        "linger_timeout",
        "shutdown_timeout",
        "max_request_line",
        "max_head",
        "max_fields",
        "max_body",
        "access_log",
        "log_format",
        "server_timing",
    };
    int status = check("queue = 7\n\nlisting = off\n", check_only, LIST("LIDO_BACKLOG=99"));
    cr_assert(status == 0, "exit status %d; err: '%s'", status, lido.err.text);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)setting(names[i]);
    }
    expect_setting("queue", "7", "lido.conf:1");
    expect_setting("listing", "off", "lido.conf:3");
    expect_setting("backlog", "99", "LIDO_BACKLOG");
    expect_setting("max_fields", "100", "default");
}

StageTest(configuration, what_check_prints_is_a_config_file_of_the_same_settings) {
    static char printed[PROGRAM_OUTPUT_BYTES + 1];
    cr_assert(check("queue = 7\nindex = { \"a\", \"b\" }\nheader_timeout = 1500ms\n", check_only, NULL) == 0);
    memcpy(printed, lido.out.text, lido.out.length + 1);
    int status = check(printed, check_only, NULL);
    cr_assert(status == 0, "exit status %d; err: '%s'", status, lido.err.text);
    expect_setting("queue", "7", "lido.conf:");
    expect_setting("header_timeout", "1500ms", "lido.conf:");
    expect_setting("index", "{ \"a\", \"b\" }", "lido.conf:");
}

StageTest(configuration, command_line_wins_over_environment_over_file_over_default) {
    stage_needs_own_settings("to choose where the number of threads comes from");
    const char *file = "threads = 3\n";
    cr_assert(check("", check_only, NULL) == 0);
    expect_setting("threads", "auto", "default");
    cr_assert(check(file, check_only, NULL) == 0);
    expect_setting("threads", "3", "lido.conf:1");
    cr_assert(check(file, check_only, LIST("LIDO_THREADS=5")) == 0);
    expect_setting("threads", "5", "LIDO_THREADS");
    cr_assert(check(file, LIST("-c", "lido.conf", "--check-config", "-t", "7"), LIST("LIDO_THREADS=5")) == 0);
    expect_setting("threads", "7", "-t");
}

StageTest(configuration, of_ports_follows_the_same_order) {
    const char *file = "listen = \"localhost:1111\"\n";
    cr_assert(check(file, check_only, NULL) == 0);
    expect_setting("listen", "localhost:1111", "lido.conf:1");
    cr_assert(check(file, check_only, LIST("PORT=2222")) == 0);
    expect_setting("listen", "localhost:2222", "PORT");
    cr_assert(check(file, LIST("-c", "lido.conf", "--check-config", "--port=3333"), LIST("PORT=2222")) == 0);
    expect_setting("listen", "localhost:3333", "--port");
    cr_assert(check(file, LIST("-c", "lido.conf", "--check-config", "-b", "127.0.0.1:4444"),
                    LIST("PORT=2222")) == 0);
    expect_setting("listen", "127.0.0.1:4444", "-b");
}

StageTest(configuration, takes_effect) {
    stage_needs_own_settings("the number of threads of its file");
    folder_write_text(
        &workplace, "lido.conf",
        "listen = \"127.0.0.1:0\"\nroot = \"site\"\nindex = { \"none.html\", \"start.htm\" }\nthreads = 3\n");
    program_start(
        &lido, &(struct program_options){.arguments = LIST("-c", "lido.conf"), .directory = workplace.path});
    cr_assert(strstr(lido.err.text, "3 threads") != NULL, "err: '%s'", lido.err.text);
    cr_assert(get("/") == 200 && strcmp(answer.body, "start") == 0, "%d '%s'", answer.status, answer.body);
}

StageTest(configuration, of_the_index_can_come_from_the_environment) {
    serve(LIST("LIDO_INDEX=start.htm,index.html"));
    cr_assert(get("/") == 200 && strcmp(answer.body, "start") == 0, "%d '%s'", answer.status, answer.body);
}
