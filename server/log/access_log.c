/* SPDX-License-Identifier: MIT */
#include "server/log/access_log.h"

#include "http/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    /* takes the lines of some 50 ms at full speed, should the thread be kept waiting */
    BUFFER_BYTES = 512 * 1024,

    WRITE_BYTES = 128 * 1024, /* enough for a write: then no line waits any longer */
    GATHER_MS = 20,           /* how long a line may wait for others to be written with it */
    CLOSE_PATIENCE_S = 1      /* for an output that does not take the rest */
};

struct access_log {
    char *path; /* owned; NULL for standard output */
    int fd;     /* the thread's own once it runs; owned, unless it is standard output */
    bool torn;  /* the output ends within a line; the thread's own */
    pthread_t thread;

    pthread_mutex_t lock; /* guards all below; next to it what is touched with every line */
    size_t filling_length;
    char *filling; /* workers append here */
    bool waiting;  /* the thread waits for the first line */
    bool reopening;
    bool closing;
    bool ended;
    pthread_cond_t has_lines; /* filling_length > 0, or enough for a write, or reopening, or closing */
    pthread_cond_t is_ended;  /* ended */
    char *writing;            /* the thread's own while it writes */
    uint64_t dropped;
    uint64_t dropped_told; /* of these, how many the log tells of */
};

/* Returns how many bytes got out before the output failed: a full disk, a reader that has gone. */
static size_t write_out(int fd, const char *bytes, size_t length) {
    size_t done = 0;
    while (done < length) {
        ssize_t n = write(fd, bytes + done, length - done);
        if (n >= 0) {
            done += (size_t)n;
        } else if (errno == EAGAIN) { /* somebody made our standard output non-blocking */
            struct pollfd output = {.fd = fd, .events = POLLOUT};
            (void)poll(&output, 1, -1);
        } else if (errno != EINTR) {
            break;
        }
    }
    return done;
}

/* What does not get out is lost; the next lines may be luckier, and begin on a line of their own. Returns how
 * many lines were lost. */
static uint64_t write_lines(struct access_log *log, const char *lines, size_t length) {
    log->torn = log->torn && write_out(log->fd, "\n", 1) != 1;
    size_t done = log->torn ? 0 : write_out(log->fd, lines, length);
    log->torn = log->torn || (done > 0 && lines[done - 1] != '\n');
    uint64_t lost = 0;
    for (; done < length; done++) {
        lost += lines[done] == '\n' ? 1 : 0;
    }
    return lost;
}

static bool tell_dropped(struct access_log *log, uint64_t count) {
    char line[128];
    int length = snprintf(line, sizeof line,
                          "lido: %llu log lines were dropped: the log's output was full or too slow\n",
                          (unsigned long long)count);
    return write_lines(log, line, (size_t)length) == 0;
}

static struct timespec after_ms(int64_t ms) {
    return clock_time_of(clock_steady_ns() + ms * CLOCK_NS_PER_MS);
}

static int open_file(const char *path) {
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0640);
    return fd == -1 ? -errno : fd;
}

/* By the thread, without the lock: open(2) may block. */
static void reopen(struct access_log *log) {
    int fd = log->path != NULL ? open_file(log->path) : STDOUT_FILENO;
    if (fd < 0) {
        char line[128];
        errno = -fd;
        int length = snprintf(line, sizeof line, "lido: the log cannot be opened anew: %m\n");
        (void)write_lines(log, line, (size_t)length);
    } else if (fd != log->fd) {
        (void)close(log->fd);
        log->fd = fd;
        log->torn = false;
    }
}

/* Wait for a line, and then a moment for more, so that a busy server writes many at once. */
static void wait_for_lines(struct access_log *log) {
    while (log->filling_length == 0 && !log->reopening && !log->closing) {
        log->waiting = true;
        (void)pthread_cond_wait(&log->has_lines, &log->lock);
    }
    log->waiting = false;
    struct timespec until = after_ms(GATHER_MS);
    while (log->filling_length < WRITE_BYTES && !log->reopening && !log->closing) {
        if (pthread_cond_timedwait(&log->has_lines, &log->lock, &until) != 0) {
            break;
        }
    }
}

static void *run(void *argument) {
    struct access_log *log = argument;
    (void)pthread_mutex_lock(&log->lock);
    for (;;) {
        wait_for_lines(log);
        if (log->reopening) {
            log->reopening = false;
            (void)pthread_mutex_unlock(&log->lock);
            reopen(log);
            (void)pthread_mutex_lock(&log->lock);
            continue;
        }
        if (log->filling_length == 0) {
            break;
        }
        char *full = log->filling;
        size_t length = log->filling_length;
        uint64_t untold = log->dropped - log->dropped_told;
        log->filling = log->writing;
        log->filling_length = 0;
        log->writing = full;
        (void)pthread_mutex_unlock(&log->lock);
        uint64_t lost = write_lines(log, full, length);
        uint64_t told = untold > 0 && tell_dropped(log, untold) ? untold : 0;
        (void)pthread_mutex_lock(&log->lock);
        log->dropped += lost;
        log->dropped_told += told;
    }
    log->ended = true;
    (void)pthread_cond_signal(&log->is_ended);
    (void)pthread_mutex_unlock(&log->lock);
    return NULL;
}

static int init_locks(struct access_log *log) {
    pthread_condattr_t monotonic;
    int error = pthread_condattr_init(&monotonic);
    if (error != 0) {
        return -error;
    }
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&log->lock, NULL);
    (void)pthread_cond_init(&log->has_lines, &monotonic);
    (void)pthread_cond_init(&log->is_ended, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    return 0;
}

static int start_thread(struct access_log *log) {
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&log->thread, NULL, run, log);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0) {
        (void)pthread_setname_np(log->thread, "access-log");
    }
    return -error;
}

static void destroy(struct access_log *log) {
    if (log->fd != STDOUT_FILENO && log->fd >= 0) {
        (void)close(log->fd);
    }
    free(log->path);
    free(log->filling);
    free(log->writing);
    free(log);
}

int access_log_open(struct access_log **out, const char *path) {
    struct access_log *log = calloc(1, sizeof *log);
    if (log == NULL) {
        return -ENOMEM;
    }
    bool is_stdout = strcmp(path, "-") == 0;
    log->path = is_stdout ? NULL : strdup(path);
    log->filling = malloc(BUFFER_BYTES);
    log->writing = malloc(BUFFER_BYTES);
    bool is_complete = (is_stdout || log->path != NULL) && log->filling != NULL && log->writing != NULL;
    log->fd = !is_complete ? -ENOMEM : is_stdout ? STDOUT_FILENO : open_file(path);
    int result = log->fd < 0 ? log->fd : init_locks(log);
    result = result == 0 ? start_thread(log) : result;
    if (result != 0) {
        destroy(log);
        return result;
    }
    *out = log;
    return 0;
}

void access_log_write(struct access_log *log, const char *line, size_t length) {
    (void)pthread_mutex_lock(&log->lock);
    size_t before = log->filling_length;
    bool wake = false;
    if (length > BUFFER_BYTES - before) {
        log->dropped++;
    } else {
        memcpy(log->filling + before, line, length);
        log->filling_length += length;
        bool is_enough = before < WRITE_BYTES && log->filling_length >= WRITE_BYTES;
        wake = log->waiting || is_enough;
        log->waiting = false; /* one signal is enough */
    }
    (void)pthread_mutex_unlock(&log->lock);
    if (wake) {
        (void)pthread_cond_signal(&log->has_lines);
    }
}

void access_log_reopen(struct access_log *log) {
    (void)pthread_mutex_lock(&log->lock);
    log->reopening = true;
    (void)pthread_mutex_unlock(&log->lock);
    (void)pthread_cond_signal(&log->has_lines);
}

uint64_t access_log_dropped(struct access_log *log) {
    (void)pthread_mutex_lock(&log->lock);
    uint64_t dropped = log->dropped;
    (void)pthread_mutex_unlock(&log->lock);
    return dropped;
}

bool access_log_end(struct access_log *log) {
    struct timespec until = after_ms(CLOSE_PATIENCE_S * INT64_C(1000));
    (void)pthread_mutex_lock(&log->lock);
    log->closing = true;
    (void)pthread_cond_signal(&log->has_lines);
    int error = 0;
    while (!log->ended && error == 0) {
        error = pthread_cond_timedwait(&log->is_ended, &log->lock, &until);
    }
    bool ended = log->ended;
    (void)pthread_mutex_unlock(&log->lock);
    return ended;
}

void access_log_close(struct access_log *log) {
    if (log == NULL) {
        return;
    }
    if (!access_log_end(log)) {
        (void)pthread_detach(log->thread); /* it is stuck in write(2), and needs its memory still */
        return;
    }
    (void)pthread_join(log->thread, NULL);
    (void)pthread_mutex_destroy(&log->lock);
    (void)pthread_cond_destroy(&log->has_lines);
    (void)pthread_cond_destroy(&log->is_ended);
    destroy(log);
}
