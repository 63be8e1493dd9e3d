/* SPDX-License-Identifier: MIT */
#include "server/cli/help.h"
#include "tests/unit/server/cli/command_line.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(options, .fini = forget_command_line, .timeout = 60);

Test(options, runs_with_the_defaults_when_nothing_is_said) {
    const char *const arguments[] = {"lido", NULL};
    cr_assert(parse(arguments), "%s", error);
    cr_expect_eq(options.action, OPTIONS_RUN);
    cr_expect_null(options.root);
    cr_expect_null(options.config_path);
    cr_expect_null(options.port);
    cr_expect_null(options.threads);
    cr_expect_eq(options.bind_count, 0);
    cr_expect_eq(options.set_count, 0);
    cr_expect(!options.quiet && !options.open_browser);
}

static const struct {
    const char *name;
    const char *arguments[ARGUMENTS_MAX];
    struct options expected;
    const char *bind;
} spellings[] = {
    {"-p 1", ARGUMENTS("-p", "1"), {.port = "1"}, NULL},
    {"-p1", ARGUMENTS("-p1"), {.port = "1"}, NULL},
    {"--port 1", ARGUMENTS("--port", "1"), {.port = "1"}, NULL},
    {"--port=1", ARGUMENTS("--port=1"), {.port = "1"}, NULL},
    {"--po=1", ARGUMENTS("--po=1"), {.port = "1"}, NULL},
    {"-b a", ARGUMENTS("-b", "a"), {.port = NULL}, "a"},
    {"-ba", ARGUMENTS("-ba"), {.port = NULL}, "a"},
    {"--bind a", ARGUMENTS("--bind", "a"), {.port = NULL}, "a"},
    {"--bind=a", ARGUMENTS("--bind=a"), {.port = NULL}, "a"},
    {"-t 2", ARGUMENTS("-t", "2"), {.threads = "2"}, NULL},
    {"-t2", ARGUMENTS("-t2"), {.threads = "2"}, NULL},
    {"--threads 2", ARGUMENTS("--threads", "2"), {.threads = "2"}, NULL},
    {"--threads=2", ARGUMENTS("--threads=2"), {.threads = "2"}, NULL},
    {"-c f", ARGUMENTS("-c", "f"), {.config_path = "f"}, NULL},
    {"-cf", ARGUMENTS("-cf"), {.config_path = "f"}, NULL},
    {"--config f", ARGUMENTS("--config", "f"), {.config_path = "f"}, NULL},
    {"--config=f", ARGUMENTS("--config=f"), {.config_path = "f"}, NULL},
    {"--check-config", ARGUMENTS("--check-config"), {.action = OPTIONS_CHECK_CONFIG}, NULL},
    {"-q", ARGUMENTS("-q"), {.quiet = true}, NULL},
    {"--quiet", ARGUMENTS("--quiet"), {.quiet = true}, NULL},
    {"-o", ARGUMENTS("-o"), {.open_browser = true}, NULL},
    {"--open", ARGUMENTS("--open"), {.open_browser = true}, NULL},
    {"-qo", ARGUMENTS("-qo"), {.quiet = true, .open_browser = true}, NULL},
    {"-qp1", ARGUMENTS("-qp1"), {.quiet = true, .port = "1"}, NULL},
    {"--probe u", ARGUMENTS("--probe", "u"), {.action = OPTIONS_PROBE, .probe_url = "u"}, NULL},
    {"--probe=u", ARGUMENTS("--probe=u"), {.action = OPTIONS_PROBE, .probe_url = "u"}, NULL},
    {"--qr", ARGUMENTS("--no-qr", "--qr"), {.qr = OPTIONS_QR_ALWAYS}, NULL},
    {"--no-qr", ARGUMENTS("--qr", "--no-qr"), {.qr = OPTIONS_QR_NEVER}, NULL},
    {"-h", ARGUMENTS("-h"), {.action = OPTIONS_HELP}, NULL},
    {"--help", ARGUMENTS("--help"), {.action = OPTIONS_HELP}, NULL},
    {"-V", ARGUMENTS("-V"), {.action = OPTIONS_VERSION}, NULL},
    {"--version", ARGUMENTS("--version"), {.action = OPTIONS_VERSION}, NULL},
    {"help before a mistake", ARGUMENTS("--help", "--nope"), {.action = OPTIONS_HELP}, NULL},
    {"DIR alone", ARGUMENTS("www"), {.root = "www"}, NULL},
    {"DIR first", ARGUMENTS("www", "-q", "-p", "1"), {.root = "www", .quiet = true, .port = "1"}, NULL},
    {"DIR last", ARGUMENTS("-q", "-p", "1", "www"), {.root = "www", .quiet = true, .port = "1"}, NULL},
    {"DIR between", ARGUMENTS("-q", "www", "-p", "1"), {.root = "www", .quiet = true, .port = "1"}, NULL},
    {"DIR like an option", ARGUMENTS("-q", "--", "-p"), {.root = "-p", .quiet = true}, NULL},
    {"the last of two counts", ARGUMENTS("-p1", "--port=2"), {.port = "2"}, NULL},
    {"a value like an option", ARGUMENTS("-p", "-q"), {.port = "-q"}, NULL},
    {"an empty value", ARGUMENTS("--port="), {.port = ""}, NULL},
};

Test(options, understands_every_option_in_every_spelling) {
    for (size_t i = 0; i < sizeof spellings / sizeof spellings[0]; i++) {
        const char *name = spellings[i].name;
        const struct options *expected = &spellings[i].expected;
        cr_assert(parse(spellings[i].arguments), "%s: %s", name, error);
        cr_expect_eq(options.action, expected->action, "%s: action", name);
        cr_expect(same(options.root, expected->root), "%s: root", name);
        cr_expect(same(options.config_path, expected->config_path), "%s: config", name);
        cr_expect(same(options.port, expected->port), "%s: port", name);
        cr_expect(same(options.threads, expected->threads), "%s: threads", name);
        cr_expect(same(options.probe_url, expected->probe_url), "%s: probe", name);
        cr_expect_eq(options.quiet, expected->quiet, "%s: quiet", name);
        cr_expect_eq(options.open_browser, expected->open_browser, "%s: open", name);
        cr_expect_eq(options.qr, expected->qr, "%s: qr", name);
        cr_expect_eq(options.bind_count, spellings[i].bind != NULL ? 1 : 0, "%s: bind", name);
        cr_expect(same(options.bind_count > 0 ? options.binds[0] : NULL, spellings[i].bind), "%s: bind",
                  name);
    }
}

Test(options, takes_bind_as_often_as_it_is_given) {
    const char *const arguments[] = ARGUMENTS("-b", "a", "www", "--bind=b", "-bc", NULL);
    static const char *const expected[] = {"a", "b", "c"};
    cr_assert(parse(arguments), "%s", error);
    cr_assert_eq(options.bind_count, 3);
    for (size_t i = 0; i < 3; i++) {
        cr_expect_str_eq(options.binds[i], expected[i]);
    }
    cr_expect_str_eq(options.root, "www");
}

static const struct {
    const char *arguments[ARGUMENTS_MAX];
    const char *error;
} mistakes[] = {
    {ARGUMENTS("--nope"), "'--nope' is not an option"},
    {ARGUMENTS("--nope=1"), "'--nope=1' is not an option"},
    {ARGUMENTS("-x"), "'-x' is not an option"},
    {ARGUMENTS("-qx"), "'-x' is not an option"},
    {ARGUMENTS("-xq"), "'-x' is not an option"},
    {ARGUMENTS("--quiet", "-xq"), "'-x' is not an option"},
    {ARGUMENTS("", "-xq"), "'-x' is not an option"},
    {ARGUMENTS("www", "-x"), "'-x' is not an option"},
    {ARGUMENTS("-:"), "'-:' is not an option"},
    {ARGUMENTS("-?"), "'-?' is not an option"},
    {ARGUMENTS("-\x01"), "'-\\x01' is not an option"},
    {ARGUMENTS("--p"), "'--p' is short for --port, but also for --probe; write one of them"},
    {ARGUMENTS("--quite"), "'--quite' is not an option; did you mean '--quiet'?"},
    {ARGUMENTS("--prot=1"), "'--prot=1' is not an option; did you mean '--port'?"},
    {ARGUMENTS("--header-timeout=5s"),
     "'--header-timeout=5s' is not an option; write --set header_timeout=VALUE"},
    {ARGUMENTS("--root"), "'--root' is not an option; write --set root=VALUE"},
    {ARGUMENTS("--workers=4"), "'--workers=4' is not an option; write --set threads=VALUE"},
    {ARGUMENTS("-p"), "'-p' needs a value"},
    {ARGUMENTS("-qp"), "'-p' needs a value"},
    {ARGUMENTS("-b"), "'-b' needs a value"},
    {ARGUMENTS("-t"), "'-t' needs a value"},
    {ARGUMENTS("-c"), "'-c' needs a value"},
    {ARGUMENTS("-s"), "'-s' needs a value"},
    {ARGUMENTS("www", "--port"), "'--port' needs a value"},
    {ARGUMENTS("--bind"), "'--bind' needs a value"},
    {ARGUMENTS("--threads"), "'--threads' needs a value"},
    {ARGUMENTS("--config"), "'--config' needs a value"},
    {ARGUMENTS("--set"), "'--set' needs a value"},
    {ARGUMENTS("--probe"), "'--probe' needs a value"},
    {ARGUMENTS("--quiet=1"), "'--quiet' takes no value"},
    {ARGUMENTS("--open="), "'--open' takes no value"},
    {ARGUMENTS("--check-config=yes"), "'--check-config' takes no value"},
    {ARGUMENTS("--help=me"), "'--help' takes no value"},
    {ARGUMENTS("www", "more"), "one folder or file can be served, not also 'more'"},
    {ARGUMENTS("www", "-q", "more"), "one folder or file can be served, not also 'more'"},
};

Test(options, says_in_one_line_what_is_wrong) {
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        cr_expect(!parse(mistakes[i].arguments), "%s", mistakes[i].error);
        cr_expect_str_eq(error, mistakes[i].error);
    }
}

Test(options, says_so_too_when_the_option_is_longer_than_a_line) {
    static char argument[4096] = "--";
    static char program[] = "lido";
    char *argv[] = {program, argument, NULL};
    memset(argument + 2, 'x', sizeof argument - 3);
    cr_expect(!options_parse(&options, 2, argv, error));
    cr_expect_eq(strncmp(error, "'--xxx", 6), 0);
    cr_expect_lt(strlen(error), sizeof error);
}

Test(options, helps_with_every_option_on_one_screen) {
    static const char *const long_names[] = {
        "-p, --port=", "-b, --bind=", "-t, --threads=", "-c, --config=", "--check-config",
        "-s, --set=",  "-q, --quiet", "--qr, --no-qr",  "-o, --open",    "--probe=",
        "--explain=",  "-h, --help",  "-V, --version",
    };
    for (size_t i = 0; i < sizeof long_names / sizeof long_names[0]; i++) {
        cr_expect_not_null(strstr(options_help, long_names[i]), "%s", long_names[i]);
    }
    size_t lines = 0;
    for (const char *line = options_help; *line != '\0'; line += strcspn(line, "\n") + 1) {
        cr_expect_leq(strcspn(line, "\n"), 80, "%.80s", line);
        lines++;
    }
    cr_expect_leq(lines, 44);
}
