/* SPDX-License-Identifier: MIT */
/*
 * Finds the size of the pool that serves these files best on this machine, by trying: `lido --tune`.
 *
 * Each size has a server of its own (trial.h), which is put under a bounded load (load.h) of the very files that the
 * settings serve (sample.h); the sizes are chosen by what came of those before (sweep.h). Once with the files in memory,
 * once taken out of it, where that is possible. A server that runs already notices the load, and no more than that.
 */
#ifndef LIDO_SERVER_TUNE_TUNE_H
#define LIDO_SERVER_TUNE_TUNE_H

#include "conf/settings.h"
#include "server/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum {
    TUNE_SECONDS = 60, /* by default, as is the next one */
    TUNE_CLIENTS = 64,
    TUNE_SECONDS_MAX = 3600,
    TUNE_CLIENTS_MAX = 1024,
    TUNE_INTERRUPTED = 130 /* exit status, as shells have it for SIGINT */
};

struct tune_options {
    size_t seconds;   /* 1 to TUNE_SECONDS_MAX: about how long it may take */
    size_t clients;   /* 1 to TUNE_CLIENTS_MAX: at once */
    FILE *out;        /* what came of it */
    FILE *progress;   /* how far it is; NULL: nowhere */
    bool on_terminal; /* is `progress` */
    size_t columns;   /* of what `out` is shown on */
    bool has_utf8;    /* both take more than ASCII */
};

/* Do it. Blocks SIGINT and SIGTERM, which end it with what is known by then. Blocks for `seconds`, and some more until
 * the last step has ended. Returns the exit status: SERVER_OK; TUNE_INTERRUPTED; or as server_create(), with one line in
 * `error`. The config must have been checked; it is as it was afterwards. Only while the process has one thread. */
int tune_run(struct config *config, const struct tune_options *options, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
