/* SPDX-License-Identifier: MIT */
/*
 * A bounded load: so many clients over loopback, each with one request under way, and what came of it.
 *
 * One thread and an epoll of its own, so that it takes one processor at most. Closed: a client asks again when it has
 * its answer, hence no more requests wait than there are clients. Blocks; for one thread.
 */
#ifndef LIDO_SERVER_TUNE_LOAD_H
#define LIDO_SERVER_TUNE_LOAD_H

#include "server/tune/figures.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>

struct sample;

enum { LOAD_CLIENTS_MAX = 1024 };

struct load_options {
    const struct sockaddr_storage *address;
    struct sample *sample;  /* with at least one file */
    size_t clients;         /* 1 to LOAD_CLIENTS_MAX */
    bool is_cold;           /* of the files that can be, each is taken out of memory before it is asked for */
    bool once;              /* each file is asked for once, and its status noted; ends when that is done */
    int64_t warm_up_ns;     /* before it is counted, */
    int64_t counted_ns;     /* and while it is */
    clockid_t server_clock; /* the processor time of the server */
    int stop_fd;            /* ends it when it is readable */
    void (*on_progress)(void *context, const struct tune_figures *figures); /* ten times a second */
    void *context;
};

enum load_end {
    LOAD_DONE,
    LOAD_STOPPED, /* by stop_fd */
    LOAD_BROKEN   /* the server cannot be reached, or the system has no more descriptors */
};

/* Do it, and count in *figures (all-zero before; without waits, which the server knows). */
enum load_end load_run(const struct load_options *options, struct tune_figures *figures)
    __attribute__((warn_unused_result));

#endif
