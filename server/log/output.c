/* SPDX-License-Identifier: MIT */
#include "server/log/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_file(const char *path) {
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
    return fd == -1 ? -errno : fd;
}

int log_output_open(struct log_output *output, const char *path) {
    if (strcmp(path, "-") == 0) {
        *output = (struct log_output){.fd = STDOUT_FILENO};
        return 0;
    }
    char *copy = strdup(path);
    int fd = copy != NULL ? open_file(path) : -ENOMEM;
    if (fd < 0) {
        free(copy);
        return fd;
    }
    *output = (struct log_output){.path = copy, .fd = fd};
    return 0;
}

void log_output_close(struct log_output *output) {
    if (output->path != NULL) {
        (void)close(output->fd);
        free(output->path);
    }
    *output = LOG_OUTPUT_NONE;
}

void log_output_reopen(struct log_output *output) {
    if (output->path == NULL) {
        return;
    }
    int fd = open_file(output->path);
    if (fd < 0) {
        char line[128];
        errno = -fd;
        int length = snprintf(line, sizeof line, "lido: the log cannot be opened anew: %m\n");
        (void)log_output_write(output, line, (size_t)length);
    } else {
        (void)close(output->fd);
        output->fd = fd;
        output->torn = false;
    }
}

/* Returns how many bytes got out before the output failed: a full disk, a reader that has gone. */
static size_t write_out(int fd, const char *bytes, size_t length) {
    size_t done = 0;
    while (done < length) {
        ssize_t n = write(fd, bytes + done, length - done);
        if (n >= 0) {
            done += (size_t)n;
        } else if (errno == EAGAIN) { /* somebody made our standard output non-blocking */
            struct pollfd writable = {.fd = fd, .events = POLLOUT};
            (void)poll(&writable, 1, -1);
        } else if (errno != EINTR) {
            break;
        }
    }
    return done;
}

uint64_t log_output_write(struct log_output *output, const char *lines, size_t length) {
    if (output->fd == -1 || length == 0) {
        return 0;
    }
    output->torn = output->torn && write_out(output->fd, "\n", 1) != 1;
    size_t done = output->torn ? 0 : write_out(output->fd, lines, length);
    output->torn = output->torn || (done > 0 && lines[done - 1] != '\n');
    uint64_t lost = 0;
    for (; done < length; done++) {
        lost += lines[done] == '\n' ? 1 : 0;
    }
    return lost;
}
