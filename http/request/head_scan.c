/* SPDX-License-Identifier: MIT */
#include "http/request/head_scan.h"

#include "http/semantics/field_syntax.h"

static bool is_control(unsigned char c) {
    return (c < 0x20) | (c == 0x7F);
}

static enum head_verdict refuse(struct head_scan *scan, enum http_status status) {
    scan->refusal = status;
    return HEAD_REFUSED;
}

/* How far a target reaches: no control character or space may stand in it. Bytes above 0x7F may: clients send
 * UTF-8 as it is, and *raw tells of it. */
static size_t target_length(const char *bytes, size_t length, bool *raw) {
    size_t n = 0;
    unsigned char all = 0;
    while (n < length && bytes[n] != ' ' && !is_control((unsigned char)bytes[n])) {
        all |= (unsigned char)bytes[n];
        n++;
    }
    *raw = all > 0x7F;
    return n;
}

/* "HTTP/" DIGIT "." DIGIT, RFC 9112 section 2.3. Other major versions than 1 are known to exist, and not
 * spoken here. */
static enum http_status read_version(const char *bytes, size_t length, unsigned *minor) {
    static const char name[] = "HTTP/";
    size_t name_length = sizeof name - 1;
    if (length != name_length + 3 || memcmp(bytes, name, name_length) != 0) {
        return HTTP_BAD_REQUEST;
    }
    const char *version = bytes + name_length;
    if (!ascii_is_digit(version[0]) || version[1] != '.' || !ascii_is_digit(version[2])) {
        return HTTP_BAD_REQUEST;
    }
    if (version[0] != '1') {
        return HTTP_VERSION_NOT_SUPPORTED;
    }
    *minor = (unsigned)(version[2] - '0');
    return HTTP_OK;
}

/* method SP target [SP version]: exactly one space between, as RFC 9112 section 3 has it. */
static enum http_status read_request_line(struct head_scan *scan, const char *bytes, struct span line) {
    const char *at = bytes + line.begin;
    const char *end = at + line.length;
    scan->line = line;
    size_t method_length = field_syntax_token_length((struct view){at, line.length});
    at += method_length;
    if (method_length == 0 || at == end || *at != ' ') {
        return HTTP_BAD_REQUEST;
    }
    scan->method = (struct span){line.begin, method_length};
    at++;
    scan->target =
        (struct span){(size_t)(at - bytes), target_length(at, (size_t)(end - at), &scan->raw_target)};
    at += scan->target.length;
    if (scan->target.length == 0) {
        return HTTP_BAD_REQUEST;
    }
    if (at == end) {
        scan->simple = true; /* RFC 1945 section 5: a simple request can only be a GET */
        return scan->method.length == 3 && memcmp(bytes + scan->method.begin, "GET", 3) == 0
                   ? HTTP_OK
                   : HTTP_BAD_REQUEST;
    }
    if (*at != ' ') {
        return HTTP_BAD_REQUEST;
    }
    at++;
    return read_version(at, (size_t)(end - at), &scan->version_minor);
}

/* name ":" value. A line that begins with white space would continue the last one (obs-fold): its name is
 * empty. */
static bool is_field_line(const char *bytes, size_t length) {
    size_t n = field_syntax_token_length((struct view){bytes, length});
    if (n == 0 || n == length || bytes[n] != ':') {
        return false;
    }
    unsigned bad = 0; /* without a way out of the loop, so that compilers take many bytes at once */
    for (n++; n < length; n++) {
        bad |= (unsigned)is_control((unsigned char)bytes[n]) & (unsigned)(bytes[n] != '\t');
    }
    return bad == 0;
}

/* What begins otherwise is not HTTP at all, e.g. a TLS handshake. The CR may be that of an empty line. */
static bool can_begin_request_line(char first) {
    return field_syntax_token_length((struct view){&first, 1}) == 1 || first == '\r';
}

/* One whole line, without its line end. The order of the checks is that in which the bytes arrive: a line
 * that came in pieces has been through judge_unfinished_line() before. */
static enum head_verdict take_line(struct head_scan *scan, const struct head_limits *limits,
                                   const char *bytes, struct span line, size_t next_line) {
    if (!scan->has_request_line) {
        if (line.length == 0) {
            scan->begin = next_line; /* RFC 9112 section 2.2: ignore empty lines before the request line */
            return HEAD_INCOMPLETE;
        }
        if (!can_begin_request_line(bytes[line.begin])) {
            return refuse(scan, HTTP_BAD_REQUEST);
        }
        if (line.length > limits->request_line_bytes) {
            return refuse(scan, HTTP_URI_TOO_LONG);
        }
        enum http_status status = read_request_line(scan, bytes, line);
        if (status != HTTP_OK) {
            return refuse(scan, status);
        }
        scan->has_request_line = true;
        scan->end = next_line;
        return scan->simple ? HEAD_COMPLETE : HEAD_INCOMPLETE;
    }
    if (next_line > limits->head_bytes) {
        return refuse(scan, HTTP_FIELDS_TOO_LARGE);
    }
    if (line.length == 0) {
        scan->end = next_line;
        return HEAD_COMPLETE;
    }
    if (!is_field_line(bytes + line.begin, line.length)) {
        return refuse(scan, HTTP_BAD_REQUEST);
    }
    scan->field_count++;
    return scan->field_count > limits->field_count ? refuse(scan, HTTP_FIELDS_TOO_LARGE) : HEAD_INCOMPLETE;
}

/* What can be said of a line whose end has not been received. */
static enum head_verdict judge_unfinished_line(struct head_scan *scan, const struct head_limits *limits,
                                               const char *bytes, size_t length) {
    size_t line_length = length - scan->line_begin;
    if (scan->has_request_line || line_length == 0) {
        return length > limits->head_bytes ? refuse(scan, HTTP_FIELDS_TOO_LARGE) : HEAD_INCOMPLETE;
    }
    if (!can_begin_request_line(bytes[scan->line_begin])) {
        return refuse(scan, HTTP_BAD_REQUEST); /* say so at once: its line may never end */
    }
    bool ends_in_cr = bytes[length - 1] == '\r';
    return line_length - (ends_in_cr ? 1 : 0) > limits->request_line_bytes ? refuse(scan, HTTP_URI_TOO_LONG)
                                                                           : HEAD_INCOMPLETE;
}

enum head_verdict head_scan(struct head_scan *scan, const struct head_limits *limits, const char *bytes,
                            size_t length) {
    for (;;) {
        const char *line_feed =
            length > scan->searched ? memchr(bytes + scan->searched, '\n', length - scan->searched) : NULL;
        if (line_feed == NULL) {
            scan->searched = length;
            return judge_unfinished_line(scan, limits, bytes, length);
        }
        size_t next_line = (size_t)(line_feed - bytes) + 1;
        struct span line = {scan->line_begin, next_line - 1 - scan->line_begin};
        if (line.length > 0 && line_feed[-1] == '\r') {
            line.length--;
        } else {
            scan->bare_line_feeds = true;
        }
        enum head_verdict verdict = take_line(scan, limits, bytes, line, next_line);
        if (verdict == HEAD_REFUSED) {
            return verdict;
        }
        if (next_line > limits->head_bytes) {
            return refuse(scan, HTTP_FIELDS_TOO_LARGE);
        }
        if (verdict == HEAD_COMPLETE) {
            return verdict;
        }
        scan->line_begin = next_line;
        scan->searched = next_line;
    }
}
