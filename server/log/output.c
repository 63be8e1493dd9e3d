/* SPDX-License-Identifier: MIT */
#include "server/log/output.h"

#include "http/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Without waiting for the reader of a FIFO. */
static int open_file(const char *path) {
    int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    int fd = open(path, flags, 0640);
    return fd == -1 ? -errno : fd;
}

static bool is_fifo(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISFIFO(status.st_mode);
}

int log_output_open(struct log_output *output, const char *destination, struct log_output_form form) {
    struct log_destination to = log_destination_of(destination);
    if (to.kind == LOG_TO_STREAM) {
        *output = (struct log_output){.fd = form.stream};
        return 0;
    }
    bool is_file = to.kind == LOG_TO_FILE;
    char *copy = strdup(to.path);
    int fd = copy == NULL ? -ENOMEM : is_file ? open_file(to.path) : log_datagrams_connect(to.path);
    if (fd < 0 && !(is_file && fd == -ENXIO && is_fifo(to.path))) {
        free(copy);
        return fd;
    }
    *output = (struct log_output){.path = copy, .fd = fd >= 0 ? fd : -1};
    if (!is_file) {
        output->datagrams =
            (struct log_datagrams){.kind = to.kind, .facility = to.facility, .has_levels = form.has_levels};
    }
    return 0;
}

static bool is_service(const struct log_output *output) {
    return output->datagrams.kind != LOG_TO_STREAM;
}

static void close_file(struct log_output *output) {
    if (output->fd != -1) {
        (void)close(output->fd);
        output->fd = -1;
        output->torn = false;
    }
}

void log_output_close(struct log_output *output) {
    if (output->path != NULL) {
        close_file(output);
        free(output->path);
    }
    *output = LOG_OUTPUT_NONE;
}

/* Returns 0, or a negative errno with all as it was. */
static int open_anew(struct log_output *output) {
    int fd = open_file(output->path);
    if (fd < 0) {
        return fd;
    }
    close_file(output);
    output->fd = fd;
    output->missing_since = 0;
    return 0;
}

void log_output_reopen(struct log_output *output) {
    int error = output->path != NULL && !is_service(output) ? open_anew(output) : 0;
    if (error != 0) {
        char line[128];
        errno = -error;
        int length = snprintf(line, sizeof line, "lido: the log cannot be opened anew: %m\n");
        (void)log_output_write(output, line, (size_t)length);
    }
}

/* --- what becomes of the file ----------------------------------------------------------------------------- */

/* What is open has no name any more, or never had one here. */
static bool is_deleted(const struct log_output *output) {
    struct stat status;
    return fstat(output->fd, &status) == 0 && status.st_nlink == 0;
}

static bool is_where_it_was(const struct log_output *output) {
    struct stat named;
    struct stat opened;
    return stat(output->path, &named) == 0 && fstat(output->fd, &opened) == 0 &&
           named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

/* A renamed file is good enough for a while, or if there can be no other. */
static bool may_stay(struct log_output *output) {
    if (is_deleted(output)) {
        return false;
    }
    bool is_replaced = access(output->path, F_OK) == 0;
    int64_t now = clock_steady_ns();
    output->missing_since = output->missing_since != 0 ? output->missing_since : now;
    return !is_replaced && now - output->missing_since < LOG_OUTPUT_PATIENCE_MS * CLOCK_NS_PER_MS;
}

/* See to it that what is open is what the path names. What nobody will ever read is given up: what it would get is
 * lost, and has to be counted. */
static void follow_path(struct log_output *output) {
    if (output->fd != -1 && is_where_it_was(output)) {
        output->missing_since = 0;
        return;
    }
    int error = output->fd == -1 || !may_stay(output) ? open_anew(output) : 0;
    if (error != 0 && (output->fd == -1 || is_deleted(output))) {
        output->error = -error;
        close_file(output);
    }
}

/* --- writing ---------------------------------------------------------------------------------------------- */

/* Returns how many bytes got out before the output failed: a full disk, a reader that has gone. */
static size_t write_out(struct log_output *output, const char *bytes, size_t length) {
    int fd = output->fd;
    size_t done = 0;
    while (done < length) {
        ssize_t n = write(fd, bytes + done, length - done);
        if (n >= 0) {
            done += (size_t)n;
        } else if (errno == EAGAIN) { /* a FIFO, or somebody made our standard output non-blocking */
            struct pollfd writable = {.fd = fd, .events = POLLOUT};
            (void)poll(&writable, 1, -1);
        } else if (errno != EINTR) {
            output->error = errno;
            break;
        }
    }
    return done;
}

uint64_t log_output_write(struct log_output *output, const char *lines, size_t length) {
    if (length == 0 || (output->fd == -1 && output->path == NULL)) {
        return 0;
    }
    if (is_service(output)) {
        uint64_t undelivered =
            log_datagrams_send(&output->datagrams, &output->fd, output->path, lines, length);
        output->error = output->datagrams.error;
        return undelivered;
    }
    if (output->path != NULL) {
        follow_path(output);
    }
    output->torn = output->torn && write_out(output, "\n", 1) != 1;
    bool is_there = output->fd != -1;
    size_t done = output->torn || !is_there ? 0 : write_out(output, lines, length);
    output->torn = output->torn || (done > 0 && lines[done - 1] != '\n');
    uint64_t lost = 0;
    for (; done < length; done++) {
        lost += lines[done] == '\n' ? 1 : 0;
    }
    return lost;
}
