/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <sys/wait.h>

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
}

TestSuite(command_line, .init = set_up_site, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

static int run(const char *const *arguments) {
    return program_run(&lido, &(struct program_options){.arguments = arguments});
}

/* A mistake of the command line: status 2 and one line that holds `needle`. */
static void expect_mistake(const char *const *arguments, const char *needle) {
    int status = run(arguments);
    cr_assert(status == 2, "%s: exit status %d; err: '%s'", arguments[0], status, lido.err.text);
    cr_assert(strncmp(lido.err.text, "lido: ", 6) == 0, "%s: err: '%s'", arguments[0], lido.err.text);
    cr_assert(strstr(lido.err.text, needle) != NULL, "%s: err: '%s'", arguments[0], lido.err.text);
    cr_assert(lido.out.length == 0, "%s: out: '%s'", arguments[0], lido.out.text);
}

StageTest(command_line, help_fits_a_screen_and_names_every_option) {
    static const char *const options[] = {"--port",         "--bind", "--threads", "--config",
                                          "--quiet",        "--open", "--probe",   "--check",
                                          "--check-config", "--help", "--version"};
    cr_assert(run(LIST("--help")) == 0, "err: '%s'", lido.err.text);
    cr_assert(lido.err.length == 0, "err: '%s'", lido.err.text);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        cr_assert(strstr(lido.out.text, options[i]) != NULL, "no %s in '%s'", options[i], lido.out.text);
    }
    cr_assert(program_count_lines(&lido.out) <= 50, "%zu lines", program_count_lines(&lido.out));
    for (const char *line = lido.out.text; *line != '\0'; line += strcspn(line, "\n") + 1) {
        cr_assert(strcspn(line, "\n") <= 100, "a long line: '%.120s'", line);
    }

    static char long_form[PROGRAM_OUTPUT_BYTES];
    memcpy(long_form, lido.out.text, lido.out.length + 1);
    cr_assert(run(LIST("-h")) == 0 && strcmp(lido.out.text, long_form) == 0);
}

StageTest(command_line, mistakes_are_one_line_whatever_was_typed) {
    expect_mistake(LIST("-s", "a\nb"), "'a?b' is not NAME=VALUE");
    cr_expect(program_count_lines(&lido.err) == 1, "%s", lido.err.text);
    expect_mistake(LIST("--a\nb\033"), "'--a?b?' is not an option");
    cr_expect(program_count_lines(&lido.err) == 1, "%s", lido.err.text);
}

StageTest(command_line, version_names_the_libraries) {
    cr_assert(run(LIST("--version")) == 0, "err: '%s'", lido.err.text);
    cr_assert(strncmp(lido.out.text, "lido ", 5) == 0 || strncmp(lido.out.text, "Lido ", 5) == 0, "out: '%s'",
              lido.out.text);
    cr_assert(strstr(lido.out.text, "llhttp") != NULL, "out: '%s'", lido.out.text);
}

/* A script that keeps what is printed has to know when that went nowhere. */
StageTest(command_line, says_when_what_it_prints_cannot_be_written) {
    static const char *const actions[] = {"--help",         "--version",       "--check-config",
                                          "--explain=/",    "--complete=bash", "--complete=zsh",
                                          "--complete=fish"};
    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        char command[4096];
        (void)snprintf(command, sizeof command, "'%s' %s '%s' -s user=root >/dev/full 2>'%s'", program_path(),
                       actions[i], site.path, folder_path(&workplace, "said").text);
        int status =
            system(command); /* NOLINT(cert-env33-c): a shell can send output where pipes do not lead */
        char said[512];
        folder_read_text(&workplace, "said", said, sizeof said);
        cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 1, "%s: %d", actions[i], status);
        cr_expect_not_null(strstr(said, "cannot write to standard output: No space left on device"),
                           "%s: '%s'", actions[i], said);
    }
}

StageTest(command_line, completions_are_there_for_three_shells) {
    static const char *const shells[] = {"bash", "zsh", "fish"};
    for (size_t i = 0; i < sizeof shells / sizeof *shells; i++) {
        cr_expect(run(LIST("--complete", shells[i])) == 0, "%s: '%s'", shells[i], lido.err.text);
        cr_expect(strstr(lido.out.text, "threads") != NULL, "%s: '%s'", shells[i], lido.out.text);
    }
    expect_mistake(LIST("--complete", "tcsh"), "--complete: write bash, zsh or fish");
}

StageTest(command_line, reload_says_what_is_no_pid_file) {
    struct folder_path path = folder_path(&workplace, "pid");
    folder_write_text(&workplace, "pid", "many\n");
    cr_expect(run(LIST("--reload", path.text)) == 1);
    cr_expect(strstr(lido.err.text, "/pid: there is no process number in it\n") != NULL, "%s", lido.err.text);
    cr_expect(run(LIST("--reload", site.path)) == 1, "%s", lido.err.text);
    cr_expect(run(LIST("--reload", folder_path(&workplace, "none").text)) == 1);
    cr_expect(strstr(lido.err.text, "/none: No such file or directory\n") != NULL, "%s", lido.err.text);
}

StageTest(command_line, mistakes_are_one_line_with_a_way_on) {
    expect_mistake(LIST("--no-such-option"), "Try 'lido --help'");
    cr_assert(strstr(lido.err.text, "--no-such-option") != NULL, "err: '%s'", lido.err.text);
    cr_assert(program_count_lines(&lido.err) == 1, "err: '%s'", lido.err.text);
    expect_mistake(LIST("-Z"), "Try 'lido --help'");
    cr_assert(program_count_lines(&lido.err) == 1, "err: '%s'", lido.err.text);
    expect_mistake(LIST("--port"), "--port");
    expect_mistake(LIST("--help=yes"), "--help");
    expect_mistake(LIST("--port=http-no-such-service", site.path), "--port");
    expect_mistake(LIST("--port=99999", site.path), "--port");
    expect_mistake(LIST("--threads=0", site.path), "--threads");
    expect_mistake(LIST("-t", "many", site.path), "many");
    expect_mistake(LIST("-c", "/no/such/file.conf", site.path), "/no/such/file.conf");
    expect_mistake(LIST("--bind=unix:", site.path), "unix:");
    expect_mistake(LIST(site.path, site.path), "Try 'lido --help'");
}

/* Where nobody else gets there, a phone does not either. */
StageTest(command_line, qr_says_when_there_is_no_address_for_a_phone) {
    program_run(&lido, &(struct program_options){.arguments = LIST("--version")});
    if (strstr(lido.out.text, "no libqrencode") != NULL) {
        expect_mistake(LIST("--qr", "-p", "0", site.path), "built without libqrencode");
        return;
    }
    struct program_options options = {.arguments = LIST("--qr", "-p", "0", "-b", "127.0.0.1", site.path)};
    program_start(&lido, &options);
    program_await_line(&lido, &lido.err, "lido: --qr: other machines cannot reach this one here", NULL);
}

/* A folder that cannot be served is named, and nothing is started. */
static void expect_refusal_of_folder(const char *path, bool unprivileged) {
    int status = program_run(
        &lido, &(struct program_options){.arguments = LIST("--port=0", path), .unprivileged = unprivileged});
    cr_assert(status == 1 || status == 2, "%s: exit status %d; err: '%s'", path, status, lido.err.text);
    cr_assert(strstr(lido.err.text, path) != NULL, "%s: err: '%s'", path, lido.err.text);
    cr_assert(program_count_lines(&lido.err) == 1, "%s: err: '%s'", path, lido.err.text);
}

StageTest(command_line, folders_that_cannot_be_served_are_named) {
    folder_fifo(&workplace, "a-pipe");
    folder_write_text(&workplace, "shut-file", "x");
    folder_mkdir(&workplace, "shut");
    folder_chmod(&workplace, "shut", 0);
    folder_chmod(&workplace, "shut-file", 0);
    expect_refusal_of_folder("/no/such/folder", false);
    expect_refusal_of_folder(folder_path(&workplace, "a-pipe").text, false);
    expect_refusal_of_folder(folder_path(&workplace, "shut-file").text, true);
    expect_refusal_of_folder(folder_path(&workplace, "shut").text, true);
}

StageTest(command_line, options_stand_before_or_after_the_folder) {
    const char *const *const orders[] = {
        LIST("--port=0", "-t", "3", site.path),
        LIST(site.path, "--port=0", "-t", "3"),
        LIST("-p", "0", site.path, "--threads=3"),
        LIST("-p0", "-t3", "--", site.path),
    };
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        program_start(&lido, &(struct program_options){.arguments = orders[i]});
        cr_assert(strstr(lido.err.text, "3 threads") != NULL, "order %zu: '%s'", i, lido.err.text);
        cr_assert(get("/") == 200, "order %zu: status %d", i, answer.status);
        program_stop(&lido);
    }
}

StageTest(command_line, without_a_folder_serves_the_one_it_stands_in) {
    program_start(&lido, &(struct program_options){.arguments = LIST("--port=0"), .directory = site.path});
    cr_assert(get("/") == 200 && strcmp(answer.body, "content") == 0, "%d '%s'", answer.status, answer.body);
}

/* What of the sandbox cannot be had here would be another one. */
StageTest(command_line, off_a_terminal_prints_one_plain_line) {
    serve(LIST("LIDO_SANDBOX=off"));
    cr_assert(program_count_lines(&lido.err) == 1, "err: '%s'", lido.err.text);
    cr_assert(strchr(lido.err.text, '\x1b') == NULL, "colours: '%s'", lido.err.text);
    cr_assert(strstr(lido.err.text, site.path) != NULL, "no root: '%s'", lido.err.text);
    cr_assert(strstr(lido.err.text, "queue 1024") != NULL, "no queue: '%s'", lido.err.text);
}

StageTest(command_line, starts_as_many_threads_as_told) {
    static const struct {
        const char *option;
        size_t count;
    } rows[] = {{"--threads=2", 2}, {"--threads=9", 9}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        program_start(&lido,
                      &(struct program_options){.arguments = LIST("--port=0", rows[i].option, site.path)});
        int64_t deadline = deadline_in(PATIENCE_MS);
        size_t count = 0;
        while ((count = program_worker_count(&lido)) != rows[i].count) { /* each gives itself its name */
            cr_assert(clock_now_ms() < deadline, "%s: %zu workers", rows[i].option, count);
            cr_assert(get("/") == 200);
        }
        program_stop(&lido);
    }
}

/* Without its line nothing tells when it listens: try until it answers. */
static void get_at_path_when_there(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int64_t deadline = deadline_in(PATIENCE_MS);
    struct client client;
    cr_assert(strlen(path) < sizeof address.sun_path, "%s is too long", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    while (client_connect_to(&client, (const struct sockaddr *)&address, sizeof address) != 0) {
        cr_assert(clock_now_ms() < deadline, "nobody listens at %s", path);
    }
    client_send(&client, "GET / HTTP/1.0\r\n\r\n");
    client_read_answer(&client, "GET", &answer);
    client_close(&client);
}

StageTest(command_line, quiet_says_nothing_but_errors) {
    char address[FOLDER_PATH_BYTES + 8];
    struct folder_path path = folder_path(&workplace, "socket");
    (void)snprintf(address, sizeof address, "unix:%s", path.text);
    program_launch(&lido, &(struct program_options){.arguments = LIST("-q", "-b", address, site.path)});
    get_at_path_when_there(path.text);
    cr_assert(answer.status == 200, "status %d", answer.status);
    program_stop(&lido);
    cr_assert(lido.out.length == 0 && lido.err.length == 0, "out: '%s' err: '%s'", lido.out.text,
              lido.err.text);
    expect_mistake(LIST("-q", "-b", "[nonsense", site.path), "nonsense");
}
