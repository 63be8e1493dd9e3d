/* SPDX-License-Identifier: MIT */
/*
 * Where the lines of a log go: a file that is appended to, standard output, a log service of this machine, or nowhere.
 *
 * Writes whole lines as long as the output takes them, and counts those that it does not. Sees by itself that its
 * file was renamed or deleted. Knows no buffer and no thread: each call may block as write(2), open(2) and close(2)
 * do, but opening waits for no reader of a FIFO. Not thread-safe.
 */
#ifndef LIDO_SERVER_LOG_OUTPUT_H
#define LIDO_SERVER_LOG_OUTPUT_H

#include "server/log/datagrams.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file that was renamed is written to for so long before its path is created anew: whoever rotates logs may be about
 * to do that himself. */
enum { LOG_OUTPUT_PATIENCE_MS = 2000 };

struct log_output {
    struct log_datagrams datagrams; /* of a log service; kind LOG_TO_STREAM: it is none */
    char *path; /* owned, of a service's socket, too; NULL for standard output, and for nowhere */
    int fd;     /* owned, unless it is standard output; -1: nowhere, or with a path: not there now */
    bool torn;  /* it ends within a line */
    int error;  /* why lines were lost last, an errno; 0 before */
    int64_t missing_since; /* by clock_steady_ns(), nothing has been at the path; 0: there was something */
};

/* How it is written to. */
struct log_output_form {
    bool has_levels;  /* lines begin with "<3>", their priority, if it is a service */
    bool starts_late; /* the thread of the log starts with the first line: there may never be one */
    int stream;       /* what "-" stands for: STDOUT_FILENO or STDERR_FILENO */
};

#define LOG_OUTPUT_NONE ((struct log_output){.fd = -1})

/* Open a destination: a file for appending, "-" for a stream, or a log service. A FIFO without a reader is tried
 * anew with each write. Returns 0 and sets *output, the caller's for log_output_close(), or a negative errno. */
int log_output_open(struct log_output *output, const char *destination, struct log_output_form form)
    __attribute__((warn_unused_result));

/* Close what is open; it is nowhere afterwards. */
void log_output_close(struct log_output *output);

/* Open the path anew, for whoever has renamed the file. If that fails, the old file stays, and gets a line that says
 * why. Does nothing with standard output. */
void log_output_reopen(struct log_output *output);

/* Write lines. What does not get out is lost; the next ones may be luckier, and begin on a line of their own. Returns
 * how many lines were lost; nowhere, none are. */
uint64_t log_output_write(struct log_output *output, const char *lines, size_t length);

#endif
