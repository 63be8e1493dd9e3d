/* SPDX-License-Identifier: MIT */
#include "conf/values/log_destination.h"

#include "conf/base/text_check.h"

#include <string.h>
#include <syslog.h>

const char log_syslog_word[] = "syslog:";
const char log_journal_word[] = "journal:";

static const struct {
    const char *name;
    int facility;
} facilities[] = {
    {"daemon", LOG_DAEMON}, {"user", LOG_USER},     {"local0", LOG_LOCAL0}, {"local1", LOG_LOCAL1},
    {"local2", LOG_LOCAL2}, {"local3", LOG_LOCAL3}, {"local4", LOG_LOCAL4}, {"local5", LOG_LOCAL5},
    {"local6", LOG_LOCAL6}, {"local7", LOG_LOCAL7},
};

enum { FACILITY_COUNT = sizeof facilities / sizeof facilities[0] };

/* Its index; FACILITY_COUNT: there is none of that name. */
static size_t find_facility(const char *name, size_t length) {
    size_t i = 0;
    while (i < FACILITY_COUNT &&
           (strlen(facilities[i].name) != length || strncmp(facilities[i].name, name, length) != 0)) {
        i++;
    }
    return length == 0 ? 0 : i;
}

const char *log_facility_name(size_t index) {
    return index < FACILITY_COUNT ? facilities[index].name : NULL;
}

bool log_facility_is_known(const char *name, size_t length) {
    return find_facility(name, length) < FACILITY_COUNT;
}

static const char *behind_at(const char *text, const char *usual) {
    const char *at = strchr(text, '@');
    return at != NULL ? at + 1 : usual;
}

struct log_destination log_destination_of(const char *text) {
    if (text_begins(text, log_syslog_word)) {
        const char *name = text + strlen(log_syslog_word);
        size_t index = find_facility(name, strcspn(name, "@"));
        int facility = facilities[index < FACILITY_COUNT ? index : 0].facility;
        return (struct log_destination){LOG_TO_SYSLOG, facility, behind_at(name, "/dev/log")};
    }
    if (text_begins(text, log_journal_word)) {
        return (struct log_destination){LOG_TO_JOURNAL, 0, behind_at(text, "/run/systemd/journal/socket")};
    }
    bool is_stream = strcmp(text, "-") == 0;
    return (struct log_destination){is_stream ? LOG_TO_STREAM : LOG_TO_FILE, 0, text};
}

bool log_destination_is_service(const char *text) {
    enum log_destination_kind kind = log_destination_of(text).kind;
    return kind == LOG_TO_SYSLOG || kind == LOG_TO_JOURNAL;
}
