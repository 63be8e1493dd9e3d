/* SPDX-License-Identifier: MIT */
/*
 * One request as the rest of the server sees it. The wing knows how bytes become one (RFC 9112, RFC 1945) and
 * which are refused; it knows no files and makes no answers.
 *
 * The views point into the buffer of the reader that made the request (reader.h), and live until
 * request_reader_next().
 */
#ifndef LIDO_HTTP_REQUEST_REQUEST_H
#define LIDO_HTTP_REQUEST_REQUEST_H

#include "http/base/view.h"
#include "http/semantics/precondition.h"
#include "http/semantics/status.h"

#include <stdbool.h>
#include <stddef.h>

enum request_method {
    REQUEST_GET,
    REQUEST_HEAD,
    REQUEST_OPTIONS,
    REQUEST_OTHER /* known to HTTP, not offered here */
};

/* The methods of the enum above that are offered, as an Allow field lists them. */
#define REQUEST_METHODS_ALLOWED "GET, HEAD, OPTIONS"

/* Why a request is refused with 400, for who asks. */
enum request_mistake {
    REQUEST_MALFORMED, /* a line, or the body */
    REQUEST_FIELD_REPEATED,
    REQUEST_LENGTH_DOUBTFUL, /* of the body */
    REQUEST_HOST_MISSING,
    REQUEST_HOST_MALFORMED
};

struct request {
    /* HTTP_OK, or what is wrong with it. Then the connection closes after the answer if keep_alive is false,
     * and what was not understood of the request is missing below. */
    enum http_status refusal;
    enum request_mistake mistake; /* when that is HTTP_BAD_REQUEST */
    int error;                    /* what the system said, when that is the server's doing; else 0 */
    enum request_method method;
    bool simple;            /* HTTP/0.9: the answer is the bare body */
    bool keep_alive;        /* the client wants to go on, and the bytes behind this request can be trusted */
    bool body_unread;       /* bytes of a body may still come: the connection has to linger when it closes */
    unsigned version_minor; /* of HTTP/1.x */

    struct view line;   /* the request line, for the log; bytes NULL when not even that arrived */
    struct view target; /* raw */

    /* Field values, bytes NULL when not sent. Of a field that came several times the values stand with commas
     * between them, where that means something. */
    struct view host;
    struct view expect;
    struct preconditions preconditions;
    struct view if_range;
    struct view range;
    struct view accept;
    struct view accept_encoding;
    struct view origin;
    struct view access_control_request_method;
    struct view access_control_request_headers;
    struct view referer;
    struct view user_agent;
    struct view content_length;
    struct view transfer_encoding;
};

#endif
