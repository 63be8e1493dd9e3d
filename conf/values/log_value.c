/* SPDX-License-Identifier: MIT */
#include "conf/values/log_value.h"

#include "conf/base/complain.h"
#include "conf/base/suggest.h"
#include "conf/base/text_check.h"
#include "conf/values/log_destination.h"
#include "conf/values/log_filter.h"
#include "conf/values/log_format.h"
#include "conf/values/value.h"

#include <string.h>
#include <sys/un.h>

/* ---- formats ------------------------------------------------------------------------------------------- */

/* What other servers call it. */
static const char *const foreign_names[LOG_FIELD_NONE] = {
    [LOG_FIELD_CLIENT] = "remote_host h",
    [LOG_FIELD_ADDRESS] = "remote_addr ip",
    [LOG_FIELD_TIME] = "time_local timestamp",
    [LOG_FIELD_TIME_UTC] = "time_iso8601 iso",
    [LOG_FIELD_METHOD] = "request_method",
    [LOG_FIELD_TARGET] = "request_uri uri url path",
    [LOG_FIELD_PROTOCOL] = "server_protocol version",
    [LOG_FIELD_HOST] = "http_host vhost server_name",
    [LOG_FIELD_BYTES] = "body_bytes_sent bytes_sent size",
    [LOG_FIELD_COMPLETE] = "request_completion",
    [LOG_FIELD_REFERER] = "http_referer referrer",
    [LOG_FIELD_USER_AGENT] = "http_user_agent agent",
    [LOG_FIELD_SECONDS] = "request_time duration",
};

static bool complain_of_field(struct view name, struct complaint about) {
    struct shown shown = show_part(name.bytes, name.length);
    struct suggestion nearest = {0};
    for (size_t i = 0; i < LOG_FIELD_NONE; i++) {
        suggest_consider(&nearest, shown.text, log_field_name((enum log_field)i), foreign_names[i]);
    }
    if (name.bytes[name.length] != '}') {
        return complain(about,
                        "the brace at '%s' is not closed; write {status}, and {{ or }} for a plain brace",
                        shown.text);
    }
    if (nearest.name != NULL) {
        return complain(about, "there is no field {%s}; did you mean {%s}?", shown.text, nearest.name);
    }
    return complain(about, "there is no field {%s}; lido.conf(5) names all", shown.text);
}

static bool complain_of_name(const char *text, struct complaint about) {
    struct suggestion nearest = {0};
    for (size_t i = 0; i < LOG_FORMAT_OWN; i++) {
        suggest_consider(&nearest, text, log_format_name((enum log_format)i), NULL);
    }
    return complain(
        about,
        "'%s' is not known; expected common, combined, vhost_combined, timed, json, or a text with "
        "fields such as \"{client} {status}\"%s%s%s",
        show(text).text, nearest.name != NULL ? "; did you mean " : "",
        nearest.name != NULL ? nearest.name : "", nearest.name != NULL ? "?" : "");
}

bool log_value_format(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    enum log_format kind = log_format_kind(text);
    size_t fields = 0;
    struct log_format_part part;
    if (!value_check_text(text, "common or a text with fields", about)) {
        return false;
    }
    for (const char *at = text; kind == LOG_FORMAT_OWN && log_format_next(&at, &part);) {
        if (part.is_unknown) {
            return complain_of_field(part.text, about);
        }
        fields += part.field != LOG_FIELD_NONE ? 1 : 0;
    }
    if (kind == LOG_FORMAT_OWN && fields == 0) {
        return complain_of_name(text, about);
    }
    const char *canonical = kind == LOG_FORMAT_OWN ? text : log_format_name(kind);
    memcpy(result, canonical, strlen(canonical) + 1);
    return true;
}

/* ---- destinations -------------------------------------------------------------------------------------- */

static bool check_facility(const char *name, struct complaint about) {
    size_t length = strcspn(name, "@");
    struct shown shown = show_part(name, length);
    struct suggestion nearest = {0};
    for (size_t i = 0; log_facility_name(i) != NULL; i++) {
        suggest_consider(&nearest, shown.text, log_facility_name(i), NULL);
    }
    return log_facility_is_known(name, length) ||
           complain(about, "'%s' is no facility; expected daemon, user or local0 to local7%s%s%s", shown.text,
                    nearest.name != NULL ? "; did you mean " : "", nearest.name != NULL ? nearest.name : "",
                    nearest.name != NULL ? "?" : "");
}

/* What stands behind the colon: nothing, or '@' and the path of a socket. */
static bool check_socket(const char *text, struct complaint about) {
    const char *at = strchr(text, '@');
    struct sockaddr_un address;
    return (at == NULL && *text == '\0') ||
           (at != NULL && at[1] == '/' && strlen(at + 1) < sizeof address.sun_path) ||
           complain(about, "'%s' is no socket; expected nothing, or @ and its path, e.g. @/run/log", text);
}

bool log_value_destination(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    static const char expected[] = "-, syslog:, journal:, or the path of a file";
    if (*text == '\0') {
        return complain(about, "the value is empty; expected %s", expected);
    }
    if (!value_check_text(text, expected, about)) {
        return false;
    }
    if (text_begins(text, log_syslog_word)) {
        const char *name = text + strlen(log_syslog_word);
        if (!check_facility(name, about) || !check_socket(name + strcspn(name, "@"), about)) {
            return false;
        }
    } else if (text_begins(text, log_journal_word) && !check_socket(text + strlen(log_journal_word), about)) {
        return false;
    }
    memcpy(result, text, strlen(text) + 1);
    return true;
}

/* ---- statuses ------------------------------------------------------------------------------------------ */

bool log_value_statuses(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    size_t length = 0;
    if (!value_check_text(text, "a status such as 404", about)) {
        return false;
    }
    for (const char *at = text + strspn(text, " "); *at != '\0'; at += strspn(at, " ")) {
        size_t word = strcspn(at, " ");
        if (!log_filter_is_status(at, word)) {
            return complain(about, "'%s' is no status; expected one such as 404, or a class such as 5xx",
                            show_part(at, word).text);
        }
        memcpy(result + length, at, word);
        result[length + word] = ' ';
        length += word + 1;
        at += word;
    }
    if (length == 0) {
        return complain(about, "the value is empty; expected a status such as 404, or a class such as 5xx");
    }
    result[length - 1] = '\0';
    return true;
}
