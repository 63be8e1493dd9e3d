/* SPDX-License-Identifier: MIT */
#include "conf/values/log_format.h"

#include "conf/values/value.h"

#include <string.h>

static const char *const names[] = {
    [LOG_FORMAT_COMMON] = "common",
    [LOG_FORMAT_COMBINED] = "combined",
    [LOG_FORMAT_VHOST_COMBINED] = "vhost_combined",
    [LOG_FORMAT_TIMED] = "timed",
    [LOG_FORMAT_JSON] = "json",
    [LOG_FORMAT_OWN] = NULL,
};

static const char *const field_names[LOG_FIELD_NONE] = {
#define X(id, name) [LOG_FIELD_##id] = (name),
    LOG_FIELD_LIST(X)
#undef X
};

enum log_format log_format_kind(const char *format) {
    int word = value_parse_word(format, names);
    return word == -1 ? LOG_FORMAT_OWN : (enum log_format)word;
}

const char *log_format_name(enum log_format format) {
    return names[format];
}

const char *log_field_name(enum log_field field) {
    return field_names[field];
}

static enum log_field find_field(struct view name) {
    size_t field = 0;
    while (field < LOG_FIELD_NONE && !view_equals(name, field_names[field])) {
        field++;
    }
    return (enum log_field)field;
}

bool log_format_next(const char **format, struct log_format_part *part) {
    const char *at = *format;
    bool is_brace = *at == '{' || *at == '}';
    if (*at == '\0') {
        return false;
    }
    *part = (struct log_format_part){.field = LOG_FIELD_NONE};
    if (!is_brace) {
        part->text = (struct view){at, strcspn(at, "{}")};
        *format = at + part->text.length;
    } else if (at[1] == at[0]) {
        part->text = (struct view){at, 1};
        *format = at + 2;
    } else {
        size_t length = strcspn(at + 1, "{}");
        bool is_closed = *at == '{' && at[1 + length] == '}';
        part->text = (struct view){at + 1, length};
        part->field = is_closed ? find_field(part->text) : LOG_FIELD_NONE;
        part->is_unknown = part->field == LOG_FIELD_NONE;
        *format = at + 1 + length + (is_closed ? 1 : 0);
    }
    return true;
}

bool log_format_splits_time(const char *format) {
    enum log_format kind = log_format_kind(format);
    struct log_format_part part;
    while (kind == LOG_FORMAT_OWN && log_format_next(&format, &part)) {
        if (part.field >= LOG_FIELD_WAIT && part.field <= LOG_FIELD_SLOW) {
            return true;
        }
    }
    return kind == LOG_FORMAT_TIMED || kind == LOG_FORMAT_JSON;
}
