/* SPDX-License-Identifier: MIT */
/*
 * Those who load the server under stress, each in a thread of its own and in a way of its own: until it is
 * asked to stop, which one of them does.
 *
 * They fail the test, by check() of check.h, when an answer is torn, is another one or is missing. What the
 * server does is not their concern.
 */
#ifndef LIDO_TESTS_STRESS_CROWD_H
#define LIDO_TESTS_STRESS_CROWD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* One round: a server and those who load it. */
struct crowd {
    struct sockaddr_storage address;
    bool may_be_rejected;
    int64_t end_ms;
    atomic_bool is_stopping; /* set before the signal */
    int stop_fds[2];         /* a pipe; the first one is readable from then on */
    atomic_uint_fast64_t answered;
    atomic_uint_fast64_t rejected;
};

/* Let them all act. `address` and `may_be_rejected` are set; the rest is filled in. One crowd at a time. */
void crowd_begin(struct crowd *crowd, int64_t duration_ms);

/* Wait until all have gone. */
void crowd_end(struct crowd *crowd);

#endif
