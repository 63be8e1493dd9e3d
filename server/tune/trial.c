/* SPDX-License-Identifier: MIT */
#include "server/tune/trial.h"

#include "server/listen/listener.h"
#include "server/measure/snapshot.h"
#include "server/server.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { START_MS = 20 * 1000, END_MS = 3000, SPARE_CONNECTIONS = 8, SHUTDOWN_MS = 1000 };

/* What the child says first. */
struct trial_news {
    enum server_result result;
    struct sockaddr_storage address;
    char error[SERVER_ERROR_BYTES];
};

/* ---- in the child -------------------------------------------------------------------------------------- */

static void write_all(int fd, const void *bytes, size_t length) {
    const char *rest = bytes;
    while (length > 0) {
        ssize_t written = write(fd, rest, length);
        if (written == -1 && errno != EINTR) {
            return; /* nobody listens any more */
        }
        rest += written > 0 ? written : 0;
        length -= written > 0 ? (size_t)written : 0;
    }
}

/* Returns whether there was memory for it. */
static bool switch_off(char **option) {
    free(*option);
    *option = strdup("off");
    return *option != NULL;
}

static bool switch_off_logs(struct config *config) {
    bool are_off = switch_off(&config->access_log) && switch_off(&config->error_log);
    for (size_t i = 0; i < config->site.rule_count && are_off; i++) {
        struct config_rule *rule = &config->site.rules[i];
        are_off = rule->kind != SECTION_ACCESS_LOG || switch_off(&rule->title);
    }
    return are_off;
}

/* Returns 0 or -ENOMEM. */
static int adapt(struct config *config, const struct trial_options *options) {
    if (!switch_off_logs(config) || !switch_off(&config->admin) || !switch_off(&config->pid_file)) {
        return -ENOMEM;
    }
    config->threads = options->threads;
    config->file_cache = config->file_cache && options->has_file_cache;
    config->when_full = WHEN_FULL_WAIT;
    config->shutdown_timeout_ms = SHUTDOWN_MS;
    if (config->max_connections > 0 && config->max_connections < options->clients + SPARE_CONNECTIONS) {
        config->max_connections = options->clients + SPARE_CONNECTIONS;
    }
    string_list_deinit(&config->listen);
    return string_list_add(&config->listen, "127.0.0.1:0");
}

/* Be the server, until a signal stops it. */
static void serve(struct config *config, const struct trial_options *options, int report_fd) {
    struct trial_news news = {.result = SERVER_FAILED, .error = "no memory"};
    struct server *server = NULL;
    if (adapt(config, options) == 0) {
        news.result = server_create(&server, config, news.error);
    }
    if (news.result == SERVER_OK) {
        news.result = server_start(server, news.error);
    }
    if (news.result == SERVER_OK) {
        news.address = server_listeners(server)->items[0].address;
    }
    write_all(report_fd, &news, sizeof news);
    if (news.result == SERVER_OK) {
        struct measure_now now;
        char error[SERVER_ERROR_BYTES];
        (void)server_run(server, error);
        server_read_now(server, &now);
        write_all(report_fd, &now.waits, sizeof now.waits);
    }
}

/* ---- in the parent ------------------------------------------------------------------------------------- */

/* Read all of it, in time and unless it is stopped. */
static bool read_all(int fd, void *bytes, size_t length, int timeout_ms, int stop_fd) {
    char *rest = bytes;
    while (length > 0) {
        struct pollfd waiting[] = {{.fd = fd, .events = POLLIN}, {.fd = stop_fd, .events = POLLIN}};
        int ready = poll(waiting, 2, timeout_ms);
        if (ready == -1 && errno == EINTR) {
            continue;
        }
        if (ready <= 0 || waiting[1].revents != 0) {
            return false;
        }
        ssize_t received = read(fd, rest, length);
        if (received <= 0) {
            return false;
        }
        rest += received;
        length -= (size_t)received;
    }
    return true;
}

static void collect(struct trial *trial) {
    (void)kill(trial->pid, SIGKILL);
    while (waitpid(trial->pid, NULL, 0) == -1 && errno == EINTR) {
    }
    (void)close(trial->report_fd);
    *trial = (struct trial){.report_fd = -1};
}

static enum server_result fail(char error[SERVER_ERROR_BYTES], const char *doing) {
    (void)snprintf(error, SERVER_ERROR_BYTES, "cannot %s: %m", doing);
    return SERVER_FAILED;
}

static bool is_readable(int fd) {
    struct pollfd look = {.fd = fd, .events = POLLIN};
    return poll(&look, 1, 0) == 1;
}

static enum server_result await_start(struct trial *trial, int stop_fd, char error[SERVER_ERROR_BYTES]) {
    struct trial_news news;
    if (!read_all(trial->report_fd, &news, sizeof news, START_MS, stop_fd)) {
        bool is_stopped = is_readable(stop_fd);
        collect(trial);
        (void)snprintf(error, SERVER_ERROR_BYTES, "%s",
                       is_stopped ? "" : "a server to measure did not start");
        return SERVER_FAILED;
    }
    if (news.result != SERVER_OK) {
        collect(trial);
        (void)snprintf(error, SERVER_ERROR_BYTES, "%s", news.error);
        return news.result;
    }
    trial->address = news.address;
    int refused = clock_getcpuclockid(trial->pid, &trial->clock);
    if (refused != 0) {
        collect(trial);
        errno = refused;
        return fail(error, "read the time of a process");
    }
    return SERVER_OK;
}

enum server_result trial_start(struct trial *trial, struct config *config,
                               const struct trial_options *options, char error[SERVER_ERROR_BYTES]) {
    int ends[2];
    pid_t parent = getpid();
    *trial = (struct trial){.report_fd = -1};
    if (pipe(ends) == -1) {
        return fail(error, "make a pipe");
    }
    pid_t pid = fork();
    if (pid == -1) {
        enum server_result result = fail(error, "make a process");
        (void)close(ends[0]);
        (void)close(ends[1]);
        return result;
    }
    if (pid == 0) {
        (void)setpgid(0, 0); /* Ctrl-C is for the parent, which stops the child */
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() == parent) {
            serve(config, options, ends[1]);
        }
        _exit(SERVER_OK);
    }
    (void)close(ends[1]);
    trial->pid = pid;
    trial->report_fd = ends[0];
    return await_start(trial, options->stop_fd, error);
}

bool trial_end(struct trial *trial, struct histogram_reading *waits) {
    (void)kill(trial->pid, SIGTERM);
    bool is_told = read_all(trial->report_fd, waits, sizeof *waits, END_MS, -1);
    collect(trial);
    return is_told;
}
