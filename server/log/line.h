/* SPDX-License-Identifier: MIT */
/*
 * One line of an access log, in a shape that is worked out beforehand: the common or combined log format of the NCSA
 * and Apache servers, with the seconds taken at its end; a JSON object; or what the owner has put together.
 *
 * Nothing that a client sent gets into a line unescaped. Nothing is written to a file here.
 */
#ifndef LIDO_SERVER_LOG_LINE_H
#define LIDO_SERVER_LOG_LINE_H

#include "conf/values/log_format.h"
#include "http/connection.h"

#include <stddef.h>
#include <time.h>

/* Enough for any line: what is longer of a request line or a field is cut, and ends in "..."; so does what does not
 * fit into a line of the owner's shape. */
enum { LOG_LINE_BYTES = 28 * 1024 };

/* A second as the log writes it. */
struct log_second {
    time_t seconds;
    size_t length; /* 0: none yet */
    char text[40];
};

/* Made anew when the second has changed. All-zero at first; one per thread. */
struct log_clock {
    struct log_second local; /* " - - [10/Oct/2000:13:55:36 +0000] " */
    struct log_second utc;   /* "2000-10-10T13:55:36." */
};

/* What is in each line, in which order. */
struct log_shape {
    enum log_format kind;
    char *text; /* owned, as the parts; these are of LOG_FORMAT_OWN, and point into it */
    struct log_format_part *parts;
    size_t part_count;
};

/* The name of a client may come later than its line: where it would stand. What is beyond the most there can be keeps
 * the address. */
enum { LOG_SLOTS_MAX = 4 };

struct log_slots {
    size_t count;
    struct {
        size_t offset; /* of what stands there now, */
        size_t length;
        bool is_json; /* and the name takes its place in quotes */
    } items[LOG_SLOTS_MAX];
};

/* What a line is about. */
struct log_subject {
    const struct answer_record *record;
    struct view name;        /* of the client, fit for a line; bytes NULL: its address stands for it */
    struct log_slots *slots; /* to be filled; NULL: nobody asks */
};

/* Work a shape out. `format` is one that log_value_format() has accepted. Returns 0, and *shape is the caller's for
 * log_shape_deinit(), or -ENOMEM. */
int log_shape_init(struct log_shape *shape, const char *format) __attribute__((warn_unused_result));

/* Release what the shape owns. */
void log_shape_deinit(struct log_shape *shape);

/* Write the line with its line feed. Texts of the client have control characters, quotes, backslashes and bytes above
 * 0x7E as \xHH; JSON is an object (RFC 8259) with UTC. lido.conf(5) has the fields, lido(1) the names in JSON. Returns
 * its length. Thread-safe. */
size_t log_line_format(char line[LOG_LINE_BYTES], const struct log_subject *subject,
                       const struct log_shape *shape, struct log_clock *clock);

/* The method and the target of a request line: bytes NULL both unless it consists of two or three words. */
void log_line_split(struct view request_line, struct view *method, struct view *target,
                    struct view *protocol);

#endif
