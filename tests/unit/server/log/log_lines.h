/* SPDX-License-Identifier: MIT */
/*
 * A log under test, and lines that tell their number: so that lost, torn and swapped ones are found
 * out.
 *
 * Criterion runs each test in a process of its own, so there is one log and one folder, and they are plain
 * variables.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_LOG_LOG_LINES_H
#define LIDO_TESTS_UNIT_SERVER_LOG_LOG_LINES_H

#include "server/log/writer.h"
#include "tests/support/folder.h"

#include <stddef.h>
#include <stdint.h>

enum {
    LINE_BYTES = 64,           /* of a numbered line */
    BUFFER_BYTES = 512 * 1024, /* of each of the log's two buffers */
    WRITE_BYTES = 128 * 1024,  /* with which the log does not wait for more */
    READ_BYTES = 8 * 1024 * 1024,
};

extern struct folder folder;
extern struct log_writer *opened;
extern char text[READ_BYTES]; /* what was read */

struct reading {
    size_t lines;  /* numbered ones */
    uint64_t told; /* to be dropped */
    size_t torn;   /* parts of lines */
};

/* Open a log in the folder; close it and read it into `text`. */
void open_in_folder(void);
const char *close_and_read(void);

/* End the log, and give up the hold. */
void end_and_release(void);

void write_line(const char *line);

/* Make the numbered line, without writing it. */
void put_numbered(char line[LINE_BYTES + 1], size_t number);

/* Write so many lines, numbered from `first`; from 0. */
void write_numbered_from(size_t first, size_t count);
void write_numbered(size_t count);

/* Read numbered lines, which must come in order. */
struct reading read_numbered(const char *from);

#endif
