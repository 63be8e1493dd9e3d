/* SPDX-License-Identifier: MIT */
/* SIGHUP: the settings are read anew, all at once or not at all. */
#include "tests/support/stage.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

TestSuite(reload, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

static const char done[] = "done in";
static const char refused[] = "all stays as it was";

/* Write the config file. */
static void write_config(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void write_config(const char *format, ...) {
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    cr_assert_lt((size_t)length, sizeof text);
    folder_write_text(&workplace, "lido.conf", text);
}

/* The same with the site as its root and nothing in the log, and what `more` says from line 3 on. */
static void configure(const char *more) {
    write_config("root = \"%s\"\naccess_log = off\n%s\n", site.path, more);
}

static void start_with(const char *const *environment) {
    struct folder_path path = folder_path(&workplace, "lido.conf");
    program_start(&lido, &(struct program_options){.arguments = LIST("--port=0", "--config", path.text),
                                                   .environment = environment});
}

static void start(void) {
    start_with(NULL);
}

/* A log in a folder that had none at the start needs a restart in the sandbox. */
static void start_without_sandbox(void) {
    start_with(LIST("LIDO_SANDBOX=off"));
}

/* Reload, and wait until the program says how it went. */
static void reload(const char *outcome) {
    lido.err.length = 0;
    lido.err.text[0] = '\0';
    program_signal(&lido, SIGHUP);
    program_await_line(&lido, &lido.err, outcome, NULL);
}

static void expect_told(const char *line) {
    cr_assert(strstr(lido.err.text, line) != NULL, "nothing of '%s': '%s'", line, lido.err.text);
}

static void await_threads(size_t count) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (program_worker_count(&lido) != count) {
        cr_assert(clock_now_ms() < deadline, "%zu workers instead of %zu", program_worker_count(&lido),
                  count);
        cr_assert_eq(get("/"), 200);
    }
}

StageTest(reload, serves_another_root_and_other_rules_to_those_who_are_there_already) {
    struct client client;
    folder_write_text(&site, "a.txt", "one");
    folder_write_text(&workplace, "other/a.txt", "other");
    configure("");
    start();
    client_connect(&client, lido.port);
    round_trip(&client);
    write_config("root = \"%s\"\naccess_log = off\nheader \"*.txt\" { add = { \"X-Is: new\" } }",
                 folder_path(&workplace, "other").text);
    reload(done);
    expect_told("+ header *.txt");
    client_send(&client, "GET /a.txt HTTP/1.0\r\n\r\n");
    client_read_answer(&client, "GET", &answer);
    cr_assert_str_eq(answer.body, "other");
    cr_assert(answer_field_is(&answer, "X-Is", "new"));
    client_close(&client);
}

static void expect_health(struct client *client, int status) {
    client_send(client, "GET /.lido/health HTTP/1.1\r\nHost: a\r\n\r\n");
    client_read_answer(client, "GET", &answer);
    cr_assert_eq(answer.status, status, "status %d", answer.status);
}

/* The fault: who was connected kept the status pages as long as it stayed, such as a proxy with all its clients. */
StageTest(reload, moves_the_status_pages_away_from_those_who_are_there_already) {
    char setting[FOLDER_PATH_BYTES + sizeof "admin = \"unix:\""];
    struct client client;
    configure("");
    start_without_sandbox();
    client_connect(&client, lido.port);
    expect_health(&client, 200);
    (void)snprintf(setting, sizeof setting, "admin = \"unix:%s\"", folder_path(&workplace, "admin").text);
    configure(setting);
    reload(done);
    expect_health(&client, 404);
    configure("");
    reload(done);
    expect_health(&client, 200);
    client_close(&client);
}

StageTest(reload, names_what_is_wrong_and_changes_nothing) {
    stage_needs_own_settings("a number of threads that a reload can change");
    static const struct {
        const char *text;
        const char *complaint;
    } rows[] = {
        {"thraeds = 4", "lido.conf:4: "},
        {"threads = 0", "lido.conf:4: "},
        {"threads = 3\nqueue =", "lido.conf:5: "},
        {"threads = 3\nlinks = { \"/no/such/folder\" }", "lido.conf:5: links: "},
        {"threads = 3\nhost \"a.test\" { root = \"/no/such/folder\" }", "lido.conf:5: "},
        {"threads = 3\nmax_connections = 1000000", "lido.conf:5: max_connections: "},
    };
    folder_write_text(&site, "a.txt", "one");
    folder_write_text(&site, "index.html", "home");
    configure("threads = 2");
    start();
    await_threads(2);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_config("root = \"%s\"\nlisting = off\ndefault_type = sniff\n%s", site.path, rows[i].text);
        reload(refused);
        expect_told(rows[i].complaint);
        cr_assert_eq(get("/a.txt"), 200);
        await_threads(2);
    }
    write_config("root = \"/no/such/folder\"");
    reload(refused);
    expect_told("lido.conf:1: cannot serve '/no/such/folder'");
    cr_assert_eq(get("/a.txt"), 200);
}

/* Nobody is at their other end, and there is one thread that clients are accepted by. */
StageTest(reload, waits_for_no_fifo) {
    static const char *const settings[] = {"media_types =", "access_log =", "include"};
    struct folder_path pipe = folder_path(&workplace, "a-pipe");
    folder_write_text(&site, "index.html", "home");
    folder_fifo(&workplace, "a-pipe");
    configure("");
    start_without_sandbox();
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        bool is_include = strcmp(settings[i], "include") == 0;
        write_config("root = \"%s\"\n%s \"%s\"\n", site.path, settings[i], pipe.text);
        reload(is_include ? refused : done);
        cr_assert_eq(get("/"), 200, "%s", settings[i]);
    }
    expect_told("is no file");
    cr_assert_eq(unlink(folder_path(&workplace, "lido.conf").text), 0);
    folder_fifo(&workplace, "lido.conf");
    reload(refused);
    expect_told("lido.conf: is a FIFO, which cannot be read anew");
    cr_assert_eq(get("/"), 200);
}

StageTest(reload, that_finds_all_as_it_was_says_so) {
    configure("");
    start();
    reload("nothing has changed");
    cr_assert_eq(get("/"), 200);
}

StageTest(reload, gives_the_pool_another_size) {
    stage_needs_own_settings("a number of threads that a reload can change");
    static const size_t counts[] = {9, 1, 3, 64, 2};
    configure("threads = 4");
    start();
    await_threads(4);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        write_config("root = \"%s\"\naccess_log = off\nthreads = %zu\nqueue = %zu", site.path, counts[i],
                     10 * counts[i]);
        reload(done);
        await_threads(counts[i]);
    }
    expect_told("reload: threads 64 -> 2");
    expect_told("reload: queue 640 -> 20");
}

/* The command line and the environment stay what they were, and above the file. */
StageTest(reload, heeds_all_sources_as_the_start_does) {
    struct folder_path path = folder_path(&workplace, "lido.conf");
    configure("");
    program_start(&lido,
                  &(struct program_options){.arguments = LIST("--port=0", "-t", "3", "--config", path.text),
                                            .environment = LIST("LIDO_LISTING=off")});
    cr_assert_neq(get("/"), 200, "the listing is off");
    configure("threads = 7\nlisting = on\nserver_header = on");
    reload(done);
    expect_told("reload: server_header off -> on");
    await_threads(3);
    cr_assert_neq(get("/"), 200, "the listing is off");
    cr_assert_not_null(answer_field(&answer, "Server"));
}

StageTest(reload, lets_an_answer_end_as_it_began) {
    enum { LARGE = 24 * 1024 * 1024 };
    struct client reader;
    folder_write_pattern(&site, "large", 0, LARGE);
    folder_mkdir(&workplace, "empty");
    configure("header \"*\" { add = { \"X-Is: old\" } }");
    start();
    client_connect_narrow(&reader, lido.port);
    client_send(&reader, "GET /large HTTP/1.0\r\n\r\n");
    client_read_head(&reader, &answer);
    cr_assert(answer_field_is(&answer, "X-Is", "old"));
    write_config("root = \"%s\"\nfile_cache = off\nthreads = 1", folder_path(&workplace, "empty").text);
    for (int i = 0; i < 3; i++) {
        reload(done);
    }
    cr_assert_eq(get("/large"), 404);
    client_widen(&reader);
    cr_assert_eq(client_read_pattern(&reader, 0, LARGE), LARGE);
    client_expect_end(&reader);
    client_close(&reader);
}

static void ask_slowly(struct client *client, const char *head, size_t from, size_t to) {
    client_send_bytes(client, head + from, to - from);
}

/* Half of a head has come; the other half finds other limits, more than once. */
StageTest(reload, goes_on_with_half_a_request) {
    static const char head[] = "GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\nX-Some: thing\r\n\r\n";
    static const size_t cuts[] = {1, 10, sizeof head / 2, sizeof head - 2};
    struct client client;
    folder_write_text(&site, "a.txt", "one");
    configure("");
    start();
    client_connect(&client, lido.port);
    round_trip(&client);
    for (size_t i = 0; i < 4 * sizeof cuts / sizeof cuts[0]; i++) {
        size_t cut = cuts[i % (sizeof cuts / sizeof cuts[0])];
        ask_slowly(&client, head, 0, cut);
        cr_assert_eq(get("/a.txt"), 200); /* it is received by now */
        for (size_t k = 0; k < 1 + i % 3; k++) {
            write_config(
                "root = \"%s\"\nmax_request_line = 300\nmax_head = %zu\nmax_fields = %zu\nthreads = %zu",
                site.path, 512 + 100 * i + k, 10 + i, 1 + i % 4);
            reload(done);
        }
        ask_slowly(&client, head, cut, sizeof head - 1);
        client_read_answer(&client, "GET", &answer);
        cr_assert_eq(answer.status, 200, "%zu", i);
        cr_assert_str_eq(answer.body, "one");
    }
    client_close(&client);
}

StageTest(reload, has_new_limits_hold_for_new_requests) {
    folder_write_text(&site, "a.txt", "one");
    configure("max_fields = 3");
    start();
    static const char request[] = "GET /a.txt HTTP/1.0\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n";
    ask(request);
    cr_assert_eq(answer.status, 431);
    configure("max_fields = 4");
    reload(done);
    ask(request);
    cr_assert_eq(answer.status, 200);
}

StageTest(reload, turns_the_log_on_and_off_and_elsewhere) {
    static char text[PROGRAM_OUTPUT_BYTES];
    folder_write_text(&site, "a.txt", "one");
    configure("");
    start_without_sandbox();
    (void)get("/a.txt?unlogged");
    write_config("root = \"%s\"\naccess_log = \"%s\"\n", site.path, folder_path(&workplace, "one.log").text);
    reload(done);
    (void)get("/a.txt?one");
    write_config("root = \"%s\"\naccess_log = \"%s\"\nlog_format = json\n", site.path,
                 folder_path(&workplace, "two.log").text);
    reload(done);
    (void)get("/a.txt?two");
    write_config("root = \"%s\"\naccess_log = \"%s\"\n", site.path,
                 folder_path(&workplace, "no/such/folder.log").text);
    reload(refused);
    expect_told("lido.conf:2: access_log: cannot write");
    (void)get("/a.txt?three");
    configure("");
    reload(done);
    (void)get("/a.txt?unlogged");
    program_stop(&lido);
    folder_read_text(&workplace, "one.log", text, sizeof text);
    cr_assert(strstr(text, "\"GET /a.txt?one HTTP/1.0\" 200") != NULL, "'%s'", text);
    cr_assert(strchr(text, '\n') == strrchr(text, '\n'), "'%s'", text);
    folder_read_text(&workplace, "two.log", text, sizeof text);
    cr_assert(strstr(text, "\"target\":\"/a.txt?two\"") != NULL, "'%s'", text);
    cr_assert(strstr(text, "\"target\":\"/a.txt?three\"") != NULL, "'%s'", text);
    cr_assert(strstr(text, "unlogged") == NULL, "'%s'", text);
}

StageTest(reload, ends_with_what_holds_by_then) {
    configure("shutdown_timeout = 60s");
    start();
    struct client stalled;
    folder_truncate(&site, "large", 64 * 1024 * 1024);
    client_connect_narrow(&stalled, lido.port);
    client_send(&stalled, "GET /large HTTP/1.0\r\n\r\n");
    client_read_head(&stalled, &answer);
    configure("shutdown_timeout = 100ms");
    reload(done);
    program_signal(&lido, SIGTERM);
    cr_assert_eq(program_wait(&lido), 0);
    client_close(&stalled);
}
