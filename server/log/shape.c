/* SPDX-License-Identifier: MIT */
/* The shapes of line.h, and the lines of the owner's. */
#include "server/log/line_parts.h"
#include "server/log/put.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What one field takes at most: a text, each byte of it escaped, with its mark. */
enum { FIELD_MAX_BYTES = 4 * PUT_TEXT_MAX_BYTES + 16 };

static size_t count_parts(const char *format) {
    struct log_format_part part;
    size_t count = 0;
    while (log_format_next(&format, &part)) {
        count++;
    }
    return count;
}

int log_shape_init(struct log_shape *shape, const char *format) {
    *shape = (struct log_shape){.kind = log_format_kind(format)};
    if (shape->kind != LOG_FORMAT_OWN) {
        return 0;
    }
    shape->text = strdup(format);
    shape->parts = calloc(count_parts(format) + 1, sizeof *shape->parts);
    if (shape->text == NULL || shape->parts == NULL) {
        log_shape_deinit(shape);
        return -ENOMEM;
    }
    const char *at = shape->text;
    while (log_format_next(&at, &shape->parts[shape->part_count])) {
        shape->part_count++;
    }
    return 0;
}

void log_shape_deinit(struct log_shape *shape) {
    free(shape->text);
    free(shape->parts);
    *shape = (struct log_shape){0};
}

static char *put_split_part(char *at, const struct time_split *split, enum log_field field) {
    static const size_t parts[] = {
        [LOG_FIELD_WAIT] = TIME_WAIT,
        [LOG_FIELD_CLIENT_WAIT] = TIME_CLIENT,
        [LOG_FIELD_OPEN] = TIME_OPEN,
        [LOG_FIELD_SEND] = TIME_SEND,
    };
    return put_seconds(at, split->parts_ns[parts[field]]);
}

/* A word of the request line. */
static char *put_request_word(char *at, struct view line, enum log_field field) {
    struct view method;
    struct view target;
    struct view protocol;
    log_line_split(line, &method, &target, &protocol);
    return put_word(at, field == LOG_FIELD_METHOD ? method : field == LOG_FIELD_TARGET ? target : protocol);
}

static char *put_number_field(char *at, const struct answer_record *record, enum log_field field) {
    const char *slowest = NULL;
    switch (field) {
    case LOG_FIELD_STATUS:
        return put_number(at, (uint64_t)record->status);
    case LOG_FIELD_BYTES:
        return put_number(at, record->body_bytes);
    case LOG_FIELD_COMPLETE:
        return put_string(at, record->complete ? "yes" : "no");
    case LOG_FIELD_SECONDS:
        return put_seconds(at, record->duration_ns);
    case LOG_FIELD_SLOW:
        slowest = time_split_slowest(&record->split);
        return put_string(at, slowest != NULL ? slowest : "-");
    default:
        return put_split_part(at, &record->split, field);
    }
}

static char *put_field(char *at, const char *line, const struct log_subject *subject, enum log_field field,
                       struct log_clock *clock) {
    const struct answer_record *record = subject->record;
    switch (field) {
    case LOG_FIELD_CLIENT:
        return put_client(at, line, subject);
    case LOG_FIELD_ADDRESS:
        return put_address(at, subject);
    case LOG_FIELD_TIME:
        return put_bare_local_time(at, clock);
    case LOG_FIELD_TIME_UTC:
        return put_utc(at, clock);
    case LOG_FIELD_REQUEST:
        return put_plain(at, record->request_line);
    case LOG_FIELD_METHOD:
    case LOG_FIELD_TARGET:
    case LOG_FIELD_PROTOCOL:
        return put_request_word(at, record->request_line, field);
    case LOG_FIELD_HOST:
        return put_word(at, record->host);
    case LOG_FIELD_REFERER:
        return put_plain(at, record->referer);
    case LOG_FIELD_USER_AGENT:
        return put_plain(at, record->user_agent);
    default:
        return put_number_field(at, record, field);
    }
}

char *put_own_line(char *line, const struct log_subject *subject, const struct log_shape *shape,
                   struct log_clock *clock) {
    static const char mark[] = "...";
    char *at = line;
    for (size_t i = 0; i < shape->part_count; i++) {
        const struct log_format_part *part = &shape->parts[i];
        bool is_text = part->field == LOG_FIELD_NONE;
        size_t most = is_text ? part->text.length : FIELD_MAX_BYTES;
        if ((size_t)(at - line) + most + sizeof mark + 1 > LOG_LINE_BYTES) {
            return put_string(at, mark);
        }
        at = is_text ? put_bytes(at, part->text.bytes, part->text.length)
                     : put_field(at, line, subject, part->field, clock);
    }
    return at;
}
