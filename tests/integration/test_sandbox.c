/* SPDX-License-Identifier: MIT */
/* The sandbox of the real program: who it becomes, what it says, what a reload can do in it, and kernels without. */
#include "tests/support/stage.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NOBODY = 65534 };

static const long without_landlock[] = {SYS_landlock_create_ruleset, -1};
static const long without_openat2[] = {SYS_openat2, -1};

TestSuite(sandbox, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

static void need_root(void) {
    if (geteuid() != 0) {
        stage_skip("only root can become somebody else");
    }
}

static bool has_landlock(void) {
    return syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0;
}

static void need_landlock(void) {
    if (!has_landlock()) {
        stage_skip("this kernel has no Landlock");
    }
}

static void start(const char *const *environment, const long *unknown_calls) {
    program_start(&lido, &(struct program_options){.arguments = LIST("--port=0", site.path),
                                                   .environment = environment,
                                                   .unknown_calls = unknown_calls});
}

/* The rest of the line of /proc/PID/status that begins so. */
static const char *status_of(const char *field) {
    static char text[4096];
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)lido.pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(fd, text, sizeof text - 1);
    (void)close(fd);
    text[length > 0 ? length : 0] = '\0';
    char *line = strstr(text, field);
    cr_assert_not_null(line, "%s", text);
    line[strcspn(line, "\n")] = '\0';
    return line + strlen(field);
}

StageTest(sandbox, is_on_without_being_asked_for_and_says_what_holds) {
    folder_write_text(&site, "index.html", "home");
    start(NULL, NULL);
    cr_expect_not_null(strstr(lido.err.text, ", sandbox: no capabilities, no new privileges"), "%s",
                       lido.err.text);
    cr_expect_eq(strtoull(status_of("CapEff:"), NULL, 16), 0);
    cr_expect_eq(strtoull(status_of("CapPrm:"), NULL, 16), 0);
    cr_expect_eq(strtol(status_of("NoNewPrivs:"), NULL, 10), 1);
    cr_expect_eq(get("/"), 200);
}

/* How many threads are called so. */
static size_t count_threads_called(const char *name) {
    char command[128];
    char line[32];
    size_t count = 0;
    (void)snprintf(command, sizeof command, "cat /proc/%d/task/*/comm", (int)lido.pid);
    FILE *names = popen(command, "re"); /* NOLINT(cert-env33-c): the shell knows which there are */
    cr_assert_not_null(names);
    while (fgets(line, sizeof line, names) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        count += strcmp(line, name) == 0 ? 1 : 0;
    }
    (void)pclose(names);
    return count;
}

/* Outside of it, another thread may give a name; here each has to do so itself. */
StageTest(sandbox, leaves_threads_their_names) {
    static const char *const names[] = {"stop-guard", "log", "worker-0"};
    folder_write_text(&site, "index.html", "home");
    start(NULL, NULL);
    cr_expect_eq(get("/"), 200);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int64_t deadline = deadline_in(PATIENCE_MS);
        while (count_threads_called(names[i]) == 0) {
            cr_assert_lt(clock_now_ms(), deadline, "no thread is called %s", names[i]);
        }
    }
}

StageTest(sandbox, is_off_when_it_is_switched_off) {
    folder_write_text(&site, "index.html", "home");
    start(LIST("LIDO_SANDBOX=off"), NULL);
    cr_expect_eq(get("/"), 200);
    cr_expect(getenv("TESTS_WITHOUT_OPENAT2") != NULL || strtol(status_of("NoNewPrivs:"), NULL, 10) == 0);
    program_stop(&lido);
    cr_expect_null(strstr(lido.err.text, "sandbox"), "%s", lido.err.text);
}

StageTest(sandbox, is_not_missed_where_the_kernel_has_no_landlock) {
    folder_write_text(&site, "index.html", "home");
    start(NULL, without_landlock);
    program_await_line(&lido, &lido.err, "does not hold: files: this kernel has no Landlock", NULL);
    cr_expect_eq(get("/"), 200);
    program_stop(&lido);
    cr_expect_eq(program_run(&lido, &(struct program_options){.arguments = LIST("--port=0", site.path),
                                                              .environment = LIST("LIDO_SANDBOX=strict"),
                                                              .unknown_calls = without_landlock}),
                 1);
    cr_expect_not_null(strstr(lido.err.text, "sandbox = strict: "), "%s", lido.err.text);
}

StageTest(sandbox, serves_without_openat2_and_within_links) {
    folder_write_text(&site, "inner/page.html", "page");
    folder_symlink(&site, "short", "inner");
    folder_symlink(&site, "out", "../");
    start(NULL, without_openat2);
    cr_expect_eq(get("/short/page.html"), 200);
    cr_expect_eq(get("/inner/"), 200);
    cr_expect_eq(get("/out/"), 404);
}

StageTest(sandbox, does_not_let_root_in_by_accident) {
    need_root();
    cr_expect_eq(program_run(&lido, &(struct program_options){.arguments = LIST("--port=0", site.path),
                                                              .environment = LIST("LIDO_USER=off")}),
                 2);
    cr_expect_not_null(strstr(lido.err.text, "root started this: say who it shall run as"), "%s",
                       lido.err.text);
}

StageTest(sandbox, runs_as_the_user_it_is_told) {
    need_root();
    folder_write_text(&site, "index.html", "home");
    folder_write_text(&site, "secret.html", "of root's");
    folder_chmod(&site, "secret.html", 0600);
    folder_mkdir(&workplace, "logs");
    cr_assert_eq(chown(folder_path(&workplace, "logs").text, NOBODY, NOBODY), 0);
    char log[FOLDER_PATH_BYTES + 32];
    (void)snprintf(log, sizeof log, "LIDO_ACCESS_LOG=%s", folder_path(&workplace, "logs/access.log").text);
    start(LIST("LIDO_USER=65534", "LIDO_GROUP=65534", log), NULL);
    cr_expect_eq(strtol(status_of("Uid:"), NULL, 10), NOBODY);
    cr_expect_eq(strtol(status_of("Gid:"), NULL, 10), NOBODY);
    cr_expect_eq(get("/"), 200);
    cr_expect_eq(get("/secret.html"), 403);
    program_stop(&lido);
    struct stat found;
    cr_assert_eq(stat(folder_path(&workplace, "logs/access.log").text, &found), 0);
    cr_expect_eq(found.st_uid, NOBODY, "the log would not be opened again by who writes it");
}

StageTest(sandbox, names_the_root_that_its_user_cannot_read) {
    need_root();
    folder_chmod(&workplace, "site", 0700);
    cr_expect_eq(program_run(&lido, &(struct program_options){.arguments = LIST("--port=0", site.path),
                                                              .environment = LIST("LIDO_USER=65534",
                                                                                  "LIDO_GROUP=65534")}),
                 2);
    cr_expect_not_null(strstr(lido.err.text, "LIDO_USER: user: '65534' cannot read '"), "%s", lido.err.text);
}

/* A sanitizer that looks for leaks needs /proc, which is not in there. */
StageTest(sandbox, has_a_root_folder_of_its_own) {
    char root[FOLDER_PATH_BYTES + 32];
    need_root();
    (void)snprintf(root, sizeof root, "LIDO_CHROOT=%s", workplace.path);
    folder_write_text(&site, "index.html", "inside");
    program_start(&lido, &(struct program_options){.arguments = LIST("--port=0", "--bind=127.0.0.1", "/site"),
                                                   .environment = LIST(root, "ASAN_OPTIONS=detect_leaks=0")});
    cr_expect_eq(get("/"), 200);
    cr_expect_str_eq(answer.body, "inside");
}

/* --- reloads -------------------------------------------------------------------------------------------- */

static void configure(const char *root, const char *more) {
    char text[8192];
    (void)snprintf(text, sizeof text, "root = \"%s\"\naccess_log = \"%s\"\n%s\n", root,
                   folder_path(&workplace, "logs/access.log").text, more);
    folder_write_text(&workplace, "conf/lido.conf", text);
}

static void start_with_config(void) {
    struct folder_path path = folder_path(&workplace, "conf/lido.conf");
    folder_mkdir(&workplace, "logs");
    program_start(&lido, &(struct program_options){.arguments = LIST("--config", path.text)});
}

static void reload(const char *expected) {
    program_signal(&lido, SIGHUP);
    program_await_line(&lido, &lido.err, expected, NULL);
}

StageTest(sandbox, lets_a_reload_change_what_lies_within) {
    stage_needs_own_settings("a number of threads that a reload can change");
    folder_write_text(&workplace, "sites/one/index.html", "one");
    folder_write_text(&workplace, "sites/two/index.html", "two");
    configure(folder_path(&workplace, "sites/one").text, "listen = \"127.0.0.1:0\"\nthreads = 2");
    start_with_config();
    cr_expect_eq(get("/"), 200);
    configure(folder_path(&workplace, "sites/two").text, "listen = \"127.0.0.1:0\"\nthreads = 6");
    reload("threads 2 -> 6");
    cr_expect_eq(get("/"), 200);
    cr_expect_str_eq(answer.body, "two");
    cr_assert_eq(rename(folder_path(&workplace, "logs/access.log").text,
                        folder_path(&workplace, "logs/access.log.1").text),
                 0);
    reload("nothing has changed");
    cr_expect_eq(get("/"), 200);
    program_stop(&lido);
    char log[4096];
    folder_read_text(&workplace, "logs/access.log", log, sizeof log);
    cr_expect_not_null(strstr(log, "\"GET / HTTP/1.0\" 200"), "%s", log);
}

StageTest(sandbox, says_that_a_folder_outside_needs_a_restart) {
    need_landlock();
    folder_write_text(&workplace, "sites/one/index.html", "one");
    folder_write_text(&workplace, "elsewhere/two/index.html", "two");
    configure(folder_path(&workplace, "sites/one").text, "listen = \"127.0.0.1:0\"");
    start_with_config();
    configure(folder_path(&workplace, "elsewhere/two").text, "listen = \"127.0.0.1:0\"");
    reload("' cannot be read in the sandbox, which cannot grow: this change needs a restart");
    program_await_line(&lido, &lido.err, "reload: all stays as it was", NULL);
    cr_expect_eq(get("/"), 200);
    cr_expect_str_eq(answer.body, "one");
}

StageTest(sandbox, says_that_names_of_clients_need_a_restart) {
    folder_write_text(&workplace, "sites/one/index.html", "one");
    configure(folder_path(&workplace, "sites/one").text, "listen = \"127.0.0.1:0\"");
    start_with_config();
    if (strstr(lido.err.text, "system calls (seccomp)") == NULL) {
        stage_skip("nothing is kept from connecting here");
    }
    configure(folder_path(&workplace, "sites/one").text, "listen = \"127.0.0.1:0\"\nlog_hostnames = on");
    reload("log_hostnames and logs of a service have to connect");
    program_await_line(&lido, &lido.err, "reload: all stays as it was", NULL);
    cr_expect_eq(get("/"), 200);
}

StageTest(sandbox, says_that_a_part_of_the_settings_elsewhere_needs_a_restart) {
    need_landlock();
    folder_write_text(&workplace, "sites/one/index.html", "one");
    folder_write_text(&workplace, "elsewhere/part.conf", "threads = 2\n");
    char text[2048];
    (void)snprintf(text, sizeof text, "listen = \"127.0.0.1:0\"\ninclude \"%s\"\n",
                   folder_path(&workplace, "elsewhere/part.conf").text);
    configure(folder_path(&workplace, "sites/one").text, "listen = \"127.0.0.1:0\"");
    start_with_config();
    configure(folder_path(&workplace, "sites/one").text, text);
    reload("Permission denied");
    program_await_line(&lido, &lido.err,
                       "the sandbox reads only what the settings named at the start: more needs a restart",
                       NULL);
    program_await_line(&lido, &lido.err, "reload: all stays as it was", NULL);
    cr_expect_eq(get("/"), 200);
}

StageTest(sandbox, lets_a_reload_listen_somewhere_else) {
    folder_write_text(&workplace, "sites/one/index.html", "one");
    configure(folder_path(&workplace, "sites/one").text, "listen = \"127.0.0.1:0\"");
    start_with_config();
    configure(folder_path(&workplace, "sites/one").text, "listen = { \"127.0.0.1:0\", \"127.0.0.2:0\" }");
    reload("reload: + listen 127.0.0.2:0");
    cr_expect_eq(get("/"), 200);
}
