/* SPDX-License-Identifier: MIT */
#include "http/request/parser.h"

#include "http/request/fields.h"
#include "http/semantics/authority.h"
#include "http/semantics/field_syntax.h"

#include <llhttp.h>
#include <stdlib.h>
#include <string.h>

struct request_parser {
    llhttp_t llhttp;
    struct request *request; /* the caller's, during request_parser_take_head() */
    bool head_done;          /* llhttp has reported the end of the head */
    struct view field_name;  /* while llhttp reports a field */
    struct request_fields fields;
};

struct request_parser *request_parser_create(void) {
    return calloc(1, sizeof(struct request_parser));
}

void request_parser_destroy(struct request_parser *parser) {
    if (parser != NULL) {
        request_fields_deinit(&parser->fields);
        free(parser);
    }
}

size_t request_parser_bytes(const struct request_parser *parser) {
    size_t bytes = sizeof *parser;
    for (size_t i = 0; i < REQUEST_FIELDS_COUNT; i++) {
        bytes += parser->fields.joined[i].capacity;
    }
    return bytes;
}

/* --- what llhttp reports -------------------------------------------------------------------------------- */

static struct request_parser *parser_of(llhttp_t *llhttp) {
    return llhttp->data;
}

/* Spans come whole or in pieces that lie side by side in the buffer. */
static void extend(struct view *view, const char *at, size_t length) {
    if (view->bytes == NULL) {
        view->bytes = at;
    }
    view->length += length;
}

static int on_header_field(llhttp_t *llhttp, const char *at, size_t length) {
    extend(&parser_of(llhttp)->field_name, at, length);
    return HPE_OK;
}

static int on_header_field_complete(llhttp_t *llhttp) {
    struct request_parser *parser = parser_of(llhttp);
    request_fields_open(&parser->fields, parser->field_name, parser->request);
    parser->field_name = (struct view){0};
    return HPE_OK;
}

static int on_header_value(llhttp_t *llhttp, const char *at, size_t length) {
    request_fields_extend(&parser_of(llhttp)->fields, at, length);
    return HPE_OK;
}

static int on_header_value_complete(llhttp_t *llhttp) {
    request_fields_close(&parser_of(llhttp)->fields);
    return HPE_OK;
}

/* llhttp stops here: body_scan.h follows the body. */
static int on_headers_complete(llhttp_t *llhttp) {
    parser_of(llhttp)->head_done = true;
    return HPE_PAUSED;
}

static const llhttp_settings_t settings = {
    .on_header_field = on_header_field,
    .on_header_field_complete = on_header_field_complete,
    .on_header_value = on_header_value,
    .on_header_value_complete = on_header_value_complete,
    .on_headers_complete = on_headers_complete,
};

/* --- the head ------------------------------------------------------------------------------------------- */

/* The request line in parts: llhttp gets 'x' for each byte above 0x7F, and 1.1 for any later 1.x. */
static llhttp_errno_t feed_request_line(llhttp_t *llhttp, const struct head_scan *scan, const char *line,
                                        size_t length) {
    const char *version = line + length - 1; /* its last digit */
    llhttp_errno_t error = HPE_OK;
    for (const char *at = line; error == HPE_OK && at < version;) {
        const char *part = at;
        while (at < version && (unsigned char)*at <= 0x7F) {
            at++;
        }
        error = llhttp_execute(llhttp, part, (size_t)(at - part));
        if (error == HPE_OK && at < version) {
            error = llhttp_execute(llhttp, "x", 1);
            at++;
        }
    }
    return error == HPE_OK ? llhttp_execute(llhttp, scan->version_minor == 0 ? "0" : "1", 1) : error;
}

/* llhttp takes lines that end in CRLF, the versions 1.0 and 1.1, and from 9.x on targets of ASCII only. A
 * head typed by hand ends its lines in LF, any HTTP/1.x is to be read as 1.1 (RFC 9110 section 2.5), and
 * clients send UTF-8 as it is: such a head is fed line by line, with these bytes exchanged. */
static llhttp_errno_t feed_corrected_head(llhttp_t *llhttp, const struct head_scan *scan, const char *bytes) {
    const char *at = bytes + scan->begin;
    const char *end = bytes + scan->end;
    llhttp_errno_t error = HPE_OK;
    for (bool request_line = true; error == HPE_OK && at < end; request_line = false) {
        const char *line_feed = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)(line_feed - at);
        length -= length > 0 && line_feed[-1] == '\r' ? 1 : 0;
        if (request_line) {
            error = feed_request_line(llhttp, scan, at, length);
        } else if (length > 0) {
            error = llhttp_execute(llhttp, at, length);
        }
        error = error == HPE_OK ? llhttp_execute(llhttp, "\r\n", 2) : error;
        at = line_feed + 1;
    }
    return error;
}

static llhttp_errno_t feed_head(llhttp_t *llhttp, const struct head_scan *scan, const char *bytes) {
    if (scan->bare_line_feeds || scan->raw_target || scan->version_minor > 1) {
        return feed_corrected_head(llhttp, scan, bytes);
    }
    return llhttp_execute(llhttp, bytes + scan->begin, scan->end - scan->begin);
}

/* What llhttp's complaint about a head that head_scan() found in order means. */
static enum http_status status_of_error(llhttp_errno_t error) {
    switch (error) {
    case HPE_INVALID_METHOD:
    case HPE_INVALID_CONSTANT: /* a method of another protocol, e.g. of RTSP */
    case HPE_PAUSED_H2_UPGRADE:
        return HTTP_NOT_IMPLEMENTED;
    case HPE_INVALID_VERSION:
        return HTTP_VERSION_NOT_SUPPORTED;
    default:
        return HTTP_BAD_REQUEST;
    }
}

static enum request_mistake mistake_of_error(llhttp_errno_t error) {
    bool is_doubtful = error == HPE_UNEXPECTED_CONTENT_LENGTH || error == HPE_INVALID_TRANSFER_ENCODING;
    return is_doubtful ? REQUEST_LENGTH_DOUBTFUL : REQUEST_MALFORMED;
}

static enum request_method method_of(uint8_t method) {
    switch (method) {
    case HTTP_GET:
        return REQUEST_GET;
    case HTTP_HEAD:
        return REQUEST_HEAD;
    case HTTP_OPTIONS:
        return REQUEST_OPTIONS;
    default:
        return REQUEST_OTHER;
    }
}

static enum http_status refuse(struct request *request, enum request_mistake mistake) {
    request->mistake = mistake;
    return HTTP_BAD_REQUEST;
}

/* Chunked and nothing else is understood (501: RFC 9112 section 6.1). Where it is not the last coding, or is
 * applied twice, the end of the message cannot be known (400: sections 6.3 and 7). One field of several lines
 * is judged as a list in one line is. */
static enum http_status check_transfer_coding(struct request *request) {
    struct view codings = request->transfer_encoding;
    struct view coding;
    size_t count = 0;
    size_t chunked_count = 0;
    bool ends_chunked = false;
    while (field_syntax_take(&codings, ',', FIELD_QUOTED_STRINGS, &coding)) {
        ends_chunked = view_equals_nocase(coding, "chunked");
        chunked_count += ends_chunked ? 1 : 0;
        count++;
    }
    if (!ends_chunked || chunked_count > 1) {
        return refuse(request, REQUEST_LENGTH_DOUBTFUL);
    }
    return count == 1 ? HTTP_OK : HTTP_NOT_IMPLEMENTED;
}

/* Whether the length of the message is beyond doubt. What is not, is how requests are smuggled past a proxy:
 * RFC 9112 sections 6.1 and 6.3. */
static enum http_status check_framing(struct request *request) {
    if (request->transfer_encoding.bytes == NULL) {
        return HTTP_OK;
    }
    if (request->content_length.bytes != NULL || request->version_minor == 0) {
        return refuse(request, REQUEST_LENGTH_DOUBTFUL);
    }
    return check_transfer_coding(request);
}

/* RFC 9112 section 3.2: an empty Host is that of a target without an authority. */
static bool is_host(struct view value) {
    struct view host;
    return value.length == 0 || authority_split(value, &host);
}

static enum http_status check_fields(struct request *request) {
    if (request->host.bytes == NULL && request->version_minor > 0) {
        return refuse(request, REQUEST_HOST_MISSING);
    }
    if (!is_host(request->host)) {
        return refuse(request, REQUEST_HOST_MALFORMED);
    }
    bool expects = request->version_minor > 0 && request->expect.bytes != NULL;
    return expects && !view_equals_nocase(request->expect, "100-continue") ? HTTP_EXPECTATION_FAILED
                                                                           : HTTP_OK;
}

static void begin(struct request_parser *parser, struct request *request) {
    parser->request = request;
    parser->head_done = false;
    parser->field_name = (struct view){0};
    request_fields_begin(&parser->fields);
}

enum http_status request_parser_take_head(struct request_parser *parser, const struct head_scan *scan,
                                          const char *bytes, struct request *request,
                                          struct request_body *body) {
    begin(parser, request);
    llhttp_init(&parser->llhttp, HTTP_REQUEST, &settings);
    parser->llhttp.data = parser;
    llhttp_errno_t error = feed_head(&parser->llhttp, scan, bytes);
    parser->request = NULL;
    request->mistake = parser->fields.repeated ? REQUEST_FIELD_REPEATED : mistake_of_error(error);
    if (!parser->head_done) {
        return status_of_error(error);
    }
    /* To close wins over keep-alive (RFC 9112 section 9.3), and what follows a CONNECT is no next request. */
    bool ends = (parser->llhttp.flags & F_CONNECTION_CLOSE) != 0 || parser->llhttp.method == HTTP_CONNECT;
    request->method = method_of(parser->llhttp.method);
    request->keep_alive = llhttp_should_keep_alive(&parser->llhttp) == 1 && !ends;
    *body = (struct request_body){
        .exists = request->transfer_encoding.bytes != NULL || parser->llhttp.content_length > 0,
        .chunked = request->transfer_encoding.bytes != NULL,
        .length = parser->llhttp.content_length,
    };
    enum http_status status = parser->fields.repeated ? HTTP_BAD_REQUEST
                              : parser->fields.failed ? HTTP_SERVICE_UNAVAILABLE
                                                      : check_framing(request);
    return status == HTTP_OK ? check_fields(request) : status;
}

const char *request_parser_library(void) {
#define STRING(x) #x
#define VERSION(a, b, c) "llhttp " STRING(a) "." STRING(b) "." STRING(c)
    return VERSION(LLHTTP_VERSION_MAJOR, LLHTTP_VERSION_MINOR, LLHTTP_VERSION_PATCH);
#undef VERSION
#undef STRING
}
