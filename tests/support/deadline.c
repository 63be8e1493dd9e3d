/* SPDX-License-Identifier: MIT */
#include "tests/support/deadline.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <time.h>

int64_t clock_now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t deadline_in(int64_t ms) {
    return clock_now_ms() + ms;
}

bool deadline_wait(int fd, short events, int64_t deadline) {
    for (;;) {
        int64_t left_ms = deadline - clock_now_ms();
        if (left_ms < 0) {
            left_ms = 0;
        }
        struct pollfd poll_fd = {.fd = fd, .events = events};
        int ready = poll(&poll_fd, 1, left_ms > INT_MAX ? INT_MAX : (int)left_ms);
        if (ready > 0) {
            return true;
        }
        if (ready == 0 || errno != EINTR) {
            return false;
        }
    }
}
