/* SPDX-License-Identifier: MIT */
/*
 * What stands in a line of a log: one of the formats that have a name, or a text with fields in braces, "{client}
 * {status}".
 *
 * The one list of the fields, and the notation; what a field is of a request, and how it is written, is not known
 * here. Pure; thread-safe.
 */
#ifndef LIDO_CONF_VALUES_LOG_FORMAT_H
#define LIDO_CONF_VALUES_LOG_FORMAT_H

#include "http/base/view.h"

#include <stdbool.h>

enum log_format {
    LOG_FORMAT_COMMON,
    LOG_FORMAT_COMBINED,
    LOG_FORMAT_VHOST_COMBINED, /* combined, and before it the host that was asked for */
    LOG_FORMAT_TIMED,          /* combined, and where the time went */
    LOG_FORMAT_JSON,           /* an object a line */
    LOG_FORMAT_OWN,            /* a text with fields */
};

/* X(id, name): what each of them is stands in lido.conf(5). */
#define LOG_FIELD_LIST(X)         \
    X(CLIENT, "client")           \
    X(ADDRESS, "address")         \
    X(TIME, "time")               \
    X(TIME_UTC, "time_utc")       \
    X(REQUEST, "request")         \
    X(METHOD, "method")           \
    X(TARGET, "target")           \
    X(PROTOCOL, "protocol")       \
    X(HOST, "host")               \
    X(STATUS, "status")           \
    X(BYTES, "bytes")             \
    X(COMPLETE, "complete")       \
    X(REFERER, "referer")         \
    X(USER_AGENT, "user_agent")   \
    X(SECONDS, "seconds")         \
    X(WAIT, "wait")               \
    X(CLIENT_WAIT, "client_wait") \
    X(OPEN, "open")               \
    X(SEND, "send")               \
    X(SLOW, "slow")

enum log_field {
#define X(id, ...) LOG_FIELD_##id,
    LOG_FIELD_LIST(X)
#undef X
        LOG_FIELD_NONE
};

/* A piece of a format: a text as it is, or a field. */
struct log_format_part {
    enum log_field field; /* LOG_FIELD_NONE: it is a text */
    bool is_unknown;      /* it is a field that there is not, or a brace that is never closed */
    struct view text;     /* or the name of the field */
};

/* Which one `format` is. */
enum log_format log_format_kind(const char *format);

/* Its name; NULL for LOG_FORMAT_OWN. */
const char *log_format_name(enum log_format format);

/* Its name, as in the list. */
const char *log_field_name(enum log_field field);

/* Take the next part of a text with fields from *format. "{{" and "}}" are plain braces. Returns false at the end. */
bool log_format_next(const char **format, struct log_format_part *part);

/* Whether lines of the format tell where the time went, which has to be noted while a request is answered. */
bool log_format_splits_time(const char *format);

#endif
