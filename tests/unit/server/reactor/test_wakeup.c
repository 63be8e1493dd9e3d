/* SPDX-License-Identifier: MIT */
#include "server/reactor/wakeup.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>

static struct wakeup wakeup;

static void set_up(void) {
    cr_assert_eq(wakeup_open(&wakeup), 0);
}

static void tear_down(void) {
    wakeup_close(&wakeup);
}

TestSuite(wakeup, .init = set_up, .fini = tear_down, .timeout = 60);

static bool is_readable(int timeout_ms) {
    struct pollfd poll_fd = {.fd = wakeup.fd, .events = POLLIN};
    return poll(&poll_fd, 1, timeout_ms) == 1;
}

Test(wakeup, is_readable_from_its_sending_to_its_taking) {
    cr_expect(!is_readable(0));
    wakeup_send(&wakeup);
    cr_expect(is_readable(0));
    cr_expect(is_readable(0), "and stays so");
    wakeup_take(&wakeup);
    cr_expect(!is_readable(0));
}

Test(wakeup, is_taken_once_however_often_it_was_sent) {
    for (int i = 0; i < 1000; i++) {
        wakeup_send(&wakeup);
    }
    wakeup_take(&wakeup);
    cr_expect(!is_readable(0));
}

Test(wakeup, may_be_taken_when_there_is_none) {
    wakeup_take(&wakeup); /* would block for ever */
    cr_expect(!is_readable(0));
}

static void *send_one(void *argument) {
    wakeup_send(argument);
    return NULL;
}

Test(wakeup, comes_from_another_thread) {
    pthread_t thread;
    cr_assert_eq(pthread_create(&thread, NULL, send_one, &wakeup), 0);
    cr_expect(is_readable(-1));
    (void)pthread_join(thread, NULL);
}

Test(wakeup, tells_epoll_what_it_is_and_is_not_inherited) {
    cr_expect_eq(wakeup.source, SOURCE_WAKE);
    cr_expect(fcntl(wakeup.fd, F_GETFD) & FD_CLOEXEC);
}

Test(wakeup, is_closed_once) {
    int open_count = count_descriptors();
    wakeup_close(&wakeup);
    wakeup_close(&wakeup);
    cr_expect_eq(wakeup.fd, -1);
    cr_expect_eq(count_descriptors(), open_count - 1);
}
