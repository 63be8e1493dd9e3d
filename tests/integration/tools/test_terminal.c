/* SPDX-License-Identifier: MIT */
/* What only a terminal gets to see: the banner with its QR code, how far a tool is, lido --top live. */
#include "tests/support/stage.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WIDE = 100, NARROW = 20, FILES = 600 };

static struct program tool;

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
}

static void tear_down(void) {
    program_kill(&tool);
    stage_tear_down();
}

TestSuite(terminal, .init = set_up_site, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

#define ENVIRONMENT LIST("TERM=xterm-256color", "LC_ALL=C.UTF-8", "COLUMNS=", "LINES=")

static void launch(struct program *program, const char *const *arguments, size_t columns) {
    program_launch(program, &(struct program_options){.arguments = arguments,
                                                      .environment = ENVIRONMENT,
                                                      .terminal_columns = columns});
}

static void press(const char *keys) {
    cr_assert_eq(write(tool.out.fd, keys, strlen(keys)), (ssize_t)strlen(keys));
}

static const char *url_of_server(void) {
    static char url[64];
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%u/", (unsigned)lido.port);
    return url;
}

static void expect_said(const char *text) {
    cr_expect_not_null(strstr(tool.out.text, text), "no '%s' in '%s'", text, tool.out.text);
}

StageTest(terminal, shows_a_server_live_until_a_key_ends_it) {
    static const char *const keys[] = {"q", "Q", "\033"};
    serve(NULL);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        launch(&tool, LIST("--top", url_of_server()), WIDE);
        program_await_text(&tool, &tool.out, "Clients");
        expect_said("Threads");
        expect_said("█");
        press("x"); /* means nothing */
        press(keys[i]);
        cr_expect_eq(program_wait(&tool), 0, "%s", tool.out.text);
        expect_said("\033[?1049l"); /* the screen as it was before */
    }
}

StageTest(terminal, shows_that_a_server_is_gone_and_goes_on) {
    serve(NULL);
    launch(&tool, LIST("--top", url_of_server()), WIDE);
    program_await_text(&tool, &tool.out, "Clients");
    program_stop(&lido);
    program_await_text(&tool, &tool.out, "refused");
    program_signal(&tool, SIGTERM);
    cr_expect_eq(program_wait(&tool), 0);
}

StageTest(terminal, shows_why_there_is_nothing_to_be_seen) {
    serve(LIST("LIDO_STATUS=off"));
    launch(&tool, LIST("--top", url_of_server()), WIDE);
    program_await_text(&tool, &tool.out, "404");
    press("q");
    cr_expect_eq(program_wait(&tool), 0);
}

StageTest(terminal, that_can_do_nothing_is_no_place_for_a_live_view) {
    serve(NULL);
    program_launch(&tool, &(struct program_options){.arguments = LIST("--top", url_of_server()),
                                                    .environment = LIST("TERM=none-such"),
                                                    .terminal_columns = WIDE});
    cr_expect_eq(program_wait(&tool), 1);
    expect_said("lido: --top: ");
}

StageTest(terminal, shows_how_far_a_check_is) {
    folder_write_many(&site, "many/%d", FILES, 1);
    launch(&tool, LIST("--check", "-p", "0", site.path), WIDE);
    int status = program_wait(&tool);
    cr_expect(status == 0 || status == 1 || status == 3, "exit status %d: '%s'", status, tool.out.text);
    expect_said("\r\033[Kchecking: 512 files");
    cr_expect_null(strstr(strrchr(tool.out.text, '\033'), "checking"), "it is wiped out: '%s'",
                   tool.out.text);
}

StageTest(terminal, shows_how_far_a_measurement_is) {
    launch(&tool, LIST("--tune", site.path, "--tune-seconds=600", "--tune-clients=2", "-t", "1"), WIDE);
    program_await_text(&tool, &tool.out, "\r  ░");
    program_await_text(&tool, &tool.out, " %  1 thread, from memory");
    program_signal(&tool, SIGINT);
    cr_expect_eq(program_wait(&tool), 130);
    expect_said("\r\033[K");
}

StageTest(terminal, gets_a_banner_with_where_to_look) {
    launch(&lido, LIST("-p", "0", site.path), WIDE);
    program_await_text(&lido, &lido.out, "Ctrl-C to stop");
    cr_expect_not_null(strstr(lido.out.text, "http://localhost:"), "%s", lido.out.text);
    cr_expect_not_null(strstr(lido.out.text, "Sandbox"), "%s", lido.out.text);
    program_signal(&lido, SIGTERM);
    cr_expect_eq(program_wait(&lido), 0);
}

static void run_with_code(size_t columns) {
    launch(&lido, LIST("--qr", "-p", "0", "-b", "*", site.path), columns);
    program_await_text(&lido, &lido.out, "Ctrl-C to stop");
    program_signal(&lido, SIGTERM);
    cr_expect_eq(program_wait(&lido), 0);
}

/* What a phone can read; only where there is an address for one. */
StageTest(terminal, gets_a_code_if_it_is_wide_enough) {
    run_with_code(WIDE);
    if (strstr(lido.out.text, "other machines cannot reach") != NULL ||
        strstr(lido.out.text, "without libqrencode") != NULL) {
        return;
    }
    cr_expect_not_null(strstr(lido.out.text, "▀▀▀▀▀"), "%s", lido.out.text);
    run_with_code(NARROW);
    cr_expect_null(strstr(lido.out.text, "▀▀▀▀▀"), "%s", lido.out.text);
    cr_expect_not_null(strstr(lido.out.text, "the terminal is too narrow for the code"), "%s", lido.out.text);
}
