/* SPDX-License-Identifier: MIT */
#include "tests/support/slow_files/slow_files.h"

#include "tests/support/deadline.h"
#include "tests/support/slow_files/process.h"

#include <criterion/criterion.h>
#include <criterion/logging.h>
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Wait for a report. Returns false when the process has ended instead. */
static bool hear(struct slow_files *files, unsigned *orders_obeyed) {
    struct slow_report report;
    cr_assert(deadline_wait(files->control, POLLIN, deadline_in(PATIENCE_MS)),
              "nothing is heard of the slow file system, which holds back %zu calls", files->held);
    if (recv(files->control, &report, sizeof report, 0) != (ssize_t)sizeof report) {
        return false;
    }
    files->held = report.held;
    *orders_obeyed = report.orders;
    return true;
}

/* The child shares no descriptor with the test, or the end of either would not be seen; and fusermount3,
 * which inherits what it has and may outlive both, shares none with whoever reads the test's output. */
static bool run_child(int control, int says, const char *path) {
    enum { CONTROL = STDERR_FILENO + 1 };
    if (dup2(says, STDOUT_FILENO) == -1 || dup2(says, STDERR_FILENO) == -1 || dup2(control, CONTROL) == -1 ||
        syscall(SYS_close_range, CONTROL + 1U, ~0U, 0U) == -1) {
        return false;
    }
    slow_files_run(CONTROL, path);
    return true;
}

/* Let go, unmount and wait for it. Returns the status of waitpid(2). */
static int finish(struct slow_files *files) {
    int status = 0;
    (void)close(files->control);
    pid_t ended;
    do {
        ended = waitpid(files->pid, &status, 0);
    } while (ended == -1 && errno == EINTR);
    return status;
}

static void quote(const struct slow_files *files, char *text) {
    ssize_t length = pread(files->says, text, SLOW_FILES_REASON_BYTES - 1, 0);
    text[length > 0 ? length : 0] = '\0';
}

static void forget(struct slow_files *files) {
    (void)close(files->says);
    *files = (struct slow_files){0};
}

bool slow_files_mount(struct slow_files *files, const char *path, char *reason) {
    int ends[2];
    unsigned orders;
    *files = (struct slow_files){.says = memfd_create("slow_files", MFD_CLOEXEC)};
    cr_assert(files->says != -1, "memfd_create: %s", strerror(errno));
    cr_assert(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0, "socketpair: %s",
              strerror(errno));
    files->control = ends[0];
    files->pid = fork();
    cr_assert(files->pid != -1, "fork: %s", strerror(errno));
    if (files->pid == 0) { /* _exit(): neither Criterion's nor a sanitizer's end of the program */
        _exit(run_child(ends[1], files->says, path) ? EXIT_SUCCESS : EXIT_FAILURE);
    }
    (void)close(ends[1]);
    if (hear(files, &orders)) {
        return true;
    }
    (void)finish(files);
    quote(files, reason);
    forget(files);
    return false;
}

static void give_order(struct slow_files *files, struct slow_order order) {
    unsigned obeyed = files->orders;
    files->orders++;
    cr_assert(send(files->control, &order, sizeof order, MSG_NOSIGNAL) == (ssize_t)sizeof order,
              "the slow file system is gone: %s", strerror(errno));
    while (obeyed != files->orders) {
        cr_assert(hear(files, &obeyed), "the slow file system has ended");
    }
}

void slow_files_hold(struct slow_files *files, enum slow_call call, off_t from) {
    files->kept = call;
    files->kept_from = from;
    give_order(files, (struct slow_order){.kind = call, .from = from});
}

void slow_files_let_go(struct slow_files *files) {
    give_order(files, (struct slow_order){.kind = SLOW_NOTHING});
}

void slow_files_fail(struct slow_files *files, int error) {
    give_order(files, (struct slow_order){.kind = files->kept, .from = files->kept_from, .error = error});
}

void slow_files_await_held(struct slow_files *files, size_t count) {
    unsigned orders;
    while (files->held < count) {
        cr_assert(hear(files, &orders), "the slow file system has ended");
    }
}

void slow_files_unmount(struct slow_files *files) {
    if (files->pid == 0) {
        return;
    }
    int status = finish(files);
    if (status != 0) {
        char text[SLOW_FILES_REASON_BYTES];
        quote(files, text);
        cr_log_error("the slow file system ended with status %#x: '%s'", (unsigned)status, text);
    }
    forget(files);
}
