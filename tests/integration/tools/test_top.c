/* SPDX-License-Identifier: MIT */
/* lido --top, printing once: its output is no terminal here. */
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>

static struct program top;

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
}

static void tear_down(void) {
    program_kill(&top);
    stage_tear_down();
}

TestSuite(top, .init = set_up_site, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

static int run(const char *url) {
    return program_run(&top, &(struct program_options){.arguments = LIST("--top", url)});
}

static const char *url_of(const char *target) {
    static char url[256];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d%s", lido.port, target);
    return url;
}

static void expect_picture(int status) {
    cr_assert(status == 0, "exit status %d; err: '%s'", status, top.err.text);
    cr_expect(strncmp(top.out.text, "Lido ", 5) == 0, "%s", top.out.text);
    cr_expect(strstr(top.out.text, "\nThreads ") != NULL, "%s", top.out.text);
    cr_expect(strstr(top.out.text, " of 3 busy") != NULL, "%s", top.out.text);
    cr_expect(strchr(top.out.text, '\033') == NULL, "%s", top.out.text);
}

StageTest(top, shows_a_server_by_any_of_its_urls) {
    stage_needs_own_settings("the number of threads that it counts on");
    static const char *const targets[] = {"", "/", "/.lido/", "/.lido/status.json"};
    serve(LIST("LIDO_THREADS=3"));
    for (int i = 0; i < 5; i++) {
        cr_assert(get("/") == 200);
    }
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        expect_picture(run(url_of(targets[i])));
        cr_expect(strstr(top.out.text, " requests, rejected 0") != NULL, "%s", top.out.text);
    }
}

StageTest(top, shows_a_server_behind_a_unix_socket) {
    char listen[FOLDER_PATH_BYTES + 16];
    (void)snprintf(listen, sizeof listen, "unix:%s", folder_path(&workplace, "lido.sock").text);
    program_start(&lido, &(struct program_options){
                             .arguments = LIST("-b", "127.0.0.1:0", "-b", listen, "-t", "3", site.path)});
    expect_picture(run(listen));
}

StageTest(top, says_what_is_wrong) {
    serve(LIST("LIDO_STATUS=off"));
    cr_expect(run(url_of("/")) == 1);
    cr_expect(strstr(top.err.text, "404") != NULL, "err: '%s'", top.err.text);
    cr_expect(run(url_of("/index.html")) == 1);
    cr_expect(strstr(top.err.text, "no JSON") != NULL, "err: '%s'", top.err.text);
    cr_expect(run("ftp://localhost/") == 2);
    const char *url = url_of("/");
    program_stop(&lido);
    cr_expect(run(url) == 1);
    cr_expect(program_count_lines(&top.err) == 1, "err: '%s'", top.err.text);
    cr_expect(top.out.length == 0, "out: '%s'", top.out.text);
}
