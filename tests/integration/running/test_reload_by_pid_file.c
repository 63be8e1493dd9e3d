/* SPDX-License-Identifier: MIT */
/* pid_file, and lido --reload, which finds the server by it. */
#include "tests/support/stage.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(reload_by_pid_file, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

static struct program other;

static void configure(const char *more) {
    char text[4096];
    (void)snprintf(text, sizeof text, "root = \"%s\"\nlisten = \"127.0.0.1:0\"\npid_file = \"%s\"\n%s\n",
                   site.path, folder_path(&workplace, "lido.pid").text, more);
    folder_write_text(&workplace, "lido.conf", text);
}

static void start(void) {
    struct folder_path path = folder_path(&workplace, "lido.conf");
    program_start(&lido, &(struct program_options){.arguments = LIST("--config", path.text)});
}

/* The status of another lido that does something and ends. */
static int run(const char *const *arguments) {
    return program_run(&other, &(struct program_options){.arguments = arguments});
}

StageTest(reload_by_pid_file, finds_the_server_by_the_file_or_the_settings) {
    stage_needs_own_settings("a number of threads that a reload can change");
    struct folder_path config = folder_path(&workplace, "lido.conf");
    struct folder_path pid_file = folder_path(&workplace, "lido.pid");
    char number[64];
    configure("");
    start();
    folder_read_text(&workplace, "lido.pid", number, sizeof number);
    cr_assert_eq(strtol(number, NULL, 10), lido.pid, "'%s'", number);
    configure("threads = 3");
    cr_assert_eq(run(LIST("--reload", pid_file.text)), 0, "'%s'", other.err.text);
    program_await_line(&lido, &lido.err, "-> 3", NULL);
    configure("threads = 5");
    cr_assert_eq(run(LIST("--config", config.text, "--reload")), 0, "'%s'", other.err.text);
    program_await_line(&lido, &lido.err, "3 -> 5", NULL);
    cr_assert(strstr(other.out.text, "reads its settings anew") != NULL, "'%s'", other.out.text);
    program_stop(&lido);
    cr_assert_neq(access(pid_file.text, F_OK), 0, "the file was left");
    cr_assert_eq(run(LIST("--reload", pid_file.text)), 1);
    cr_assert(strstr(other.err.text, "No such file") != NULL, "'%s'", other.err.text);
}

StageTest(reload_by_pid_file, sends_no_signal_to_whoever_has_the_number_now) {
    char number[64];
    (void)snprintf(number, sizeof number, "%ld\n", (long)getpid());
    folder_write_text(&workplace, "lido.pid", number);
    (void)signal(SIGHUP, SIG_DFL); /* it would end this test */
    cr_assert_eq(run(LIST("--reload", folder_path(&workplace, "lido.pid").text)), 1);
    cr_assert(strstr(other.err.text, "left over") != NULL, "'%s'", other.err.text);
    configure("");
    start();
    cr_assert_eq(get("/"), 200, "it is no hindrance");
}

StageTest(reload_by_pid_file, says_when_there_is_none) {
    cr_assert_eq(run(LIST("--reload")), 2);
    cr_assert(strstr(other.err.text, "pid_file") != NULL, "'%s'", other.err.text);
}

StageTest(reload_by_pid_file, lets_no_second_server_have_the_file) {
    struct folder_path config = folder_path(&workplace, "lido.conf");
    configure("");
    start();
    cr_assert_eq(run(LIST("--config", config.text)), 1);
    cr_assert(strstr(other.err.text, "belongs to process") != NULL, "'%s'", other.err.text);
    cr_assert_eq(run(LIST("--reload", folder_path(&workplace, "lido.pid").text)), 0, "%s", other.err.text);
}

StageTest(reload_by_pid_file, names_what_needs_a_restart) {
    configure("");
    start();
    char text[4096];
    (void)snprintf(text, sizeof text, "root = \"%s\"\nlisten = \"127.0.0.1:0\"\n", site.path);
    folder_write_text(&workplace, "lido.conf", text);
    program_signal(&lido, SIGHUP);
    program_await_line(&lido, &lido.err, "pid_file: needs a restart", NULL);
    cr_assert_eq(access(folder_path(&workplace, "lido.pid").text, F_OK), 0);
}
