/* SPDX-License-Identifier: MIT */
/*
 * What a server holds open from start to stop, by its config: sites, listening sockets, the access log, and
 * how many descriptors each of them and the clients may have, and how much memory.
 *
 * Opens, checks and closes; starts no thread but that of the log, and serves nobody. Private to server.c.
 */
#ifndef LIDO_SERVER_SETUP_H
#define LIDO_SERVER_SETUP_H

#include "conf/settings.h"
#include "server/budget/client_limits.h"
#include "server/listen/listener.h"
#include "server/log/error_log.h"
#include "server/result.h"
#include "server/sites/sites.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_plan;

/* All-zero: nothing. */
struct setup {
    const struct config *config; /* that it follows */
    uint64_t memory_bytes;       /* that the process may have, as it was at the start */
    struct client_limits limits;
    struct sites sites;
    struct listener_set listeners;
    struct listener_set
        inherited;             /* only while it is being opened: what no listen address was matched to yet */
    struct log_plan *log_plan; /* held */
    struct error_log_plan error_log; /* until it is followed */
};

/* Open all but the log, and ignore the signals that must not end the program. The config must outlive the setup. Blocks while a
 * name server is asked. On failure `error` holds one line, and what is open by then has to be closed all the same. The
 * main thread only. */
enum server_result setup_open(struct setup *setup, const struct config *config,
                              char error[SERVER_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Open the logs, which have threads of their own: after all that a thread has to be kept from. On failure `error` holds one
 * line. The main thread only. */
enum server_result setup_start_log(struct setup *setup, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Open beside `setup`, which goes on as it is, what another config has otherwise, into *next, which is to be closed in
 * any case. Blocks and returns as setup_open() does. The main thread only. */
enum server_result setup_prepare(struct setup *next, struct setup *setup, const struct config *config,
                                 char error[SERVER_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Follow the other config from now on. Its listeners are not turned to here: the reactor does that, and before, as it may
 * fail. `next` has what is not needed any more. The main thread only. */
void setup_turn_to(struct setup *setup, struct setup *next);

/* Check without opening a socket or the log what only a look at the system can tell; see server_check(). */
enum server_result setup_check(const struct config *config, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Close what is open; nobody uses it any more. */
void setup_close(struct setup *setup);

/* Say what failed, in one line; %m is the text of errno. Returns `result`. Thread-safe. */
enum server_result setup_fail(char error[SERVER_ERROR_BYTES], enum server_result result, const char *format,
                              ...) __attribute__((format(printf, 3, 4)));

#endif
