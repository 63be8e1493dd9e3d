/* SPDX-License-Identifier: MIT */
#include "server/log/line.h"

#include "server/log/line_parts.h"
#include "server/log/put.h"

#include <stdint.h>
#include <string.h>

/* --- lines for people, and for what reads those of Apache ------------------------------------------------ */

static char *put_split(char *at, const struct time_split *split) {
    static const char *const names[TIME_PART_COUNT] = {
        [TIME_WAIT] = " wait=", [TIME_CLIENT] = " client=", [TIME_OPEN] = " open=", [TIME_SEND] = " send="};
    for (size_t i = 0; i < TIME_PART_COUNT; i++) {
        at = put_seconds(put_string(at, names[i]), split->parts_ns[i]);
    }
    const char *slowest = time_split_slowest(split);
    return put_string(put_string(at, " slow="), slowest != NULL ? slowest : "-");
}

/* Without a port of its own, the host was asked for at that of HTTP. */
static char *put_host_and_port(char *at, struct view host) {
    const char *port = host.bytes != NULL ? memrchr(host.bytes, ':', host.length) : NULL;
    bool is_bracketed = port != NULL && memchr(port, ']', host.length - (size_t)(port - host.bytes)) != NULL;
    at = put_word(at, host);
    return put_string(at, port == NULL || is_bracketed ? ":80 " : " ");
}

static char *put_line(char *line, const struct log_subject *subject, enum log_format kind,
                      struct log_clock *clock) {
    const struct answer_record *record = subject->record;
    char *at = kind == LOG_FORMAT_VHOST_COMBINED ? put_host_and_port(line, record->host) : line;
    at = put_client(at, line, subject);
    at = put_local_time(at, clock);
    at = put_quoted(at, record->request_line);
    *at++ = ' ';
    at = put_number(at, (uint64_t)record->status);
    *at++ = ' ';
    at = put_number(at, record->body_bytes);
    if (kind != LOG_FORMAT_COMMON) {
        *at++ = ' ';
        at = put_quoted(at, record->referer);
        *at++ = ' ';
        at = put_quoted(at, record->user_agent);
    }
    *at++ = ' ';
    return put_seconds(at, record->duration_ns);
}

/* --- an object a line (JSON Lines) ------------------------------------------------------------------------ */

static char *put_member(char *at, const char *name, struct view text) {
    return put_json_string(put_string(at, name), text);
}

void log_line_split(struct view line, struct view *method, struct view *target, struct view *protocol) {
    struct view words[3] = {0};
    size_t count = 0;
    while (line.bytes != NULL && line.length > 0 && count < 3) {
        const char *blank = memchr(line.bytes, ' ', line.length);
        size_t length = blank != NULL && count < 2 ? (size_t)(blank - line.bytes) : line.length;
        words[count++] = (struct view){line.bytes, length};
        size_t skipped = length + (blank != NULL && length < line.length ? 1 : 0);
        line = (struct view){line.bytes + skipped, line.length - skipped};
    }
    bool is_whole = count >= 2 && words[0].length > 0 && words[1].length > 0;
    *method = is_whole ? words[0] : (struct view){0};
    *target = is_whole ? words[1] : (struct view){0};
    *protocol = is_whole ? words[2] : (struct view){0};
}

static char *put_method_and_target(char *at, struct view line) {
    struct view method;
    struct view target;
    struct view protocol;
    log_line_split(line, &method, &target, &protocol);
    at = put_member(at, ",\"method\":", method);
    return put_member(at, ",\"target\":", target);
}

static char *put_json_split(char *at, const struct time_split *split) {
    static const char *const names[TIME_PART_COUNT] = {[TIME_WAIT] = ",\"wait\":",
                                                       [TIME_CLIENT] = ",\"client_wait\":",
                                                       [TIME_OPEN] = ",\"open\":",
                                                       [TIME_SEND] = ",\"send\":"};
    for (size_t i = 0; i < TIME_PART_COUNT; i++) {
        at = put_seconds(put_string(at, names[i]), split->parts_ns[i]);
    }
    const char *slowest = time_split_slowest(split);
    struct view slow = slowest != NULL ? view_of(slowest) : (struct view){0};
    return put_member(at, ",\"slow\":", slow);
}

static char *put_name(char *at, const char *line, const struct log_subject *subject) {
    at = put_string(at, ",\"name\":");
    char *end = put_json_string(at, subject->name);
    if (subject->name.bytes == NULL) {
        slots_add(subject->slots, line, at, (size_t)(end - at), true);
    }
    return end;
}

static char *put_object(char *line, const struct log_subject *subject, struct log_clock *clock) {
    const struct answer_record *record = subject->record;
    char client[CLIENT_ADDRESS_BYTES];
    size_t length = client_address_format(record->client, client);
    char *at = put_utc(put_string(line, "{\"time\":\""), clock);
    at = put_member(at, "\",\"client\":", (struct view){client, length});
    at = put_member(at, ",\"request\":", record->request_line);
    at = put_method_and_target(at, record->request_line);
    at = put_member(at, ",\"host\":", record->host);
    at = put_number(put_string(at, ",\"status\":"), (uint64_t)record->status);
    at = put_number(put_string(at, ",\"bytes\":"), record->body_bytes);
    at = put_string(at, record->complete ? ",\"complete\":true" : ",\"complete\":false");
    at = put_name(at, line, subject);
    at = put_member(at, ",\"referer\":", record->referer);
    at = put_member(at, ",\"user_agent\":", record->user_agent);
    at = put_seconds(put_string(at, ",\"seconds\":"), record->duration_ns);
    at = put_json_split(at, &record->split);
    *at++ = '}';
    return at;
}

/* --- any of them ------------------------------------------------------------------------------------------ */

size_t log_line_format(char line[LOG_LINE_BYTES], const struct log_subject *subject,
                       const struct log_shape *shape, struct log_clock *clock) {
    char *at = shape->kind == LOG_FORMAT_JSON  ? put_object(line, subject, clock)
               : shape->kind == LOG_FORMAT_OWN ? put_own_line(line, subject, shape, clock)
                                               : put_line(line, subject, shape->kind, clock);
    if (shape->kind == LOG_FORMAT_TIMED) {
        at = put_split(at, &subject->record->split);
    }
    *at++ = '\n';
    return (size_t)(at - line);
}
