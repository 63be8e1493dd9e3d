/* SPDX-License-Identifier: MIT */
/* What somebody could do who has taken over a thread of the server: confinement_probe does it, inside the sandbox. */
#include "tests/support/folder.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    TEXT_BYTES = 64,
    STATUS_NO_SANDBOX = 3,
    STATUS_NO_PROBE = 4,
    KILLED_BY_SECCOMP = 128 + 31 /* SIGSYS, as a shell tells it */
};

static struct folder workplace;
static struct folder site;

static void listen_nearby(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    struct folder_path path = folder_path(&workplace, "socket");
    cr_assert_lt(strlen(path.text), sizeof address.sun_path);
    memcpy(address.sun_path, path.text, strlen(path.text) + 1);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    cr_assert_eq(listen(fd, 8), 0);
}

static void set_up(void) {
    char port[16];
    folder_create(&workplace);
    folder_create_inside(&site, &workplace, "site");
    folder_write_text(&site, "inside", "served\n");
    folder_write_text(&workplace, "outside", "not served\n");
    (void)snprintf(port, sizeof port, "%u\n", (unsigned)port_of(listening_on(AF_INET)));
    folder_write_text(&workplace, "port", port);
    listen_nearby();
}

static void tear_down(void) {
    folder_remove(&workplace);
}

TestSuite(confinement, .init = set_up, .fini = tear_down, .timeout = 60);

/* What it says up to its end, without the line feed. */
static void read_line(int fd, char text[TEXT_BYTES]) {
    size_t length = 0;
    ssize_t got = 1;
    while (got > 0) {
        got = read(fd, text + length, TEXT_BYTES - 1 - length);
        length += got > 0 ? (size_t)got : 0;
    }
    text[length] = '\0';
    text[strcspn(text, "\n")] = '\0';
}

/* Returns the exit status, or 128 + the signal, and what was said in `text`. */
static int run_probe(const char *action, char text[TEXT_BYTES]) {
    int ends[2];
    int status = 0;
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        (void)dup2(ends[1], STDOUT_FILENO);
        (void)execl(CONFINEMENT_PROBE, CONFINEMENT_PROBE, action, site.path, (char *)NULL);
        _exit(STATUS_NO_PROBE);
    }
    (void)close(ends[1]);
    read_line(ends[0], text);
    (void)close(ends[0]);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Test(confinement, keeps_a_thread_from_all_that_serving_does_not_need) {
    static const struct {
        const char *action;
        int status;
        const char *outcome;
    } rows[] = {
        {"read_inside", 0, "done"},
        {"listen", 0, "done"}, /* a reload may have to */
        {"read_shadow", 0, "EACCES"},
        {"read_outside", 0, "EACCES"},
        {"write_inside", 0, "EACCES"},
        {"remove_inside", 0, "EACCES"},
        {"connect_tcp", 0, "ENOSYS"},
        {"connect_unix", 0, "ENOSYS"},
        {"send_datagram", 0, "ENOSYS"},
        {"signal_parent", 0, "ENOSYS"},
        {"run_own_code", 0, "ENOSYS"},
        {"become_root", 0, "ENOSYS"},
        {"exec", KILLED_BY_SECCOMP, ""},
        {"ptrace", KILLED_BY_SECCOMP, ""},
        {"mount", KILLED_BY_SECCOMP, ""},
        {"connect_by_sending", 0, "ENOSYS"},
        {"connect_by_message", 0, "ENOSYS"},
        {"use_another_protocol", 0, "ENOSYS"},
        {"signal_by_descriptor", 0, "ENOSYS"},
        {"choose_signal", 0, "ENOSYS"},
        {"make_namespace", KILLED_BY_SECCOMP, ""},
        {"make_namespace_anew", 0, "ENOSYS"},
        {"make_process", KILLED_BY_SECCOMP, ""},
    };
    char text[TEXT_BYTES];
    if (run_probe("read_inside", text) == STATUS_NO_SANDBOX) {
        folder_remove(&workplace);
        cr_skip_test("this kernel, or the container, has not all of it");
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int status = run_probe(rows[i].action, text);
        cr_expect_eq(status, rows[i].status, "%s: %d", rows[i].action, status);
        cr_expect_str_eq(text, rows[i].outcome, "%s: '%s'", rows[i].action, text);
    }
    cr_expect_eq(access(folder_path(&site, "inside").text, F_OK), 0);
}
