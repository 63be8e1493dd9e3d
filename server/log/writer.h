/* SPDX-License-Identifier: MIT */
/*
 * A log: takes finished lines from the workers and lets a thread of its own write them.
 *
 * A worker is never made to wait for a disk or a pipe. Lines go into a buffer; while one buffer is written, another one
 * fills. When both are full or the output fails, lines are dropped and counted, and the count is written with the
 * reason as soon as the output takes lines again. What is in a line is not known here. It lives as long as anybody
 * holds it.
 */
#ifndef LIDO_SERVER_LOG_WRITER_H
#define LIDO_SERVER_LOG_WRITER_H

#include "server/log/output.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_writer;

struct log_writer_loss {
    uint64_t count; /* of lines */
    int error;      /* why the last ones were lost: an errno, or 0 for an output that is too slow */
    bool goes_on;   /* no line was written since */
};

/* What losses.h keeps of each log, in the log so that watching one takes no memory; the main thread's, but for the list.
 * All-zero: it is not watched. */
struct log_watch {
    struct log_writer *writer; /* held */
    uint64_t seen;             /* lines that were lost when it was last looked at */
    uint64_t told;             /* of these, in news that it was over */
    bool is_losing;            /* was told */
    struct log_watch *prev;    /* for utlist.h */
    struct log_watch *next;
};

enum { LOG_WRITER_REASON_BYTES = 128 };

#define LOG_WRITER_PATIENCE_NS \
    INT64_C(1000000000) /* with an output that does not take the rest, at the end */

/* Start a log that writes to a destination (log_destination.h), all signals blocked in its thread. Returns 0 and sets
 * *out, the caller's hold, or a negative errno. */
int log_writer_open(struct log_writer **out, const char *destination, struct log_output_form form)
    __attribute__((warn_unused_result));

/* Take one more hold of it. Thread-safe. */
struct log_writer *log_writer_hold(struct log_writer *log);

/* Give up a hold. With the last one the log writes what is left, as long as that takes, and goes; nobody waits for that.
 * NULL is allowed. Thread-safe. */
void log_writer_release(struct log_writer *log);

/* Where it writes, as it was opened. Thread-safe. */
const char *log_writer_destination(const struct log_writer *log);

/* Where losses.h keeps what it does; lives as long as the log. */
struct log_watch *log_writer_watch(struct log_writer *log);

/* Take over a copy of one line of `length` bytes, line feed included. Never blocks on the output.
 * Thread-safe. */
void log_writer_write(struct log_writer *log, const char *line, size_t length);

/* Let the thread close the file and open its path anew, before it writes any further line: for whoever has
 * renamed the file, as logrotate(8) does. If that fails, the old file stays, and gets a line that says why.
 * Does nothing with standard output. Never blocks. Thread-safe. */
void log_writer_reopen(struct log_writer *log);

/* The lines that were dropped up to now. Thread-safe. */
struct log_writer_loss log_writer_loss(struct log_writer *log);

/* Say why lines are lost, or were, by the error of log_writer_loss(). Returns the buffer of the caller's. Thread-safe. */
const char *log_writer_loss_reason(int error, bool is_over, char reason[LOG_WRITER_REASON_BYTES]);

/* Begin to write what is left and to end; what is written afterwards is lost. Returns whether that is done; nobody waits
 * for it. Thread-safe. */
bool log_writer_finish(struct log_writer *log);

/* Write what is left and end the thread, up to `until_ns` by clock_steady_ns(); what is written afterwards is lost. The
 * hold still has to be given up. Returns whether all was written. Again: does nothing but wait. Thread-safe. */
bool log_writer_end(struct log_writer *log, int64_t until_ns);

#endif
