/* SPDX-License-Identifier: MIT */
/*
 * The HTTP status codes that Lido sends, each with its reason phrase and the sentence of its error page.
 *
 * One list makes the enum and the tables, so that a code cannot lack its texts. Sources: RFC 9110 section 15,
 * RFC 6585 (431). The values are the codes themselves.
 */
#ifndef LIDO_HTTP_STATUS_H
#define LIDO_HTTP_STATUS_H

/* X(name, code, reason phrase, sentence for people; "" where no page is made) */
#define HTTP_STATUS_LIST(X)                                                                                 \
    X(OK, 200, "OK", "")                                                                                    \
    X(MOVED_PERMANENTLY, 301, "Moved Permanently", "This page lives at another address.")                   \
    X(NOT_MODIFIED, 304, "Not Modified", "")                                                                \
    X(BAD_REQUEST, 400, "Bad Request", "The request cannot be understood.")                                 \
    X(FORBIDDEN, 403, "Forbidden", "This may not be read.")                                                 \
    X(NOT_FOUND, 404, "Not Found", "There is nothing here under this name.")                                \
    X(METHOD_NOT_ALLOWED, 405, "Method Not Allowed", "Files here can be read, and nothing else.")           \
    X(REQUEST_TIMEOUT, 408, "Request Timeout", "The request did not arrive in time.")                       \
    X(CONTENT_TOO_LARGE, 413, "Content Too Large", "The request brings more content than is accepted.")     \
    X(URI_TOO_LONG, 414, "URI Too Long", "The address in the request is too long.")                         \
    X(EXPECTATION_FAILED, 417, "Expectation Failed", "The request expects what cannot be done here.")       \
    X(FIELDS_TOO_LARGE, 431, "Request Header Fields Too Large", "The head of the request is too large.")    \
    X(INTERNAL_SERVER_ERROR, 500, "Internal Server Error", "The server could not read this.")               \
    X(NOT_IMPLEMENTED, 501, "Not Implemented", "The server does not know this method.")                     \
    X(SERVICE_UNAVAILABLE, 503, "Service Unavailable", "The server is busy. Please try again in a moment.") \
    X(VERSION_NOT_SUPPORTED, 505, "HTTP Version Not Supported", "The server speaks HTTP/1.0 and HTTP/1.1.")

enum http_status {
#define X(name, code, reason, sentence) HTTP_##name = (code),
    HTTP_STATUS_LIST(X)
#undef X
};

/* The reason phrase of a status, e.g. "Not Found". Never NULL. Thread-safe. */
const char *http_status_reason(enum http_status status);

/* One sentence for a person who sees the error page; "" for a status that has none. Never NULL. Thread-safe. */
const char *http_status_sentence(enum http_status status);

#endif
