/* SPDX-License-Identifier: MIT */
/* Linked with --wrap for send, recv, poll and connect: each can be made to fail or to do little. */
#include "http/base/clock.h"
#include "server/probe/timed_io.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { LONG_US = 40 * 1000 * 1000, SHORT_US = 20 * 1000 };

ssize_t __real_send(int fd, const void *bytes, size_t size, int flags);
ssize_t __wrap_send(int fd, const void *bytes, size_t size, int flags);
ssize_t __real_recv(int fd, void *bytes, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *bytes, size_t size, int flags);
int __real_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms);
int __real_connect(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);

/* What the next calls are made to fail with, one after the other; 0 ends the list. */
static int faults[8];
static size_t next_fault;
static size_t calls; /* those that were passed on or made to fail */
static size_t step;  /* bytes per send or recv; 0: as asked */
static int connect_fault;

static bool is_made_to_fail(void) {
    calls++;
    if (next_fault == sizeof faults / sizeof faults[0] || faults[next_fault] == 0) {
        return false;
    }
    errno = faults[next_fault++];
    return true;
}

static size_t at_most_a_step(size_t size) {
    return step > 0 && size > step ? step : size;
}

ssize_t __wrap_send(int fd, const void *bytes, size_t size, int flags) {
    return is_made_to_fail() ? -1 : __real_send(fd, bytes, at_most_a_step(size), flags);
}

ssize_t __wrap_recv(int fd, void *bytes, size_t size, int flags) {
    return is_made_to_fail() ? -1 : __real_recv(fd, bytes, at_most_a_step(size), flags);
}

static size_t poll_interruptions;
static size_t polls;

int __wrap_poll(struct pollfd *fds, nfds_t count, int timeout_ms) {
    polls++;
    if (poll_interruptions > 0) {
        poll_interruptions--;
        errno = EINTR;
        return -1;
    }
    return __real_poll(fds, count, timeout_ms);
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length) {
    int result = __real_connect(fd, address, length);
    if (connect_fault == 0) {
        return result;
    }
    errno = connect_fault;
    return -1;
}

TestSuite(timed_io, .timeout = 60);

static void make_pair(int pair[2]) {
    cr_assert(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) == 0);
}

Test(timed_io, sends_all_in_spite_of_interrupted_short_and_blocked_calls) {
    static const char text[] = "all of these bytes, in this order";
    int pair[2];
    make_pair(pair);
    faults[0] = EINTR;
    faults[1] = EAGAIN;
    faults[2] = EINTR;
    step = 1;
    cr_expect_eq(timed_send(pair[0], text, strlen(text), clock_steady_us() + LONG_US), 0);
    cr_expect_eq(calls, strlen(text) + 3);

    char received[64] = "";
    cr_expect_eq(__real_recv(pair[1], received, sizeof received, 0), (ssize_t)strlen(text));
    cr_expect_str_eq(received, text);
    (void)close(pair[0]);
    (void)close(pair[1]);
}

Test(timed_io, receives_in_spite_of_interrupted_and_blocked_calls) {
    int pair[2];
    char received[8] = "";
    make_pair(pair);
    cr_assert_eq(__real_send(pair[0], "abc", 3, 0), 3);
    faults[0] = EINTR;
    faults[1] = EAGAIN;
    poll_interruptions = 2;
    cr_expect_eq(timed_receive(pair[1], received, sizeof received, clock_steady_us() + LONG_US), 3);
    cr_expect_str_eq(received, "abc");
    cr_expect_eq(polls, 3);
    (void)close(pair[0]);
    (void)close(pair[1]);
}

Test(timed_io, tells_the_end_from_an_error) {
    int pair[2];
    char byte;
    make_pair(pair);
    (void)close(pair[0]);
    cr_expect_eq(timed_receive(pair[1], &byte, 1, clock_steady_us() + LONG_US), 0);
    faults[0] = ECONNRESET;
    cr_expect_eq(timed_receive(pair[1], &byte, 1, clock_steady_us() + LONG_US), -ECONNRESET);
    (void)close(pair[1]);
}

Test(timed_io, returns_an_error_instead_of_raising_sigpipe) {
    int pair[2];
    make_pair(pair);
    (void)close(pair[0]);
    cr_expect_eq(timed_send(pair[1], "x", 1, clock_steady_us() + LONG_US), -EPIPE);
    (void)close(pair[1]);
}

Test(timed_io, stops_receiving_at_the_deadline_and_not_before) {
    int pair[2];
    char byte;
    make_pair(pair);
    poll_interruptions = 1;
    int64_t deadline_us = clock_steady_us() + SHORT_US;
    cr_expect_eq(timed_receive(pair[1], &byte, 1, deadline_us), -ETIMEDOUT);
    cr_expect_geq(clock_steady_us(), deadline_us);
    (void)close(pair[0]);
    (void)close(pair[1]);
}

Test(timed_io, stops_sending_at_the_deadline) {
    static char bytes[8 * 1024 * 1024];
    int pair[2];
    make_pair(pair);
    cr_expect_eq(timed_send(pair[0], bytes, sizeof bytes, clock_steady_us() + SHORT_US), -ETIMEDOUT);
    (void)close(pair[0]);
    (void)close(pair[1]);
}

Test(timed_io, takes_what_is_there_even_behind_the_deadline) {
    int pair[2];
    char byte = 0;
    make_pair(pair);
    cr_assert_eq(__real_send(pair[0], "x", 1, 0), 1);
    faults[0] = EAGAIN;
    cr_expect_eq(timed_receive(pair[1], &byte, 1, clock_steady_us() - SHORT_US), 1);
    cr_expect_eq(byte, 'x');
    (void)close(pair[0]);
    (void)close(pair[1]);
}

Test(timed_io, connects_even_when_the_call_is_interrupted) {
    static const int connect_faults[] = {0, EINTR, EINPROGRESS};
    int listening = listening_on(AF_INET);
    struct sockaddr_storage address = loopback_address(AF_INET, port_of(listening));
    for (size_t i = 0; i < sizeof connect_faults / sizeof connect_faults[0]; i++) {
        connect_fault = connect_faults[i];
        int fd = timed_connect(&address, clock_steady_us() + LONG_US);
        cr_assert(fd >= 0, "%d: %s", connect_fault, strerror(-fd));
        cr_expect(fcntl(fd, F_GETFL) & O_NONBLOCK, "%d", connect_fault);
        cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC, "%d", connect_fault);
        cr_expect(__real_send(fd, "x", 1, MSG_NOSIGNAL) == 1, "%d: %s", connect_fault, strerror(errno));
        (void)close(fd);
    }
    (void)close(listening);
}

Test(timed_io, reports_a_refused_connection_and_closes_its_socket) {
    struct sockaddr_storage any_port = loopback_address(AF_INET, 0);
    int bound = bound_socket(&any_port);
    struct sockaddr_storage address = loopback_address(AF_INET, port_of(bound));
    int before = count_descriptors();
    cr_expect_eq(timed_connect(&address, clock_steady_us() + LONG_US), -ECONNREFUSED);
    cr_expect_eq(count_descriptors(), before);
    (void)close(bound);
}

/* Fill the queue of a listening socket until the kernel lets further clients wait without a word. */
static int fill_queue(const struct sockaddr_storage *address, int clients[16]) {
    for (int count = 0; count < 16; count++) {
        int fd = timed_connect(address, clock_steady_us() + SHORT_US);
        if (fd == -ETIMEDOUT) {
            return count;
        }
        cr_assert(fd >= 0, "%s", strerror(-fd));
        clients[count] = fd;
    }
    cr_assert_fail("the queue takes everybody");
    return 0;
}

Test(timed_io, stops_connecting_at_the_deadline) {
    int listening = listening_on(AF_INET);
    struct sockaddr_storage address = loopback_address(AF_INET, port_of(listening));
    int clients[16];
    int count = fill_queue(&address, clients);
    int before = count_descriptors();
    int64_t deadline_us = clock_steady_us() + SHORT_US;
    cr_expect_eq(timed_connect(&address, deadline_us), -ETIMEDOUT);
    cr_expect_geq(clock_steady_us(), deadline_us);
    cr_expect_eq(count_descriptors(), before);
    while (count > 0) {
        (void)close(clients[--count]);
    }
    (void)close(listening);
}
