/* SPDX-License-Identifier: MIT */
#include "server/log/error_log.h"

#include "conf/values/log_destination.h"
#include "http/base/clock.h"
#include "http/base/escape.h"
#include "server/log/put.h"
#include "server/log/writer.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

enum { TEXT_BYTES = 1024, LINE_BYTES = TEXT_BYTES + 64 };

static const int64_t minute_ns = 60 * CLOCK_NS_PER_S;

static const struct {
    const char *name;
    int priority;
} levels[] = {
    [ERROR_LEVEL_ERROR] = {"error", LOG_ERR},
    [ERROR_LEVEL_WARNING] = {"warning", LOG_WARNING},
    [ERROR_LEVEL_NOTICE] = {"notice", LOG_NOTICE},
    [ERROR_LEVEL_INFO] = {"info", LOG_INFO},
};

void error_log_init(struct error_log *log) {
    *log = (struct error_log){.writer = NULL};
    (void)pthread_mutex_init(&log->lock, NULL); /* cannot fail without attributes */
}

/* --- what the config says --------------------------------------------------------------------------------- */

int error_log_prepare(struct error_log_plan *plan, const struct config *before, const struct config *config) {
    *plan = (struct error_log_plan){.goes_on =
                                        before != NULL && strcmp(before->error_log, config->error_log) == 0};
    bool opens = !plan->goes_on && strcmp(config->error_log, "off") != 0;
    struct log_output_form form = {.has_levels = true, .starts_late = true, .stream = STDERR_FILENO};
    return opens ? log_writer_open(&plan->writer, config->error_log, form) : 0;
}

void error_log_plan_deinit(struct error_log_plan *plan) {
    log_writer_release(plan->writer);
    plan->writer = NULL;
}

void error_log_turn_to(struct error_log *log, struct error_log_plan *plan, const struct config *config) {
    enum log_destination_kind kind = log_destination_of(config->error_log).kind;
    (void)pthread_mutex_lock(&log->lock);
    struct log_writer *former = plan->goes_on ? NULL : log->writer;
    if (!plan->goes_on) {
        log->writer = plan->writer;
        plan->writer = NULL;
    }
    bool goes_on = plan->goes_on;
    plan->goes_on = true; /* for whoever follows the same plan again */
    log->is_service = kind == LOG_TO_SYSLOG || kind == LOG_TO_JOURNAL;
    log->is_stream = kind == LOG_TO_STREAM;
    log->level = config->error_level;
    log->per_minute = config->error_rate;
    (void)pthread_mutex_unlock(&log->lock);
    log_writer_release(former);
    if (goes_on) {
        error_log_reopen(log);
    }
}

void error_log_reopen(struct error_log *log) {
    if (log->writer != NULL) {
        log_writer_reopen(log->writer);
    }
}

/* --- lines ------------------------------------------------------------------------------------------------ */

static size_t put_time(char *line, size_t size) {
    struct timespec now = clock_wall_coarse();
    struct tm calendar = {0};
    (void)localtime_r(&now.tv_sec, &calendar);
    return strftime(line, size, "%Y-%m-%dT%H:%M:%S%z ", &calendar);
}

/* With the lock. */
static void write_line(struct error_log *log, enum error_level level, const char *text) {
    char line[LINE_BYTES];
    if (log->writer == NULL || level > log->level) {
        return;
    }
    char *at = line;
    if (log->is_service) {
        at += snprintf(at, sizeof line, "<%d>", levels[level].priority);
    } else {
        at = log->is_stream ? put_string(at, "lido: ") : at + put_time(at, sizeof line);
        at = put_string(put_string(at, levels[level].name), ": ");
    }
    size_t length = strnlen(text, TEXT_BYTES - 1);
    memcpy(at, text, length);
    at += escape_terminal(at, length);
    *at++ = '\n';
    log_writer_write(log->writer, line, (size_t)(at - line));
}

void error_log_tell(struct error_log *log, enum error_level level, const char *text) {
    (void)pthread_mutex_lock(&log->lock);
    write_line(log, level, text);
    (void)pthread_mutex_unlock(&log->lock);
}

/* With the lock: begin another minute, if the last one is over. */
static void look(struct error_log *log, bool is_end) {
    int64_t now_ns = clock_steady_ns();
    if (log->minute_ns != 0 && now_ns - log->minute_ns < minute_ns && !is_end) {
        return;
    }
    if (log->left_out > 0) {
        char text[128];
        (void)snprintf(text, sizeof text, "%zu lines more were left out within a minute (error_rate)",
                       log->left_out);
        write_line(log, ERROR_LEVEL_WARNING, text);
    }
    log->minute_ns = now_ns;
    log->said = 0;
    log->left_out = 0;
}

bool error_log_look(struct error_log *log) {
    (void)pthread_mutex_lock(&log->lock);
    look(log, false);
    bool has_more = log->left_out > 0;
    (void)pthread_mutex_unlock(&log->lock);
    return has_more;
}

void error_log_tell_sparingly(struct error_log *log, enum error_level level, const char *text) {
    (void)pthread_mutex_lock(&log->lock);
    look(log, false);
    if (log->writer == NULL || level > log->level) {
        (void)pthread_mutex_unlock(&log->lock);
        return;
    }
    if (log->said < log->per_minute) {
        log->said++;
        write_line(log, level, text);
    } else {
        log->left_out++;
    }
    (void)pthread_mutex_unlock(&log->lock);
}

void error_log_tell_answer(struct error_log *log, const struct answer_record *record) {
    char client[CLIENT_ADDRESS_BYTES];
    char request[4 * PUT_TEXT_MAX_BYTES + 16];
    char text[TEXT_BYTES];
    *put_quoted(request, record->request_line) = '\0';
    (void)client_address_format(record->client, client);
    bool is_cut_off = record->status < HTTP_INTERNAL_SERVER_ERROR;
    int length = snprintf(text, sizeof text, "%d for %s %.700s%s", (int)record->status, client, request,
                          is_cut_off ? ", cut off" : "");
    errno = record->error;
    if (is_cut_off && record->error == ESTALE) {
        (void)snprintf(text + length, sizeof text - (size_t)length, ": the file has changed meanwhile");
    } else if (record->error != 0) {
        (void)snprintf(text + length, sizeof text - (size_t)length, ": %m");
    }
    error_log_tell_sparingly(log, ERROR_LEVEL_ERROR, text);
}

void error_log_end(struct error_log *log) {
    (void)pthread_mutex_lock(&log->lock);
    look(log, true);
    struct log_writer *writer = log->writer != NULL ? log_writer_hold(log->writer) : NULL;
    (void)pthread_mutex_unlock(&log->lock);
    if (writer != NULL) {
        (void)log_writer_end(writer, clock_steady_ns() + LOG_WRITER_PATIENCE_NS);
    }
    log_writer_release(writer);
}

void error_log_deinit(struct error_log *log) {
    error_log_end(log);
    log_writer_release(log->writer);
    (void)pthread_mutex_destroy(&log->lock);
}
