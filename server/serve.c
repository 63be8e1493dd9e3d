/* SPDX-License-Identifier: MIT */
#include "server/serve.h"

#include "conf/config.h"
#include "server/cli/banner.h"
#include "server/cli/browser.h"
#include "server/cli/exposure.h"
#include "server/cli/option_settings.h"
#include "server/cli/qr.h"
#include "server/cli/say.h"
#include "server/listen/error.h"
#include "server/pid_file.h"
#include "server/sandbox/sandbox.h"
#include "server/server.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct serving {
    const struct options *options;
    struct config *config;
    struct server *server;
    struct pid_file pid_file;
    struct sandbox sandbox;
    struct sandbox_report report;
    struct listen_urls urls;
    char passed[LISTENER_ERROR_BYTES]; /* ports that somebody else has; empty: none */
};

/* --- what the owner is told ----------------------------------------------------------------------------- */

/* What a phone opens with its camera. */
static void show_qr(const struct options *options, const struct listen_urls *urls) {
    bool on_terminal = isatty(STDERR_FILENO) == 1;
    bool is_asked_for = options->qr == OPTIONS_QR_ALWAYS;
    bool is_useful = options->qr == OPTIONS_QR_ON_TERMINAL && on_terminal && !options->quiet;
    if (is_asked_for && urls->shared == LISTEN_URLS_MAX) {
        (void)say("--qr: other machines cannot reach this one here; listen at all its addresses: -b '*'",
                  SERVER_OK);
    } else if (is_asked_for || (is_useful && urls->shared < LISTEN_URLS_MAX)) {
        bool is_shown = banner_print_qr(stderr, urls->items[urls->shared], on_terminal);
        if (is_asked_for && !is_shown) {
            (void)say("--qr: the terminal is too narrow for the code", SERVER_OK);
        }
    }
}

/* What can be found out, and opened, only outside of the sandbox. */
static void prepare_greeting(struct serving *serving) {
    const struct listener_set *listeners = server_listeners(serving->server);
    listen_urls_fill(&serving->urls, listeners);
    if (!listen_error_explain_passed(listeners, serving->passed)) {
        serving->passed[0] = '\0';
    }
    if (serving->options->open_browser && serving->urls.count > 0 &&
        browser_open(serving->urls.items[0]) != 0) {
        (void)fprintf(stderr, "lido: found no browser to open; the address is %s\n", serving->urls.items[0]);
    }
}

static void tell_what_is_missing(const struct sandbox_report *report) {
    char line[SANDBOX_TEXT_BYTES + sizeof "sandbox: does not hold: "];
    if (report->lacks[0] != '\0') {
        (void)snprintf(line, sizeof line, "sandbox: does not hold: %s", report->lacks);
        say_in_passing(line);
    }
}

static void greet(const struct serving *serving) {
    if (!serving->options->quiet) {
        if (serving->passed[0] != '\0') {
            say_in_passing(serving->passed);
        }
        banner_print_start(stderr, serving->config, &serving->urls, serving->report.holds,
                           isatty(STDERR_FILENO) == 1);
        tell_what_is_missing(&serving->report);
    }
    show_qr(serving->options, &serving->urls);
}

static void warn(const struct config *config, const struct server *server) {
    char warning[EXPOSURE_TEXT_BYTES];
    if (exposure_describe(config, listener_set_is_public(server_listeners(server)), getenv("HOME"),
                          warning)) {
        say_in_passing(warning);
    }
}

static void print_news(void *context, const char *line) {
    (void)context;
    say_in_passing(line);
}

/* --- a reload ------------------------------------------------------------------------------------------- */

static void tell_urls(const struct serving *serving) {
    struct listen_urls urls = {0};
    char line[SERVER_ERROR_BYTES] = "listening on";
    listen_urls_fill(&urls, server_listeners(serving->server));
    for (size_t i = 0; i < urls.count; i++) {
        size_t length = strlen(line);
        (void)snprintf(line + length, sizeof line - length, " %s", urls.items[i]);
    }
    say_in_passing(line);
}

static bool configure(void *context, struct config *config, char error[CONFIG_ERROR_BYTES]) {
    const struct serving *serving = context;
    if (!option_settings_gather(serving->options, environ, true, config, error)) {
        sandbox_explain_mistakes(&serving->sandbox, &config->mistakes, error);
        return false;
    }
    return sandbox_admits(&serving->sandbox, config, error);
}

static void on_reloaded(void *context, const struct config *former, const struct config *config) {
    const struct serving *serving = context;
    if (!serving->options->quiet && !string_list_is_same(&former->listen, &config->listen)) {
        tell_urls(serving);
    }
    for (size_t i = 0; i < config->warnings.count; i++) {
        say_in_passing(config->warnings.items[i]);
    }
    warn(config, serving->server);
}

/* --- from start to end ---------------------------------------------------------------------------------- */

static enum server_result fail_over_content(const struct config *config, char error[SERVER_ERROR_BYTES]) {
    (void)snprintf(error, SERVER_ERROR_BYTES,
                   "%s: pid_file: '%s' has something else than a number in it; choose another path, or "
                   "remove it",
                   config_origin(config, "pid_file", 0), config->pid_file);
    return SERVER_MISTAKE;
}

/* Returns SERVER_OK, also if there is none to be written, or has said what is wrong. */
static enum server_result write_pid_file(struct pid_file *file, const struct config *config) {
    char error[SERVER_ERROR_BYTES];
    const char *where = config_origin(config, "pid_file", 0);
    pid_t holder = 0;
    int result = strcmp(config->pid_file, "off") == 0 ? 0 : pid_file_create(file, config->pid_file, &holder);
    if (result == -EBUSY) {
        (void)snprintf(error, sizeof error, "%s: pid_file: '%s' belongs to process %ld, which runs", where,
                       config->pid_file, (long)holder);
        return (enum server_result)say(error, SERVER_FAILED);
    }
    if (result == -EEXIST) {
        return (enum server_result)say(error, (int)fail_over_content(config, error));
    }
    if (result != 0) {
        errno = -result;
        (void)snprintf(error, sizeof error, "%s: pid_file: cannot write '%s': %m", where, config->pid_file);
        return (enum server_result)say(error, SERVER_MISTAKE);
    }
    return SERVER_OK;
}

/* Open all that needs the rights that are given up afterwards. */
static enum server_result open_all(struct serving *serving, char error[SERVER_ERROR_BYTES]) {
    if (sandbox_lacks_user(serving->config, error)) {
        return (enum server_result)say(error, SERVER_MISTAKE);
    }
    enum server_result result = sandbox_prepare(&serving->sandbox, serving->config, error);
    result = result == SERVER_OK ? server_create(&serving->server, serving->config, error) : result;
    if (result != SERVER_OK) {
        return (enum server_result)say(error, (int)result);
    }
    server_on_news(serving->server, print_news, NULL);
    server_on_reload(serving->server, configure, on_reloaded, serving);
    return write_pid_file(&serving->pid_file, serving->config); /* from now on signals are heeded */
}

static enum server_result go_in_and_start(struct serving *serving, char error[SERVER_ERROR_BYTES]) {
    prepare_greeting(serving);
    enum server_result result = sandbox_enter(&serving->sandbox, serving->config, &serving->report, error);
    result = result == SERVER_OK ? server_start(serving->server, error) : result;
    return result == SERVER_OK ? SERVER_OK : (enum server_result)say(error, (int)result);
}

static int run(struct serving *serving, char error[SERVER_ERROR_BYTES]) {
    struct server *server = serving->server;
    struct server_totals totals;
    greet(serving);
    warn(serving->config, server);
    enum server_result result = server_run(server, error);
    pid_file_remove(&serving->pid_file);
    server_read_totals(server, &totals);
    if (!serving->options->quiet) {
        banner_print_stop(stderr, &totals);
    }
    int status = result == SERVER_OK ? SERVER_OK : say(error, (int)result);
    if (server_hangs(server)) {
        _exit(status);
    }
    return status;
}

enum server_result serve_check(const struct config *config, char error[SERVER_ERROR_BYTES]) {
    bool is_known = false;
    enum server_result result = sandbox_check(config, &is_known, error);
    result = result == SERVER_OK && is_known ? server_check(config, error) : result;
    bool has_pid_file = is_known && strcmp(config->pid_file, "off") != 0;
    if (result == SERVER_OK && has_pid_file && pid_file_check(config->pid_file) == -EEXIST) {
        result = fail_over_content(config, error);
    }
    return result;
}

int serve(const struct options *options, struct config *config) {
    struct serving serving = {.options = options, .config = config};
    char error[SERVER_ERROR_BYTES];
    if (options->qr == OPTIONS_QR_ALWAYS && qr_library() == NULL) {
        return say("--qr: this lido was built without libqrencode", SERVER_MISTAKE);
    }
    int status = (int)open_all(&serving, error);
    status = status == SERVER_OK ? (int)go_in_and_start(&serving, error) : status;
    status = status == SERVER_OK ? run(&serving, error) : status;
    pid_file_remove(&serving.pid_file);
    server_destroy(serving.server);
    sandbox_deinit(&serving.sandbox);
    return status;
}
