/* SPDX-License-Identifier: MIT */
/*
 * Puts rows to a server and tells what differs.
 *
 * Needs no test framework and starts nothing: it is used by the integration test of Lido and by a program
 * that replays the same rows against others.
 */
#ifndef LIDO_TESTS_SEMANTICS_REPLAY_H
#define LIDO_TESTS_SEMANTICS_REPLAY_H

#include "tests/semantics/report.h"
#include "tests/semantics/row.h"

#include <stdbool.h>
#include <sys/socket.h>

struct replay;

/* Returns NULL when there is no memory. `is_lido`: hold it to what only Lido promises, too (its wire is
 * HTTP/1.0). */
struct replay *replay_create(const struct sockaddr *address, socklen_t size, bool is_lido);

/* Close what is open and free it. NULL is allowed. */
void replay_destroy(struct replay *replay);

/* Ask what the row says, in one or both versions of HTTP. Returns how many of the answers differ from it (0
 * to 2), each told in the report; with `in_full`, the request and the head of the answer as well. */
int replay_row(struct replay *replay, const struct row *row, bool in_full, struct report *report);

#endif
