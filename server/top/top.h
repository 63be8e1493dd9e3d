/* SPDX-License-Identifier: MIT */
/*
 * Shows a running server in a terminal: `lido --top`. Asks its status.json once a second, as any client does; on a
 * terminal it goes on until it is left, elsewhere it prints once.
 */
#ifndef LIDO_SERVER_TOP_TOP_H
#define LIDO_SERVER_TOP_TOP_H

#include "server/result.h"

#include <stdbool.h>
#include <stdio.h>

/* Where the status is when nothing is said. */
#define TOP_URL "http://localhost:8080/"

/* Show the server at `url` ("host:port", "http://host/.lido/", "unix:/path"; without a path, that of the default
 * status pages). `is_live`: standard input and output are a terminal. Blocks. Returns the exit status: SERVER_OK, or SERVER_FAILED
 * or SERVER_MISTAKE with one line in `error`. */
enum server_result top_run(const char *url, bool is_live, FILE *out, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
