/* SPDX-License-Identifier: MIT */
#include "tests/support/loopback.h"
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct program probe;

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_mkdir(&site, "sub");
    serve(NULL);
}

TestSuite(probe, .init = set_up_site, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

static int run_probe(const char *url) {
    return program_run(&probe, &(struct program_options){.arguments = LIST("--probe", url)});
}

static const char *url_of(const char *target) {
    static char url[256];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d%s", lido.port, target);
    return url;
}

StageTest(probe, succeeds_for_what_is_there_and_for_redirects_and_fails_for_the_rest) {
    static const struct {
        const char *target;
        const char *status_line;
        int exit_status;
    } rows[] = {
        {"/", "HTTP/1.0 200 OK", 0},
        {"", "HTTP/1.0 200 OK", 0},
        {"/?query", "HTTP/1.0 200 OK", 0},
        {"/sub", "HTTP/1.0 301 Moved Permanently", 0},
        {"/none", "HTTP/1.0 404 Not Found", 1},
        {"/%zz", "HTTP/1.0 400 Bad Request", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int status = run_probe(url_of(rows[i].target));
        cr_assert(status == rows[i].exit_status, "'%s': exit status %d", rows[i].target, status);
        cr_assert(strncmp(probe.out.text, rows[i].status_line, strlen(rows[i].status_line)) == 0,
                  "'%s': out '%s'", rows[i].target, probe.out.text);
        cr_assert(program_count_lines(&probe.out) == 1, "'%s': out '%s'", rows[i].target, probe.out.text);
    }
}

StageTest(probe, takes_its_url_behind_an_equals_sign_too) {
    char argument[512];
    (void)snprintf(argument, sizeof argument, "--probe=%s", url_of("/"));
    int status = program_run(&probe, &(struct program_options){.arguments = LIST(argument)});
    cr_assert(status == 0, "exit status %d; err: '%s'", status, probe.err.text);
}

StageTest(probe, finds_the_address_that_answers_among_those_of_a_name) {
    char url[64];
    (void)snprintf(url, sizeof url, "http://localhost:%d/", lido.port);
    int status = run_probe(url);
    cr_assert(status == 0, "exit status %d; err: '%s'", status, probe.err.text);
}

StageTest(probe, fails_where_nobody_listens) {
    const char *url = url_of("/");
    program_stop(&lido);
    int status = run_probe(url);
    cr_assert(status == 1, "exit status %d", status);
    cr_assert(program_count_lines(&probe.err) == 1, "err: '%s'", probe.err.text);
}

StageTest(probe, fails_in_time_where_nobody_answers) {
    char url[64];
    int fd = listening_on(AF_INET);
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d/", port_of(fd));
    int status = run_probe(url);
    cr_assert(status == 1, "exit status %d", status);
    cr_assert(program_count_lines(&probe.err) == 1, "err: '%s'", probe.err.text);
    (void)close(fd);
}

StageTest(probe, refuses_what_is_no_url) {
    static const char *const urls[] = {"", "nonsense", "ftp://127.0.0.1/", "http://",
                                       "http://127.0.0.1:99999/"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        int status = run_probe(urls[i]);
        cr_assert(status == 1 || status == 2, "'%s': exit status %d", urls[i], status);
        cr_assert(probe.err.length > 0, "'%s': nothing said", urls[i]);
    }
}
