/* SPDX-License-Identifier: MIT */
#include "conf/option_table.h"

#include "conf/config.h"
#include "conf/suggest.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { KIB = 1024, MIB = 1024 * 1024, GIB = 1024 * 1024 * 1024, HOUR_MS = 3600 * 1000 };

static const char *const when_full_words[] = {[WHEN_FULL_WAIT] = "wait", [WHEN_FULL_REJECT] = "reject", NULL};
static const char *const log_format_words[] = {
    [LOG_FORMAT_COMMON] = "common", [LOG_FORMAT_COMBINED] = "combined", NULL};

#define FIELD(member) .offset = offsetof(struct config, member)
#define TIMEOUT(member, least, text) \
    .kind = OPTION_DURATION, FIELD(member), .minimum = (least), .maximum = HOUR_MS, .standard = (text)

const struct config_option option_table[OPTION_COUNT] = {
    [OPTION_LISTEN] = {.name = "listen",
                       .kind = OPTION_ADDRESSES,
                       FIELD(listen),
                       .standard = "localhost:8080",
                       .also_called = "port bind address host interface"},
    [OPTION_ROOT] = {.name = "root",
                     .kind = OPTION_PATH,
                     FIELD(root),
                     .standard = ".",
                     .expected = "the path of a folder",
                     .also_called = "dir directory document_root documentroot folder"},
    [OPTION_INDEX] = {.name = "index",
                      .kind = OPTION_FILE_NAMES,
                      FIELD(index),
                      .standard = "index.html",
                      .also_called = "directory_index directoryindex index_file"},
    [OPTION_LISTING] = {.name = "listing",
                        .kind = OPTION_BOOLEAN,
                        FIELD(listing),
                        .standard = "on",
                        .also_called = "autoindex browse dir_listing"},
    [OPTION_CHARSET] = {.name = "charset",
                        .kind = OPTION_CHARSET_NAME,
                        FIELD(charset),
                        .standard = "utf-8",
                        .expected = "a name such as utf-8, or off",
                        .also_called = "encoding default_charset"},
    [OPTION_MEDIA_TYPES] = {.name = "media_types",
                            .kind = OPTION_PATH_OR_OFF,
                            FIELD(media_types),
                            .standard = "/etc/mime.types",
                            .expected = "off or the path of a mime.types file",
                            .also_called = "types mime_types mime"},
    [OPTION_THREADS] = {.name = "threads",
                        .kind = OPTION_AUTO_NUMBER,
                        FIELD(threads),
                        .minimum = 1,
                        .maximum = 1024,
                        .standard = "auto",
                        .also_called = "workers worker_processes worker_threads thread_count pool"},
    [OPTION_QUEUE] = {.name = "queue",
                      .kind = OPTION_NUMBER,
                      FIELD(queue),
                      .minimum = 1,
                      .maximum = MIB,
                      .standard = "1024",
                      .also_called = "queue_size queue_length"},
    [OPTION_WHEN_FULL] = {.name = "when_full",
                          .kind = OPTION_WORD,
                          FIELD(when_full),
                          .standard = "wait",
                          .words = when_full_words},
    [OPTION_MAX_CONNECTIONS] = {.name = "max_connections",
                                .kind = OPTION_AUTO_NUMBER,
                                FIELD(max_connections),
                                .minimum = 1,
                                .maximum = MIB,
                                .standard = "auto",
                                .also_called = "worker_connections connections max_clients"},
    [OPTION_BACKLOG] = {.name = "backlog",
                        .kind = OPTION_SMALL_NUMBER,
                        FIELD(backlog),
                        .minimum = 1,
                        .maximum = 65535,
                        .standard = "1024",
                        .also_called = "listen_backlog"},
    [OPTION_HEADER_TIMEOUT] = {.name = "header_timeout",
                               TIMEOUT(header_timeout_ms, 1, "15s"),
                               .also_called = "client_header_timeout request_timeout read_timeout timeout"},
    [OPTION_KEEPALIVE_TIMEOUT] = {.name = "keepalive_timeout",
                                  TIMEOUT(keepalive_timeout_ms, 1, "15s"),
                                  .also_called = "idle_timeout"},
    [OPTION_SEND_TIMEOUT] = {.name = "send_timeout",
                             TIMEOUT(send_timeout_ms, 1, "30s"),
                             .also_called = "write_timeout"},
    [OPTION_LINGER_TIMEOUT] = {.name = "linger_timeout",
                               TIMEOUT(linger_timeout_ms, 1, "2s"),
                               .also_called = "lingering_timeout"},
    [OPTION_SHUTDOWN_TIMEOUT] = {.name = "shutdown_timeout",
                                 TIMEOUT(shutdown_timeout_ms, 0, "10s"),
                                 .also_called = "stop_timeout grace_period"},
    [OPTION_MAX_REQUEST_LINE] = {.name = "max_request_line",
                                 .kind = OPTION_SIZE,
                                 FIELD(max_request_line_bytes),
                                 .minimum = 64,
                                 .maximum = MIB,
                                 .standard = "8k",
                                 .also_called = "max_url max_uri"},
    [OPTION_MAX_HEAD] = {.name = "max_head",
                         .kind = OPTION_SIZE,
                         FIELD(max_head_bytes),
                         .minimum = 256,
                         .maximum = MIB,
                         .standard = "16k",
                         .also_called = "max_header max_header_size max_headers"},
    [OPTION_MAX_FIELDS] = {.name = "max_fields",
                           .kind = OPTION_NUMBER,
                           FIELD(max_fields),
                           .minimum = 1,
                           .maximum = 1000,
                           .standard = "100",
                           .also_called = "max_header_fields"},
    [OPTION_MAX_BODY] = {.name = "max_body",
                         .kind = OPTION_SIZE,
                         FIELD(max_body_bytes),
                         .minimum = 0,
                         .maximum = GIB,
                         .standard = "64k",
                         .also_called = "client_max_body_size max_body_size"},
    [OPTION_ACCESS_LOG] = {.name = "access_log",
                           .kind = OPTION_PATH_OR_OFF,
                           FIELD(access_log),
                           .standard = "-",
                           .expected = "- for standard output, off, or the path of a file",
                           .also_called = "log logfile log_file"},
    [OPTION_LOG_FORMAT] = {.name = "log_format",
                           .kind = OPTION_WORD,
                           FIELD(log_format),
                           .standard = "common",
                           .words = log_format_words,
                           .also_called = "format"},
};

const struct config_option *option_find(const char *name) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (strcmp(option_table[i].name, name) == 0) {
            return &option_table[i];
        }
    }
    return NULL;
}

static bool is_also_called(const struct config_option *option, const char *name) {
    static const char separator[] = " ";
    const char *list = option->also_called ? option->also_called : "";
    while (*list != '\0') {
        size_t length = strcspn(list, separator);
        if (strlen(name) == length && strncasecmp(list, name, length) == 0) {
            return true;
        }
        list += length;
        list += strspn(list, separator);
    }
    return false;
}

const struct config_option *option_suggest(const char *name) {
    const struct config_option *nearest = NULL;
    size_t smallest = suggest_tolerance(strlen(name)) + 1;

    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (is_also_called(&option_table[i], name)) {
            return &option_table[i];
        }
        size_t distance = suggest_distance(name, option_table[i].name);
        if (distance < smallest) {
            smallest = distance;
            nearest = &option_table[i];
        }
    }
    return nearest;
}

bool option_is_list(const struct config_option *option) {
    return option->kind == OPTION_ADDRESSES || option->kind == OPTION_FILE_NAMES;
}

void option_environment_name(const struct config_option *option, char name[OPTION_ENVIRONMENT_BYTES]) {
    int length = snprintf(name, OPTION_ENVIRONMENT_BYTES, "LIDO_%s", option->name);
    assert(length < OPTION_ENVIRONMENT_BYTES);
    (void)length;
    for (char *c = name; *c != '\0'; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
}
