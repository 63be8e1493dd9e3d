/* SPDX-License-Identifier: MIT */
/* lido --tune, with steps that are as short as they can be: what it measures is nothing to go by here. */
#include "tests/support/stage.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static struct program tune;

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_write_text(&site, "sub/page.html", "more content");
    folder_truncate(&site, "large.bin", 5 * 1024 * 1024);
}

static void tear_down(void) {
    program_kill(&tune);
    stage_tear_down();
}

TestSuite(tune, .init = set_up_site, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

static int run(const char *const *arguments) {
    return program_run(&tune, &(struct program_options){.arguments = arguments});
}

static void expect_said(const char *text) {
    cr_expect(strstr(tune.out.text, text) != NULL, "no '%s' in '%s'; err: '%s'", text, tune.out.text,
              tune.err.text);
}

StageTest(tune, measures_prints_a_table_and_the_line_to_paste) {
    int status = run(LIST("--tune", site.path, "--tune-seconds=1", "--tune-clients=4", "-t", "3"));
    cr_assert(status == 0, "exit status %d; err: '%s'", status, tune.err.text);
    expect_said("3 of 3 files, 4 clients, ");
    expect_said("From memory: ");
    expect_said("From disk: ");
    expect_said("\n*      3 ");
    expect_said(" of the most requests/s");
    expect_said("\n    threads = ");
    cr_expect(strstr(tune.out.text, "failed") == NULL, "%s", tune.out.text);
    cr_expect(strstr(tune.err.text, "lido: 3 threads, from memory: ") != NULL, "err: '%s'", tune.err.text);
}

StageTest(tune, ends_with_what_it_knows_at_ctrl_c) {
    program_launch(&tune,
                   &(struct program_options){.arguments = LIST("--tune", site.path, "--tune-seconds=600",
                                                               "--tune-clients=4", "-t", "3")});
    program_await_line(&tune, &tune.err, "lido: 1 thread, from memory: ", NULL);
    program_signal(&tune, SIGINT);
    int status = program_wait(&tune);
    cr_assert(status == 130, "exit status %d; err: '%s'", status, tune.err.text);
    expect_said("\n*      3 ");
    expect_said("Stopped before the end.\n");
    expect_said("The best so far:\n\n    threads = ");
}

StageTest(tune, ends_at_once_at_ctrl_c_before_anything_is_known) {
    program_launch(&tune, &(struct program_options){
                              .arguments = LIST("--tune", site.path, "--tune-seconds=3600", "-q")});
    program_signal(&tune, SIGTERM);
    int status = program_wait(&tune);
    cr_assert(status == 130 || status == 128 + SIGTERM, "exit status %d; err: '%s'", status, tune.err.text);
}

StageTest(tune, says_that_there_is_nothing_to_measure_with) {
    folder_mkdir(&workplace, "empty/sub");
    int status = run(LIST("--tune", folder_path(&workplace, "empty").text));
    cr_assert(status == 2, "exit status %d", status);
    cr_expect(strstr(tune.err.text, "there is no file in '") != NULL, "err: '%s'", tune.err.text);
    cr_expect(tune.out.length == 0, "out: '%s'", tune.out.text);
}

StageTest(tune, says_that_nothing_of_it_is_served) {
    folder_write_text(&workplace, "lido.conf", "redirect \"/*\" { to = \"https://example.org/$1\" }\n");
    int status = run(LIST("--tune", site.path, "-c", folder_path(&workplace, "lido.conf").text));
    cr_assert(status == 2, "exit status %d", status);
    cr_expect(strstr(tune.err.text, "could be fetched") != NULL, "err: '%s'", tune.err.text);
}

StageTest(tune, takes_a_single_file) {
    int status =
        run(LIST("--tune", folder_path(&site, "index.html").text, "--tune-seconds=1", "--tune-clients=2"));
    cr_assert(status == 0, "exit status %d; err: '%s'", status, tune.err.text);
    expect_said("1 of 1 file, 2 clients, ");
}

/* The port that is configured is in use, and so is the log: neither is touched. */
StageTest(tune, leaves_a_running_server_alone) {
    char port[32];
    char log[FOLDER_PATH_BYTES + 32];
    char text[4096];
    (void)snprintf(log, sizeof log, "LIDO_ACCESS_LOG=%s", folder_path(&workplace, "access.log").text);
    serve(LIST(log));
    cr_assert(get("/") == 200);
    (void)snprintf(port, sizeof port, "--port=%d", lido.port);
    int status = program_run(
        &tune, &(struct program_options){
                   .arguments = LIST("--tune", site.path, "--tune-seconds=1", "--tune-clients=2", port),
                   .environment = LIST(log)});
    cr_assert(status == 0, "exit status %d; err: '%s'", status, tune.err.text);
    cr_assert(get("/sub/page.html") == 200);
    program_stop(&lido);
    folder_read_text(&workplace, "access.log", text, sizeof text);
    cr_expect(strstr(text, "/large.bin") == NULL, "%s", text);
    cr_expect(strstr(text, "\"GET /sub/page.html HTTP/1.0\" 200") != NULL, "%s", text);
}

StageTest(tune, refuses_numbers_that_are_none) {
    static const char *const arguments[] = {"--tune-seconds=0", "--tune-seconds=4000", "--tune-clients=1e3",
                                            "--tune-clients=-1", "--tune-seconds="};
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
        int status = run(LIST("--tune", site.path, arguments[i]));
        cr_expect(status == 2, "%s: exit status %d", arguments[i], status);
        cr_expect(strstr(tune.err.text, "is not a number from 1 to ") != NULL, "%s: %s", arguments[i],
                  tune.err.text);
    }
}
