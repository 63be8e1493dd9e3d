/* SPDX-License-Identifier: MIT */
#include "server/reactor/signals.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static struct signals signals;

static void set_up(void) {
    cr_assert_eq(signals_open(&signals), 0);
}

static void tear_down(void) {
    signals_close(&signals);
}

TestSuite(signals, .init = set_up, .fini = tear_down, .timeout = 60);

static bool is_readable(void) {
    struct pollfd poll_fd = {.fd = signals.fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) == 1;
}

Test(signals, to_stop_kill_nobody_but_are_counted) {
    static const int numbers[] = {SIGTERM, SIGINT, SIGTERM, SIGQUIT, SIGALRM};
    for (unsigned i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        cr_expect(!is_readable());
        cr_assert_eq(kill(getpid(), numbers[i]), 0);
        cr_expect(is_readable());
        signals_take(&signals);
        cr_expect_eq(signals.stop_count, i + 1);
    }
    cr_expect_not(signals.reopen);
}

Test(signals, to_reload_and_to_reopen_are_told_apart_and_stop_nobody) {
    cr_assert_eq(kill(getpid(), SIGHUP), 0);
    signals_take(&signals);
    cr_expect(signals.reload && !signals.reopen);
    signals.reload = false;
    cr_assert_eq(kill(getpid(), SIGUSR1), 0);
    signals_take(&signals);
    cr_expect(!signals.reload && signals.reopen);
    cr_expect_eq(signals.stop_count, 0);
}

Test(signals, that_ask_for_nothing_do_nothing) {
    cr_assert_eq(kill(getpid(), SIGUSR2), 0);
    signals_take(&signals);
    cr_expect_not(is_readable());
    cr_expect(!signals.reopen && !signals.reload && signals.stop_count == 0);
}

/* The server ignores some until it can heed them. */
Test(signals, are_heeded_although_they_were_ignored_before) {
    signals_close(&signals);
    (void)signal(SIGHUP, SIG_IGN);
    cr_assert_eq(signals_open(&signals), 0);
    cr_assert_eq(kill(getpid(), SIGHUP), 0);
    signals_take(&signals);
    cr_expect(signals.reload);
}

Test(signals, count_two_that_come_at_once) {
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    cr_assert_eq(kill(getpid(), SIGINT), 0);
    signals_take(&signals);
    cr_expect_eq(signals.stop_count, 2);
}

Test(signals, may_be_taken_when_there_are_none) {
    signals_take(&signals); /* would block for ever */
    cr_expect_eq(signals.stop_count, 0);
}

Test(signals, leave_other_signals_alone) {
    sigset_t blocked;
    cr_assert_eq(pthread_sigmask(SIG_BLOCK, NULL, &blocked), 0);
    cr_expect_eq(sigismember(&blocked, SIGINT), 1);
    cr_expect_eq(sigismember(&blocked, SIGTERM), 1);
    cr_expect_eq(sigismember(&blocked, SIGSEGV), 0);
    cr_expect_eq(sigismember(&blocked, SIGTSTP), 0);
}

Test(signals, let_a_broken_pipe_be_an_error_rather_than_a_death) {
    int fds[2];
    cr_assert_eq(pipe(fds), 0);
    (void)close(fds[0]);
    cr_expect_eq(write(fds[1], "x", 1), -1);
    (void)close(fds[1]);
}

Test(signals, stay_blocked_after_the_end) {
    signals_close(&signals);
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    cr_expect_eq(signals.fd, -1);
}

Test(signals, tell_epoll_what_they_are_and_are_not_inherited) {
    cr_expect_eq(signals.source, SOURCE_SIGNALS);
    cr_expect(fcntl(signals.fd, F_GETFD) & FD_CLOEXEC);
}

Test(signals, are_closed_once) {
    int open_count = count_descriptors();
    signals_close(&signals);
    signals_close(&signals);
    cr_expect_eq(count_descriptors(), open_count - 1);
}
