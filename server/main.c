/* SPDX-License-Identifier: MIT */
/*
 * The program: read the command line, load the settings, do what is asked. Exit status: 0 done, 1 the system
 * does not let us, 2 a mistake in the command line or the settings.
 */
#include "conf/config.h"
#include "server/check/check.h"
#include "server/cli/banner.h"
#include "server/cli/browser.h"
#include "server/cli/exposure.h"
#include "server/cli/options.h"
#include "server/cli/qr.h"
#include "server/listen/error.h"
#include "server/pid_file.h"
#include "server/probe/probe.h"
#include "server/server.h"
#include "server/terminal/terminal.h"
#include "server/top/top.h"
#include "server/tune/tune.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* One line, whatever the command line held: a control character shows as '?'. */
static int complain(const char *error, int exit_status) {
    (void)fputs("lido: ", stderr);
    for (const char *c = error; *c != '\0'; c++) {
        bool is_control = (unsigned char)*c < ' ' || *c == 0x7F;
        (void)fputc(is_control ? '?' : *c, stderr);
    }
    (void)fputc('\n', stderr);
    return exit_status;
}

static int probe(const char *url) {
    struct probe_result result;
    char error[PROBE_ERROR_BYTES];
    if (!probe_run(url, PROBE_TIMEOUT_MS, &result, error)) {
        return complain(error, SERVER_FAILED);
    }
    (void)printf("%s %.3f ms\n", result.status_line, (double)result.elapsed_us / 1000);
    return result.status >= 200 && result.status < 400 ? SERVER_OK : SERVER_FAILED;
}

static int top(const char *url) {
    char error[SERVER_ERROR_BYTES];
    bool is_live = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
    enum server_result result = top_run(url != NULL ? url : TOP_URL, is_live, stdout, error);
    return result == SERVER_OK ? SERVER_OK : complain(error, (int)result);
}

static int check_config(const struct config *config) {
    char error[SERVER_ERROR_BYTES];
    char *text = NULL;
    enum server_result result = server_check(config, error);
    if (result != SERVER_OK) {
        return complain(error, (int)result);
    }
    if (config_print(config, &text) != 0) {
        return complain("no memory", SERVER_FAILED);
    }
    (void)fputs(text, stdout);
    free(text);
    return SERVER_OK;
}

static int tune(const struct options *options, struct config *config) {
    struct tune_options tuning = {
        .seconds = TUNE_SECONDS,
        .clients = TUNE_CLIENTS,
        .out = stdout,
        .progress = options->quiet ? NULL : stderr,
        .on_terminal = isatty(STDERR_FILENO) == 1,
        .columns = terminal_columns(STDOUT_FILENO, TERMINAL_COLUMNS),
        .has_utf8 = terminal_takes_utf8(),
    };
    char error[SERVER_ERROR_BYTES];
    if (!options_read_number("--tune-seconds", options->tune_seconds, TUNE_SECONDS_MAX, &tuning.seconds,
                             error) ||
        !options_read_number("--tune-clients", options->tune_clients, TUNE_CLIENTS_MAX, &tuning.clients,
                             error)) {
        return complain(error, SERVER_MISTAKE);
    }
    int status = tune_run(config, &tuning, error);
    return status == SERVER_FAILED || status == SERVER_MISTAKE ? complain(error, status) : status;
}

/* What a phone opens with its camera. */
static void show_qr(const struct options *options, const struct listen_urls *urls) {
    bool on_terminal = isatty(STDERR_FILENO) == 1;
    bool is_asked_for = options->qr == OPTIONS_QR_ALWAYS;
    bool is_useful = options->qr == OPTIONS_QR_ON_TERMINAL && on_terminal && !options->quiet;
    if (is_asked_for && urls->shared == LISTEN_URLS_MAX) {
        (void)complain("--qr: other machines cannot reach this one here; listen at all its addresses: -b '*'",
                       SERVER_OK);
    } else if (is_asked_for || (is_useful && urls->shared < LISTEN_URLS_MAX)) {
        bool is_shown = banner_print_qr(stderr, urls->items[urls->shared], on_terminal);
        if (is_asked_for && !is_shown) {
            (void)complain("--qr: the terminal is too narrow for the code", SERVER_OK);
        }
    }
}

static void greet(const struct options *options, const struct config *config, const struct server *server) {
    struct listen_urls urls = {0};
    char passed[LISTENER_ERROR_BYTES];
    listen_urls_fill(&urls, server_listeners(server));
    if (!options->quiet) {
        if (listen_error_explain_passed(server_listeners(server), passed)) {
            (void)complain(passed, SERVER_OK);
        }
        banner_print_start(stderr, config, &urls, isatty(STDERR_FILENO) == 1);
    }
    show_qr(options, &urls);
    if (options->open_browser && urls.count > 0 && browser_open(urls.items[0]) != 0) {
        (void)fprintf(stderr, "lido: found no browser to open; the address is %s\n", urls.items[0]);
    }
}

static void warn(const struct config *config, const struct server *server) {
    char warning[EXPOSURE_TEXT_BYTES];
    if (exposure_describe(config, listener_set_is_public(server_listeners(server)), getenv("HOME"),
                          warning)) {
        (void)complain(warning, SERVER_OK);
    }
}

static void print_news(void *context, const char *line) {
    (void)context;
    (void)complain(line, SERVER_OK);
}

/* What a reload needs. */
struct running {
    const struct options *options;
    const struct server *server;
};

static void tell_urls(const struct running *running) {
    struct listen_urls urls = {0};
    char line[SERVER_ERROR_BYTES] = "listening on";
    listen_urls_fill(&urls, server_listeners(running->server));
    for (size_t i = 0; i < urls.count; i++) {
        size_t length = strlen(line);
        (void)snprintf(line + length, sizeof line - length, " %s", urls.items[i]);
    }
    (void)complain(line, SERVER_OK);
}

static bool configure(void *context, struct config *config, char error[CONFIG_ERROR_BYTES]) {
    const struct running *running = context;
    return options_configure(running->options, environ, true, config, error);
}

static void on_reloaded(void *context, const struct config *former, const struct config *config) {
    const struct running *running = context;
    if (!running->options->quiet && !string_list_is_same(&former->listen, &config->listen)) {
        tell_urls(running);
    }
    for (size_t i = 0; i < config->warnings.count; i++) {
        (void)complain(config->warnings.items[i], SERVER_OK);
    }
    warn(config, running->server);
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
        return (enum server_result)complain(error, SERVER_FAILED);
    }
    if (result != 0) {
        errno = -result;
        (void)snprintf(error, sizeof error, "%s: pid_file: cannot write '%s': %m", where, config->pid_file);
        return (enum server_result)complain(error, SERVER_MISTAKE);
    }
    return SERVER_OK;
}

/* Have another process reload; it says itself what comes of that. */
static int reload(const char *path) {
    char error[SERVER_ERROR_BYTES];
    pid_t pid = 0;
    int result = pid_file_find(path, &pid);
    if (result == 0 && kill(pid, SIGHUP) == 0) {
        (void)printf("process %ld reads its settings anew; its log says what has changed, or what is wrong\n",
                     (long)pid);
        return SERVER_OK;
    }
    errno = result == 0 ? errno : -result;
    if (result == -ESRCH) {
        (void)snprintf(error, sizeof error, "%s: left over: process %ld holds it no more", path, (long)pid);
    } else if (result == -EINVAL) {
        (void)snprintf(error, sizeof error, "%s: there is no process number in it", path);
    } else {
        (void)snprintf(error, sizeof error, "%s: %m", path);
    }
    return complain(error, SERVER_FAILED);
}

/* The file that the settings name. */
static int reload_configured(const struct config *config) {
    if (strcmp(config->pid_file, "off") == 0) {
        return complain("--reload: no pid_file is set; name it, or name the file: lido --reload PIDFILE",
                        SERVER_MISTAKE);
    }
    return reload(config->pid_file);
}

static int run(const struct options *options, struct config *config) {
    struct server *server = NULL;
    char error[SERVER_ERROR_BYTES];
    if (options->qr == OPTIONS_QR_ALWAYS && qr_library() == NULL) {
        return complain("--qr: this lido was built without libqrencode", SERVER_MISTAKE);
    }
    enum server_result result = server_create(&server, config, error);
    if (result != SERVER_OK) {
        return complain(error, (int)result);
    }
    server_on_news(server, print_news, NULL);
    struct running running = {.options = options, .server = server};
    server_on_reload(server, configure, on_reloaded, &running);
    struct pid_file pid_file = {0};
    result = write_pid_file(&pid_file, config); /* from now on signals are heeded */
    if (result != SERVER_OK) {
        server_destroy(server);
        return (int)result;
    }
    greet(options, config, server);
    warn(config, server);
    result = server_run(server, error);
    pid_file_remove(&pid_file);
    struct server_totals totals;
    server_read_totals(server, &totals);
    bool hangs = server_hangs(server);
    if (!hangs) {
        server_destroy(server);
    }
    if (!options->quiet) {
        banner_print_stop(stderr, &totals);
    }
    int status = result == SERVER_OK ? SERVER_OK : complain(error, (int)result);
    if (hangs) {
        _exit(status);
    }
    return status;
}

/* Without memory none of them was kept but `error`. */
static void complain_of_all(const struct config_mistakes *mistakes, const char *error) {
    for (size_t i = 0; i < mistakes->lines.count; i++) {
        (void)complain(mistakes->lines.items[i], SERVER_MISTAKE);
    }
    if (mistakes->lines.count == 0) {
        (void)complain(error, SERVER_MISTAKE);
    } else if (mistakes->count > mistakes->lines.count) {
        (void)fprintf(stderr, "lido: and %zu more\n", mistakes->count - mistakes->lines.count);
    }
}

static int act(const struct options *options) {
    if (options->action == OPTIONS_HELP) {
        (void)fputs(options_help, stdout);
        return SERVER_OK;
    }
    if (options->action == OPTIONS_VERSION) {
        banner_print_version(stdout);
        return SERVER_OK;
    }
    if (options->action == OPTIONS_RELOAD && options->root != NULL) {
        return reload(options->root);
    }
    if (options->action == OPTIONS_PROBE) {
        return probe(options->probe_url);
    }
    if (options->action == OPTIONS_TOP) {
        return top(options->root);
    }
    struct config config = {0};
    char error[CONFIG_ERROR_BYTES];
    int status = SERVER_MISTAKE;
    bool is_configured = options_configure(options, environ, false, &config, error);
    for (size_t i = 0; i < config.warnings.count; i++) {
        (void)complain(config.warnings.items[i], SERVER_OK);
    }
    if (!is_configured) {
        complain_of_all(&config.mistakes, error);
    } else if (options->action == OPTIONS_CHECK_CONFIG) {
        status = check_config(&config);
    } else if (options->action == OPTIONS_CHECK) {
        status = check_run(&config, getenv("HOME"), stdout, stderr);
    } else if (options->action == OPTIONS_RELOAD) {
        status = reload_configured(&config);
    } else if (options->action == OPTIONS_TUNE) {
        status = tune(options, &config);
    } else {
        status = run(options, &config);
    }
    config_deinit(&config);
    return status;
}

/* A standard stream that was closed would give its number to a listener or to the root, and what is printed
 * would go there. Returns whether all three are open now. */
static bool open_closed_streams(void) {
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", O_RDWR) != fd) {
            return false;
        }
    }
    return true;
}

int main(int argc, char *argv[]) {
    if (!open_closed_streams()) {
        return SERVER_FAILED;
    }
    struct options options;
    char error[OPTIONS_ERROR_BYTES];
    int status = SERVER_MISTAKE;
    if (options_parse(&options, argc, argv, error)) {
        status = act(&options);
    } else {
        char advice[OPTIONS_ERROR_BYTES + sizeof ". Try 'lido --help'."];
        (void)snprintf(advice, sizeof advice, "%s. Try 'lido --help'.", error);
        (void)complain(advice, status);
    }
    options_deinit(&options);
    return status;
}
