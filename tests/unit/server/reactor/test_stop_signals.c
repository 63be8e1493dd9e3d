/* SPDX-License-Identifier: MIT */
#include "server/reactor/stop_signals.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static struct stop_signals signals;

static void set_up(void) {
    cr_assert_eq(stop_signals_open(&signals), 0);
}

static void tear_down(void) {
    stop_signals_close(&signals);
}

TestSuite(stop_signals, .init = set_up, .fini = tear_down, .timeout = 60);

static bool is_readable(void) {
    struct pollfd poll_fd = {.fd = signals.fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) == 1;
}

Test(stop_signals, kill_nobody_but_are_counted) {
    static const int numbers[] = {SIGTERM, SIGINT, SIGTERM};
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        cr_expect(!is_readable());
        cr_assert_eq(kill(getpid(), numbers[i]), 0);
        cr_expect(is_readable());
        stop_signals_take(&signals);
        cr_expect_eq(signals.count, i + 1);
    }
}

Test(stop_signals, count_two_that_come_at_once) {
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    cr_assert_eq(kill(getpid(), SIGINT), 0);
    stop_signals_take(&signals);
    cr_expect_eq(signals.count, 2);
}

Test(stop_signals, may_be_taken_when_there_are_none) {
    stop_signals_take(&signals); /* would block for ever */
    cr_expect_eq(signals.count, 0);
}

Test(stop_signals, leave_other_signals_alone) {
    sigset_t blocked;
    cr_assert_eq(pthread_sigmask(SIG_BLOCK, NULL, &blocked), 0);
    cr_expect_eq(sigismember(&blocked, SIGINT), 1);
    cr_expect_eq(sigismember(&blocked, SIGTERM), 1);
    cr_expect_eq(sigismember(&blocked, SIGHUP), 0);
    cr_expect_eq(sigismember(&blocked, SIGQUIT), 0);
}

Test(stop_signals, let_a_broken_pipe_be_an_error_rather_than_a_death) {
    int fds[2];
    cr_assert_eq(pipe(fds), 0);
    (void)close(fds[0]);
    cr_expect_eq(write(fds[1], "x", 1), -1);
    (void)close(fds[1]);
}

Test(stop_signals, stay_blocked_after_the_end) {
    stop_signals_close(&signals);
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    cr_expect_eq(signals.fd, -1);
}

Test(stop_signals, tell_epoll_what_they_are_and_are_not_inherited) {
    cr_expect_eq(signals.source, SOURCE_SIGNALS);
    cr_expect(fcntl(signals.fd, F_GETFD) & FD_CLOEXEC);
}

Test(stop_signals, are_closed_once) {
    int open_count = count_descriptors();
    stop_signals_close(&signals);
    stop_signals_close(&signals);
    cr_expect_eq(count_descriptors(), open_count - 1);
}
