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

/* By the wall clock, as musl's semaphores know no other. */
bool deadline_take(sem_t *semaphore, int64_t deadline) {
    struct timespec until;
    int64_t left_ms = deadline - clock_now_ms();
    (void)clock_gettime(CLOCK_REALTIME, &until);
    int64_t until_ms = (int64_t)until.tv_sec * 1000 + until.tv_nsec / 1000000 + left_ms;
    until = (struct timespec){.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    int result = 0;
    do {
        result = sem_timedwait(semaphore, &until);
    } while (result == -1 && errno == EINTR);
    return result == 0;
}
