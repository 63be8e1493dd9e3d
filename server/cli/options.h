/* SPDX-License-Identifier: MIT */
/*
 * The command line, read into a struct. What it asks for is done elsewhere, what it sets is option_settings.h's
 * business; nothing is opened or printed here.
 */
#ifndef LIDO_SERVER_CLI_OPTIONS_H
#define LIDO_SERVER_CLI_OPTIONS_H

#include "conf/config.h"

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

enum options_action {
    OPTIONS_RUN,
    OPTIONS_HELP,
    OPTIONS_VERSION,
    OPTIONS_CHECK_CONFIG,
    OPTIONS_CHECK,
    OPTIONS_PROBE,
    OPTIONS_EXPLAIN,
    OPTIONS_TUNE,
    OPTIONS_TOP,
    OPTIONS_RELOAD,
    OPTIONS_COMPLETION,
};

enum options_qr { OPTIONS_QR_ON_TERMINAL, OPTIONS_QR_ALWAYS, OPTIONS_QR_NEVER };

enum { OPTIONS_ERROR_BYTES = CONFIG_ERROR_BYTES };

/* All texts point into argv. */
struct options {
    enum options_action action;
    const char *root;        /* DIR, of --top the URL, of --reload PIDFILE; NULL when not given */
    const char *config_path; /* -c; NULL when not given */
    const char *port;        /* -p */
    const char *threads;     /* -t */
    const char *probe_url;
    const char *explain_url;
    const char *method;       /* -X, NULL when not given */
    const char *shell;        /* of --complete */
    const char *tune_seconds; /* NULL when not given, as the next one */
    const char *tune_clients;
    const char **binds; /* -b, as often as given; owned */
    size_t bind_count;
    const char **sets; /* -s, likewise */
    size_t set_count;
    const char **fields; /* -H, likewise */
    size_t field_count;
    bool head; /* -I */
    bool quiet;
    bool open_browser;
    enum options_qr qr;
};

/* Read the command line. Returns whether it is one; if not, `error` holds one line. Release with
 * options_deinit() in any case. Changes the order of argv, as getopt_long(3) does; not thread-safe. */
bool options_parse(struct options *options, int argc, char *argv[], char error[OPTIONS_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Read the number that was given with the option `name`, 1 to `most`; of NULL, leave *number as it is. Returns whether
 * it is one; if not, `error` holds one line. */
bool options_read_number(const char *name, const char *value, size_t most, size_t *number,
                         char error[OPTIONS_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Free the lists. Doing it again does nothing. */
void options_deinit(struct options *options);

/* All long options, for getopt_long(3); the last one has no name. Those that have a letter have it as their value. */
extern const struct option options_long[];

#endif
