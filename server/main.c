/* SPDX-License-Identifier: MIT */
/*
 * The program: read the command line, load the settings, do what is asked. Exit status: 0 done, 1 the system
 * does not let us, 2 a mistake in the command line or the settings.
 */
#include "conf/config.h"
#include "server/check/check.h"
#include "server/cli/banner.h"
#include "server/cli/completion.h"
#include "server/cli/help.h"
#include "server/cli/option_settings.h"
#include "server/cli/options.h"
#include "server/cli/say.h"
#include "server/explain/explain.h"
#include "server/pid_file.h"
#include "server/probe/probe.h"
#include "server/serve.h"
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

static int probe(const char *url) {
    struct probe_result result;
    char error[PROBE_ERROR_BYTES];
    if (!probe_run(url, PROBE_TIMEOUT_MS, &result, error)) {
        return say(error, SERVER_FAILED);
    }
    (void)printf("%s %.3f ms\n", result.status_line, (double)result.elapsed_us / 1000);
    return result.status >= 200 && result.status < 400 ? SERVER_OK : SERVER_FAILED;
}

static int top(const char *url) {
    char error[SERVER_ERROR_BYTES];
    bool is_live = isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
    enum server_result result = top_run(url != NULL ? url : TOP_URL, is_live, stdout, error);
    return result == SERVER_OK ? SERVER_OK : say(error, (int)result);
}

/* A stream that takes a long text past its buffer keeps no reason why that went nowhere. */
static int print_whole(const char *text) {
    if (fputs(text, stdout) != EOF) {
        return SERVER_OK;
    }
    char error[SERVER_ERROR_BYTES];
    (void)snprintf(error, sizeof error, "cannot write to standard output: %m");
    clearerr(stdout);
    return say(error, SERVER_FAILED);
}

static int check_config(const struct config *config) {
    char error[SERVER_ERROR_BYTES];
    char *text = NULL;
    enum server_result result = serve_check(config, error);
    if (result != SERVER_OK) {
        return say(error, (int)result);
    }
    if (config_print(config, &text) != 0) {
        return say("no memory", SERVER_FAILED);
    }
    int status = print_whole(text);
    free(text);
    return status;
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
        return say(error, SERVER_MISTAKE);
    }
    int status = tune_run(config, &tuning, error);
    return status == SERVER_FAILED || status == SERVER_MISTAKE ? say(error, status) : status;
}

static int explain(const struct options *options, const struct config *config) {
    struct explain_question question = {
        .url = options->explain_url,
        .method = options->method,
        .fields = options->fields,
        .field_count = options->field_count,
        .head = options->head,
    };
    char error[SERVER_ERROR_BYTES];
    enum server_result result = explain_run(config, &question, stdout, error);
    return result == SERVER_OK ? SERVER_OK : say(error, (int)result);
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
    return say(error, SERVER_FAILED);
}

/* The file that the settings name. */
static int reload_configured(const struct config *config) {
    if (strcmp(config->pid_file, "off") == 0) {
        return say("--reload: no pid_file is set; name it, or name the file: lido --reload PIDFILE",
                   SERVER_MISTAKE);
    }
    return reload(config->pid_file);
}

/* Without memory none of them was kept but `error`. */
static void complain_of_all(const struct config_mistakes *mistakes, const char *error) {
    for (size_t i = 0; i < mistakes->lines.count; i++) {
        (void)say(mistakes->lines.items[i], SERVER_MISTAKE);
    }
    if (mistakes->lines.count == 0) {
        (void)say(error, SERVER_MISTAKE);
    } else if (mistakes->count > mistakes->lines.count) {
        (void)fprintf(stderr, "lido: and %zu more\n", mistakes->count - mistakes->lines.count);
    }
}

/* What takes settings. */
static int act_with(const struct options *options, struct config *config) {
    switch (options->action) {
    case OPTIONS_CHECK_CONFIG:
        return check_config(config);
    case OPTIONS_CHECK:
        return check_run(config, getenv("HOME"), stdout, stderr);
    case OPTIONS_EXPLAIN:
        return explain(options, config);
    case OPTIONS_RELOAD:
        return reload_configured(config);
    case OPTIONS_TUNE:
        return tune(options, config);
    default:
        return serve(options, config);
    }
}

static int act(const struct options *options) {
    if (options->action == OPTIONS_HELP) {
        return print_whole(options_help);
    }
    if (options->action == OPTIONS_VERSION) {
        banner_print_version(stdout);
        return SERVER_OK;
    }
    if (options->action == OPTIONS_COMPLETION) {
        return completion_print(stdout, options->shell)
                   ? SERVER_OK
                   : say("--complete: write bash, zsh or fish", SERVER_MISTAKE);
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
    bool is_configured = option_settings_gather(options, environ, false, &config, error);
    for (size_t i = 0; i < config.warnings.count; i++) {
        (void)say(config.warnings.items[i], SERVER_OK);
    }
    if (is_configured) {
        status = act_with(options, &config);
    } else {
        complain_of_all(&config.mistakes, error);
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

/* What was printed may have gone nowhere: a disk that is full, a device. */
static int flush_output(int status) {
    char error[SERVER_ERROR_BYTES] =
        "cannot write to standard output"; /* without a reason, unless it comes now */
    bool is_flushed = fflush(stdout) == 0;
    if (is_flushed && ferror(stdout) == 0) {
        return status;
    }
    if (!is_flushed) {
        (void)snprintf(error, sizeof error, "cannot write to standard output: %m");
    }
    return say(error, status == SERVER_OK ? SERVER_FAILED : status);
}

int main(int argc, char *argv[]) {
    if (!open_closed_streams()) {
        return say("a standard stream is closed, and /dev/null cannot be opened in its place", SERVER_FAILED);
    }
    struct options options;
    char error[OPTIONS_ERROR_BYTES];
    int status = SERVER_MISTAKE;
    if (options_parse(&options, argc, argv, error)) {
        status = flush_output(act(&options));
    } else {
        char advice[OPTIONS_ERROR_BYTES + sizeof ". Try 'lido --help'."];
        (void)snprintf(advice, sizeof advice, "%s. Try 'lido --help'.", error);
        (void)say(advice, status);
    }
    options_deinit(&options);
    return status;
}
