/* SPDX-License-Identifier: MIT */
/*
 * `lido --explain URL`: why a URL gets the answer that it gets, without serving: the steps by which the server would decide,
 * and the head that it would send.
 *
 * Decides nothing itself: the request goes through the server's own code, which tells each step (http/base/account.h).
 * Listens nowhere, writes no log.
 */
#ifndef LIDO_SERVER_EXPLAIN_EXPLAIN_H
#define LIDO_SERVER_EXPLAIN_EXPLAIN_H

#include "conf/settings.h"
#include "server/explain/question.h"
#include "server/result.h"

#include <stdio.h>

/* Write the steps and the head to `out`. As root, the process goes into the sandbox for good that the settings describe, as
 * the server would; as anybody else, it reads what that user may. Returns SERVER_OK, whatever the status; or SERVER_MISTAKE
 * or SERVER_FAILED with one line in `error`. May wait for a disk. Not thread-safe. */
enum server_result explain_run(const struct config *config, const struct explain_question *question,
                               FILE *out, char error[SERVER_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
