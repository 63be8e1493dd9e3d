/* SPDX-License-Identifier: MIT */
/*
 * A server to be measured: the same code with the same settings but for a few, in a process of its own, at a free port
 * of 127.0.0.1.
 *
 * A child made by fork(2), so that its processor time is known apart from that of the load, nothing of one trial is
 * left for the next, and a server that runs already is not touched: the settings are the child's own copy. Their
 * listen addresses and logs are not used. The child ends with its parent. The parent must have no other threads.
 */
#ifndef LIDO_SERVER_TUNE_TRIAL_H
#define LIDO_SERVER_TUNE_TRIAL_H

#include "conf/settings.h"
#include "http/base/histogram.h"
#include "server/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <time.h>

struct trial_options {
    size_t threads;
    size_t clients;      /* that will come: max_connections has room for them */
    bool has_file_cache; /* as configured; false: nothing is kept between requests */
    int stop_fd;         /* ends the wait for it when it is readable */
};

struct trial {
    pid_t pid;     /* 0: none runs */
    int report_fd; /* what it tells; -1 */
    struct sockaddr_storage address;
    clockid_t clock; /* of the processor time that it uses */
};

/* Start it, and wait until it listens. Returns SERVER_OK, or with one line in `error` why it does not; the line is
 * empty when stop_fd ended the wait. End it with trial_end() after SERVER_OK only. */
enum server_result trial_start(struct trial *trial, struct config *config,
                               const struct trial_options *options, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Stop it, and take what it has counted: how long requests waited for a thread. Blocks for some seconds at most, unless
 * the kernel does not let go of it. Returns false if it told nothing. */
bool trial_end(struct trial *trial, struct histogram_reading *waits);

#endif
