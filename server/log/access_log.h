/* SPDX-License-Identifier: MIT */
/*
 * The access log: takes finished lines from the workers and lets a thread of its own write them.
 *
 * A worker is never made to wait for a disk or a pipe. Lines go into a buffer; while one buffer is written,
 * another one fills. When both are full or the output fails, lines are dropped and counted, and the count is
 * written as soon as the output takes lines again. What is in a line is not known here.
 */
#ifndef LIDO_SERVER_LOG_ACCESS_LOG_H
#define LIDO_SERVER_LOG_ACCESS_LOG_H

#include "server/log/output.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct access_log;

/* Start a log that writes there, all signals blocked in its thread. Returns 0, sets *out, the caller's for
 * access_log_close(), and takes the output over; or returns a negative errno. */
int access_log_create(struct access_log **out, struct log_output *output) __attribute__((warn_unused_result));

/* The same with an output that is opened, too: log_output_open(). Returns 0 and sets *out, the caller's for
 * access_log_close(), or a negative errno. */
int access_log_open(struct access_log **out, const char *path) __attribute__((warn_unused_result));

/* Take over a copy of one line of `length` bytes, line feed included. Never blocks on the output.
 * Thread-safe. */
void access_log_write(struct access_log *log, const char *line, size_t length);

/* Let the thread close the file and open its path anew, before it writes any further line: for whoever has
 * renamed the file, as logrotate(8) does. If that fails, the old file stays, and gets a line that says why.
 * Does nothing with standard output. Never blocks. Thread-safe. */
void access_log_reopen(struct access_log *log);

/* Let lines go somewhere else from now on; LOG_OUTPUT_NONE: nowhere. Those that are there already go where they were
 * meant to. Takes the output over. Never blocks. Thread-safe. */
void access_log_turn_to(struct access_log *log, struct log_output *output);

/* How many lines were dropped up to now. Thread-safe. */
uint64_t access_log_dropped(struct access_log *log);

/* Write what is left and end the thread, for a second at most; what is written afterwards is lost. The log still has
 * to be closed. Returns whether all was written. Again: does nothing. */
bool access_log_end(struct access_log *log);

/* The same, and free it. An output that has not taken it all after a second is given up; its
 * thread then ends with the process. Nobody may write any more. NULL is allowed. */
void access_log_close(struct access_log *log);

#endif
