/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char line[PROGRAM_LINE_BYTES];

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "four");
}

TestSuite(access_log, .init = set_up_site, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

#define CLIENT_AND_TIME "^127\\.0\\.0\\.1 - - \\[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9:]{8} [+-][0-9]{4}\\] "
#define SECONDS_THEN " [0-9]+\\.[0-9]{6}"
#define SECONDS SECONDS_THEN "$"

static void expect_match(const char *text, const char *pattern) {
    regex_t expression;
    cr_assert(regcomp(&expression, pattern, REG_EXTENDED | REG_NOSUB) == 0, "%s", pattern);
    cr_assert(regexec(&expression, text, 0, NULL, 0) == 0, "'%s' does not match %s", text, pattern);
    regfree(&expression);
}

StageTest(access_log, has_a_line_for_every_request) {
    static const struct {
        const char *request;
        const char *needle;
        const char *pattern;
    } rows[] = {
        {"GET / HTTP/1.0\r\n\r\n", "\"GET / HTTP/1.0\"",
         CLIENT_AND_TIME "\"GET / HTTP/1\\.0\" 200 4" SECONDS},
        {"HEAD / HTTP/1.0\r\n\r\n", "\"HEAD ", CLIENT_AND_TIME "\"HEAD / HTTP/1\\.0\" 200 (0|-)" SECONDS},
        {"GET /none?q HTTP/1.0\r\n\r\n", "/none",
         CLIENT_AND_TIME "\"GET /none\\?q HTTP/1\\.0\" 404 [0-9]+" SECONDS},
        {"PUT /x HTTP/1.0\r\n\r\n", "\"PUT", CLIENT_AND_TIME "\"PUT /x HTTP/1\\.0\" 405 [0-9]+" SECONDS},
        {"GET /%zz HTTP/1.0\r\n\r\n", "%zz", CLIENT_AND_TIME "\"GET /%zz HTTP/1\\.0\" 400 [0-9]+" SECONDS},
        {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "HTTP/1.1\"",
         CLIENT_AND_TIME "\"GET / HTTP/1\\.1\" 200 4" SECONDS},
    };
    serve(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask(rows[i].request);
        program_await_line(&lido, &lido.out, rows[i].needle, line);
        expect_match(line, rows[i].pattern);
    }
    program_stop(&lido);
    cr_assert(program_count_lines(&lido.out) == sizeof rows / sizeof *rows, "'%s'", lido.out.text);
}

/* A zone without changes, three hours ahead of UTC, in the form of tzfile(5). */
static void write_zone(const char *name) {
    static const char zone[] = "TZif\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                               "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
                               "\0\0\0\1\0\0\0\4" /* one kind, named in 4 bytes */
                               "\0\0\x2A\x30\0\0SWM";
    folder_write(&workplace, name, zone, sizeof zone);
}

StageTest(access_log, needs_the_file_of_the_time_zone_only_at_the_start) {
    char setting[FOLDER_PATH_BYTES + sizeof "TZ=:"];
    write_zone("zone");
    (void)snprintf(setting, sizeof setting, "TZ=:%s", folder_path(&workplace, "zone").text);
    serve(LIST(setting));
    cr_assert(unlink(folder_path(&workplace, "zone").text) == 0);
    cr_assert(get("/") == 200, "status %d", answer.status);
    program_await_line(&lido, &lido.out, "GET / ", line);
    cr_assert(strstr(line, " +0300] ") != NULL, "'%s'", line);
}

StageTest(access_log, has_a_line_for_each_of_a_pipeline) {
    enum { COUNT = 20 };
    struct client client;
    serve(NULL);
    client_connect(&client, lido.port);
    for (int i = 0; i < COUNT; i++) {
        client_send(&client, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    }
    for (int i = 0; i < COUNT; i++) {
        client_read_answer(&client, "GET", &answer);
    }
    client_close(&client);
    program_stop(&lido);
    cr_assert(program_count_lines(&lido.out) == COUNT, "'%s'", lido.out.text);
}

/* A log is read on terminals and by programs: nothing that a client sends may end a line, a field or more. */
StageTest(access_log, escapes_what_a_client_made_up) {
    static const struct {
        const char *request;
        const char *needle;
        const char *pattern;
    } rows[] = {
        {"GET /quote\"here HTTP/1.0\r\n\r\n", "quote", "\"GET /quote\\\\(\"|x22)here HTTP/1\\.0\" "},
        {"GET /back\\slash HTTP/1.0\r\n\r\n", "back", "\"GET /back\\\\(\\\\|x5[cC])slash HTTP/1\\.0\" "},
        {"GET /control\x01here HTTP/1.0\r\n\r\n", "control", "\"GET /control\\\\x01here HTTP/1\\.0\" 400 "},
        {"GET /escape\x1b[31mred HTTP/1.0\r\n\r\n", "escape",
         "\"GET /escape\\\\(x1[bB]|e)\\[31mred HTTP/1\\.0\" 400 "},
        {"GET /delete\x7fhere HTTP/1.0\r\n\r\n", "delete", "\"GET /delete\\\\x7[fF]here HTTP/1\\.0\" 400 "},
        {"GET /return\rhere HTTP/1.0\r\n\r\n", "return", "\"GET /return\\\\(x0[dD]|r)here HTTP/1\\.0\" 400 "},
        {"GET /high\xff\xfehere HTTP/1.0\r\n\r\n", "high", "\"GET /high[^\x01-\x1f\x7f]*here HTTP/1\\.0\" "},
        {"\x16\x03\x01 hello\r\n\r\n", "hello", "\"\\\\x16\\\\x03\\\\x01 hello\" 400 "},
    };
    serve(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask(rows[i].request);
        program_await_line(&lido, &lido.out, rows[i].needle, line);
        for (const char *at = line; *at != '\0'; at++) {
            cr_assert((unsigned char)*at >= ' ' && *at != 0x7f, "byte %#x in '%s'", (unsigned char)*at, line);
        }
        expect_match(line, rows[i].pattern);
    }
}

StageTest(access_log, of_the_combined_format_has_referer_and_user_agent) {
    serve(LIST("LIDO_LOG_FORMAT=combined"));
    ask("GET /?first HTTP/1.0\r\nReferer: http://a/\"b\r\nUser-Agent: Agent \x80/1.0\r\n\r\n");
    program_await_line(&lido, &lido.out, "first", line);
    expect_match(line, CLIENT_AND_TIME
                 "\"GET /\\?first HTTP/1\\.0\" 200 4 \"http://a/\\\\(\"|x22)b\" \"Agent .*/1\\.0\"" SECONDS);
    ask("GET /?second HTTP/1.0\r\n\r\n");
    program_await_line(&lido, &lido.out, "second", line);
    expect_match(line, CLIENT_AND_TIME "\"GET /\\?second HTTP/1\\.0\" 200 4 \"-\" \"-\"" SECONDS);
}

/* The client stops within its request, and the rest comes when the log has shown that others went on. */
StageTest(access_log, of_the_timed_format_says_who_was_slow) {
    struct client slow;
    serve(LIST("LIDO_LOG_FORMAT=timed"));
    client_connect(&slow, lido.port);
    client_send(&slow, "GET /?slow HTTP/1.0\r\n");
    for (int i = 0; i < 50; i++) { /* each takes some tenths of a millisecond */
        ask("GET /?quick HTTP/1.0\r\n\r\n");
    }
    program_await_line(&lido, &lido.out, "quick", line);
    expect_match(line,
                 "\"-\" \"-\"" SECONDS_THEN " wait=[0-9.]+ client=[0-9.]+ open=[0-9.]+ send=[0-9.]+ slow=");
    client_send(&slow, "\r\n");
    client_read_answer(&slow, "GET", &answer);
    client_close(&slow);
    program_await_line(&lido, &lido.out, "slow HTTP", line);
    expect_match(line, " wait=[0-9.]+ client=0\\.[0-9]*[1-9][0-9]* open=[0-9.]+ send=[0-9.]+ slow=client$");
}

StageTest(access_log, of_the_json_format_is_an_object_a_line) {
    serve(LIST("LIDO_LOG_FORMAT=json"));
    ask("GET /?\"q\" HTTP/1.0\r\nUser-Agent: \\ \xff\r\n\r\n");
    program_await_line(&lido, &lido.out, "status", line);
    expect_match(line, "^\\{\"time\":\"20[0-9]{2}-[0-9T:.-]+Z\",\"client\":\"127.0.0.1\","
                       "\"request\":\"GET /\\?\\\\\"q\\\\\" HTTP/1.0\",\"method\":\"GET\",");
    expect_match(line,
                 "\"status\":[24]00,.*,\"user_agent\":(null|\"\\\\\\\\ \xEF\xBF\xBD\"),.*\"slow\":[^,]*\\}$");
}

StageTest(access_log, is_told_to_the_client_as_well_if_wanted) {
    serve(LIST("LIDO_SERVER_TIMING=on"));
    for (int i = 0; i < 3; i++) { /* from the file, and from the cache */
        cr_assert(get("/") == 200);
        const char *timing = answer_field(&answer, "Server-Timing");
        cr_assert_not_null(timing);
        expect_match(timing, "^wait;dur=[0-9]+\\.[0-9]{3}, client;dur=[0-9.]+, open;dur=[0-9]+\\.[0-9]{3}$");
    }
    cr_assert(get("/none") == 404);
    cr_assert_not_null(answer_field(&answer, "Server-Timing"));
}

static const char *log_to(const char *path) {
    static char setting[FOLDER_PATH_BYTES + 32];
    (void)snprintf(setting, sizeof setting, "LIDO_ACCESS_LOG=%s", path);
    return setting;
}

StageTest(access_log, goes_to_a_file_and_is_whole_when_the_program_ends) {
    static char text[PROGRAM_OUTPUT_BYTES];
    folder_write_text(&workplace, "access.log", "what was there\n");
    serve(LIST(log_to(folder_path(&workplace, "access.log").text)));
    for (int i = 0; i < 300; i++) {
        (void)get("/");
    }
    program_stop(&lido);
    folder_read_text(&workplace, "access.log", text, sizeof text);
    cr_assert(strncmp(text, "what was there\n", 15) == 0, "the file was cut: '%.80s'", text);
    size_t count = 0;
    for (const char *at = text; (at = strstr(at, "\"GET / HTTP/1.0\" 200")) != NULL; at++) {
        count++;
    }
    cr_assert(count == 300, "%zu lines", count);
    cr_assert(lido.out.length == 0, "out: '%s'", lido.out.text);
}

/* As logrotate(8) does it. */
StageTest(access_log, is_opened_anew_on_hup_and_usr1) {
    static char text[PROGRAM_OUTPUT_BYTES];
    static const int signals[] = {SIGHUP, SIGUSR1};
    struct folder_path path = folder_path(&workplace, "access.log");
    struct folder_path renamed = folder_path(&workplace, "access.log.1");
    serve(LIST(log_to(path.text)));
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        int64_t deadline = deadline_in(PATIENCE_MS);
        cr_assert(rename(path.text, renamed.text) == 0);
        program_signal(&lido, signals[i]);
        do {
            cr_assert(clock_now_ms() < deadline, "signal %d: no new log", signals[i]);
            cr_assert(get("/") == 200);
        } while (access(path.text, F_OK) != 0);
    }
    cr_assert(get("/?last") == 200);
    program_stop(&lido);
    folder_read_text(&workplace, "access.log", text, sizeof text);
    cr_assert(strstr(text, "/?last") != NULL, "'%s'", text);
}

StageTest(access_log, can_be_off) {
    serve(LIST("LIDO_ACCESS_LOG=off"));
    (void)get("/");
    program_stop(&lido);
    cr_assert(lido.out.length == 0, "out: '%s'", lido.out.text);
}

StageTest(access_log, that_cannot_be_written_is_named_at_the_start) {
    int status = program_run(
        &lido, &(struct program_options){.arguments = LIST("--port=0", site.path),
                                         .environment = LIST(log_to("/no/such/folder/access.log"))});
    cr_assert(status == 1 || status == 2, "exit status %d", status);
    cr_assert(strstr(lido.err.text, "/no/such/folder/access.log") != NULL, "err: '%s'", lido.err.text);
}

/* Standard output is a pipe of one page that nobody reads. */
StageTest(access_log, never_holds_up_a_request) {
    enum { COUNT = 10 * 1000 };
    struct client client;
    program_start(&lido,
                  &(struct program_options){.arguments = LIST("--port=0", site.path), .out_bytes = 4096});
    client_connect(&client, lido.port);
    for (int i = 0; i < COUNT; i++) {
        client_send(
            &client,
            "GET /?a-long-enough-target-to-fill-any-buffer-soon-0123456789012345678901234567890123456789 "
            "HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        client_read_answer(&client, "GET", &answer);
        cr_assert(answer.status == 200, "status %d", answer.status);
    }
    client_close(&client);
    program_stop(&lido); /* reads the pipe at last */
    size_t lines = program_count_lines(&lido.out);
    cr_assert(lines < COUNT, "%zu lines: the pipe was never full", lines);
    cr_assert(strstr(lido.out.text, "dropped") != NULL || strstr(lido.err.text, "dropped") != NULL,
              "nothing tells of the lines that are missing; err: '%s'", lido.err.text);
}
