/* SPDX-License-Identifier: MIT */
/*
 * Finds the head of a request in the bytes received so far, and refuses what no honest client sends.
 *
 * It runs before llhttp, for two reasons. The same bytes must get the same answer however the network cuts
 * them, which a parser that stops at the first odd byte cannot promise (an unknown method is 501 only if the
 * rest of its line is in order). And what requests are smuggled with (bare CR, NUL, space before a colon,
 * obs-fold) must be refused with every llhttp that Lido builds with, of which 8.x lets some pass.
 *
 * Pure: no input, no output, no memory of its own. Sources: RFC 9112 sections 2.2, 3 and 5; RFC 1945 section
 * 5.
 */
#ifndef LIDO_HTTP_REQUEST_HEAD_SCAN_H
#define LIDO_HTTP_REQUEST_HEAD_SCAN_H

#include "http/base/view.h"
#include "http/semantics/status.h"

#include <stdbool.h>
#include <stddef.h>

struct head_limits {
    size_t request_line_bytes; /* without its line end; more is 414 */
    size_t head_bytes;         /* request line, fields and line ends; more is 431 */
    size_t field_count;        /* more is 431 */
};

enum head_verdict {
    HEAD_INCOMPLETE, /* go on when more has been received */
    HEAD_COMPLETE,   /* the fields below are set */
    HEAD_REFUSED     /* `refusal` says why; the connection is of no further use */
};

/* All offsets count from the first byte given to head_scan(). All-zero at first. */
struct head_scan {
    size_t line_begin;  /* of the line being looked at: all before it is in order */
    size_t searched;    /* no line feed before this offset */
    size_t field_count; /* field lines seen */
    bool has_request_line;

    size_t begin; /* of the request line: empty lines before it are skipped */
    size_t end;   /* of the head, past its empty line */
    struct span {
        size_t begin;
        size_t length;
    } line, method, target; /* the request line without line end, and its parts */
    unsigned version_minor; /* of HTTP/1.x */
    bool simple;            /* an HTTP/0.9 simple request: no version, no fields */
    bool raw_target;        /* some byte of the target is above 0x7F, and should have been percent-encoded */
    bool bare_line_feeds;   /* some line ended in LF without CR (typed by hand into nc, say) */

    enum http_status refusal;
};

/* Look at bytes[0 .. length), the same bytes as in the last call and perhaps more behind them. Every byte is
 * looked at once or twice, whatever the number of calls. After a verdict other than HEAD_INCOMPLETE, start
 * anew. */
enum head_verdict head_scan(struct head_scan *scan, const struct head_limits *limits, const char *bytes,
                            size_t length);

#endif
