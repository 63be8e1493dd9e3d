/* SPDX-License-Identifier: MIT */
/*
 * A file whose disk never answers: the slow file system of tests/support, for ./dev bench. It is mounted on
 * the folder that is given and answers no open(2) of a file until the standard input ends; then it answers,
 * unmounts and ends. Says "mounted", and "held" each time that somebody waits for it.
 */
#include "tests/support/slow_files/process.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Returns false when the file system has ended, or could not be mounted: then it has said why itself. */
static bool hear(int control, struct slow_report *report) {
    return recv(control, report, sizeof *report, 0) == (ssize_t)sizeof *report;
}

static void say(const char *word) {
    (void)puts(word);
    (void)fflush(stdout);
}

static bool hold_until_the_end(int control) {
    struct slow_order order = {.kind = SLOW_OPEN};
    struct slow_report report;
    if (!hear(control, &report) || send(control, &order, sizeof order, MSG_NOSIGNAL) == -1 ||
        !hear(control, &report)) {
        return false;
    }
    say("mounted");
    struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = control, .events = POLLIN}};
    while (poll(fds, 2, -1) != -1 && fds[0].revents == 0) {
        if (!hear(control, &report)) {
            return false;
        }
        say("held");
    }
    return true;
}

int main(int argc, char **argv) {
    int ends[2];
    if (argc != 2) {
        (void)fputs("Usage: hung_file FOLDER\n", stderr);
        return 2;
    }
    pid_t pid = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0 ? fork() : -1;
    if (pid == -1) {
        perror("hung_file");
        return EXIT_FAILURE;
    }
    (void)close(ends[pid == 0 ? 0 : 1]);
    if (pid == 0) {
        slow_files_run(ends[1], argv[1]);
        return EXIT_SUCCESS;
    }
    bool was_mounted = hold_until_the_end(ends[0]);
    (void)close(ends[0]);
    (void)waitpid(pid, NULL, 0);
    return was_mounted ? EXIT_SUCCESS : EXIT_FAILURE;
}
