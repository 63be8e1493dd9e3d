/* SPDX-License-Identifier: MIT */
/*
 * The HTTP status codes that Lido sends, each with its reason phrase and the sentence of its error page.
 *
 * One list makes the enum and the tables, so that a code cannot lack its texts. Sources: RFC 9110 section 15,
 * RFC 6585 (431). The values are the codes themselves.
 */
#ifndef LIDO_HTTP_SEMANTICS_STATUS_H
#define LIDO_HTTP_SEMANTICS_STATUS_H

/* X(name, code, reason phrase, sentence for people; "" where no page is made) */
#define HTTP_STATUS_LIST(X)                                                                               \
    X(OK, 200, "OK", "")                                                                                  \
    X(NO_CONTENT, 204, "No Content", "")                                                                  \
    X(PARTIAL_CONTENT, 206, "Partial Content", "")                                                        \
    X(MOVED_PERMANENTLY, 301, "Moved Permanently", "This page lives at another address.")                 \
    X(FOUND, 302, "Found", "This page is at another address for now.")                                    \
    X(SEE_OTHER, 303, "See Other", "The answer is at another address.")                                   \
    X(NOT_MODIFIED, 304, "Not Modified", "")                                                              \
    X(TEMPORARY_REDIRECT, 307, "Temporary Redirect", "This page is at another address for now.")          \
    X(PERMANENT_REDIRECT, 308, "Permanent Redirect", "This page lives at another address.")               \
    X(BAD_REQUEST, 400, "Bad Request", "The request cannot be understood.")                               \
    X(FORBIDDEN, 403, "Forbidden", "This may not be read.")                                               \
    X(NOT_FOUND, 404, "Not Found", "There is nothing here under this name.")                              \
    X(METHOD_NOT_ALLOWED, 405, "Method Not Allowed", "Files here can be read, and nothing else.")         \
    X(NOT_ACCEPTABLE, 406, "Not Acceptable", "There is no form of this that the request accepts.")        \
    X(REQUEST_TIMEOUT, 408, "Request Timeout", "The request did not arrive in time.")                     \
    X(PRECONDITION_FAILED, 412, "Precondition Failed", "This has changed since the request was made up.") \
    X(CONTENT_TOO_LARGE, 413, "Content Too Large", "The request brings more content than is accepted.")   \
    X(URI_TOO_LONG, 414, "URI Too Long", "The address in the request is too long.")                       \
    X(RANGE_NOT_SATISFIABLE, 416, "Range Not Satisfiable", "The part asked for lies beyond the end.")     \
    X(EXPECTATION_FAILED, 417, "Expectation Failed", "The request expects what cannot be done here.")     \
    X(FIELDS_TOO_LARGE, 431, "Request Header Fields Too Large", "The head of the request is too large.")  \
    X(INTERNAL_SERVER_ERROR, 500, "Internal Server Error", "The server could not read this.")             \
    X(NOT_IMPLEMENTED, 501, "Not Implemented", "The server does not know this method.")                   \
    X(SERVICE_UNAVAILABLE, 503, "Service Unavailable",                                                    \
      "This cannot be done right now. Please try again soon.")                                            \
    X(VERSION_NOT_SUPPORTED, 505, "HTTP Version Not Supported", "The server speaks HTTP/1.0 and HTTP/1.1.")

enum http_status {
#define X(name, code, reason, sentence) HTTP_##name = (code),
    HTTP_STATUS_LIST(X)
#undef X
};

/* The reason phrase of a status, e.g. "Not Found". Never NULL. Thread-safe. */
const char *http_status_reason(enum http_status status);

/* The status line of an answer, with its line end: "HTTP/1.0 404 Not Found\r\n". Never NULL. Thread-safe. */
const char *http_status_line(enum http_status status);

/* The sentence of the error page; "" for a status that has none. Never NULL. Thread-safe. */
const char *http_status_sentence(enum http_status status);

#endif
