/* SPDX-License-Identifier: MIT */
/*
 * Where a log goes: "-", the path of a file, "syslog:" or "journal:".
 *
 * Only the notation: opens nothing. Pure; thread-safe.
 */
#ifndef LIDO_CONF_VALUES_LOG_DESTINATION_H
#define LIDO_CONF_VALUES_LOG_DESTINATION_H

#include <stdbool.h>
#include <stddef.h>

enum log_destination_kind { LOG_TO_STREAM, LOG_TO_FILE, LOG_TO_SYSLOG, LOG_TO_JOURNAL };

struct log_destination {
    enum log_destination_kind kind;
    int facility;     /* of syslog(3), as LOG_DAEMON */
    const char *path; /* of the file, or of the service's socket; within the text, or a constant */
};

/* "-", a path, or one of these words, a facility behind the first one ("" is daemon), and then, if it is not the usual
 * one, '@' and the service's socket: "syslog:local0", "journal:@/run/other". `text` is one that log_value_destination()
 * (log_value.h) has accepted. */
struct log_destination log_destination_of(const char *text);

/* Whether it is a log service. */
bool log_destination_is_service(const char *text);

extern const char log_syslog_word[];
extern const char log_journal_word[];

/* Whether name[0 .. length) is a facility, and the names of all; NULL behind the last one. */
bool log_facility_is_known(const char *name, size_t length);
const char *log_facility_name(size_t index);

#endif
