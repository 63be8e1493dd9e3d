/* SPDX-License-Identifier: MIT */
#include "server/log/access_log.h"

#include "http/base/clock.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    /* takes the lines of some 50 ms at full speed, should the thread be kept waiting */
    BUFFER_BYTES = 512 * 1024,

    WRITE_BYTES = 128 * 1024, /* enough for a write: then no line waits any longer */
    GATHER_MS = 20,           /* how long a line may wait for others to be written with it */
    CLOSE_PATIENCE_S = 1      /* for an output that does not take the rest */
};

struct access_log {
    struct log_output output; /* the thread's own once it runs */
    pthread_t thread;

    pthread_mutex_t lock; /* guards all below; next to it what is touched with every line */
    size_t filling_length;
    char *filling; /* workers append here */
    bool waiting;  /* the thread waits for the first line */
    bool reopening;
    bool turning; /* to `next`, with the lines behind the first `turn_after` bytes */
    struct log_output next;
    size_t turn_after;
    bool closing;
    bool ended;
    pthread_cond_t has_lines; /* filling_length > 0, or enough for a write, or one of the three */
    pthread_cond_t is_ended;  /* ended */
    char *writing;            /* the thread's own while it writes */
    uint64_t dropped;
    uint64_t dropped_told; /* of these, how many the log tells of */
};

static bool tell_dropped(struct access_log *log, uint64_t count) {
    char line[128];
    int length = snprintf(line, sizeof line,
                          "lido: %llu log lines were dropped: the log's output was full or too slow\n",
                          (unsigned long long)count);
    return log_output_write(&log->output, line, (size_t)length) == 0;
}

static struct timespec after_ms(int64_t ms) {
    return clock_time_of(clock_steady_ns() + ms * CLOCK_NS_PER_MS);
}

static bool is_called(const struct access_log *log) {
    return log->reopening || log->turning || log->closing;
}

/* Wait for a line, and then a moment for more, so that a busy server writes many at once. */
static void wait_for_lines(struct access_log *log) {
    while (log->filling_length == 0 && !is_called(log)) {
        log->waiting = true;
        (void)pthread_cond_wait(&log->has_lines, &log->lock);
    }
    log->waiting = false;
    struct timespec until = after_ms(GATHER_MS);
    while (log->filling_length < WRITE_BYTES && !is_called(log)) {
        if (pthread_cond_timedwait(&log->has_lines, &log->lock, &until) != 0) {
            break;
        }
    }
}

/* What the thread takes out in one go. */
struct haul {
    char *lines;
    size_t length;
    size_t turn_after; /* bytes that go where the ones before went */
    bool turns;
    struct log_output next;
};

/* With the lock. */
static struct haul take_haul(struct access_log *log) {
    struct haul haul = {
        .lines = log->filling,
        .length = log->filling_length,
        .turn_after = log->turning ? log->turn_after : log->filling_length,
        .turns = log->turning,
        .next = log->next,
    };
    log->filling = log->writing;
    log->filling_length = 0;
    log->writing = haul.lines;
    log->turning = false;
    log->next = LOG_OUTPUT_NONE;
    return haul;
}

/* Without the lock: write(2) and close(2) may block. Returns how many lines were lost. */
static uint64_t write_haul(struct access_log *log, const struct haul *haul) {
    uint64_t lost = log_output_write(&log->output, haul->lines, haul->turn_after);
    if (haul->turns) {
        log_output_close(&log->output);
        log->output = haul->next;
    }
    size_t rest = haul->length - haul->turn_after;
    return lost + log_output_write(&log->output, haul->lines + haul->turn_after, rest);
}

static void *run(void *argument) {
    struct access_log *log = argument;
    (void)pthread_mutex_lock(&log->lock);
    for (;;) {
        wait_for_lines(log);
        if (log->reopening) {
            log->reopening = false;
            (void)pthread_mutex_unlock(&log->lock);
            log_output_reopen(&log->output); /* open(2) may block */
            (void)pthread_mutex_lock(&log->lock);
            continue;
        }
        if (log->filling_length == 0 && !log->turning) {
            break;
        }
        struct haul haul = take_haul(log);
        uint64_t untold = log->dropped - log->dropped_told;
        (void)pthread_mutex_unlock(&log->lock);
        uint64_t lost = write_haul(log, &haul);
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
    log_output_close(&log->output);
    log_output_close(&log->next);
    free(log->filling);
    free(log->writing);
    free(log);
}

int access_log_create(struct access_log **out, struct log_output *output) {
    struct access_log *log = calloc(1, sizeof *log);
    if (log == NULL) {
        return -ENOMEM;
    }
    log->output = LOG_OUTPUT_NONE;
    log->next = LOG_OUTPUT_NONE;
    log->filling = malloc(BUFFER_BYTES);
    log->writing = malloc(BUFFER_BYTES);
    int result = log->filling != NULL && log->writing != NULL ? init_locks(log) : -ENOMEM;
    if (result == 0) {
        log->output = *output;
        result = start_thread(log);
    }
    if (result != 0) {
        log->output = LOG_OUTPUT_NONE; /* it stays the caller's */
        destroy(log);
        return result;
    }
    *output = LOG_OUTPUT_NONE;
    *out = log;
    return 0;
}

int access_log_open(struct access_log **out, const char *path) {
    struct log_output output;
    int result = log_output_open(&output, path);
    if (result == 0) {
        result = access_log_create(out, &output);
        log_output_close(&output);
    }
    return result;
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

void access_log_turn_to(struct access_log *log, struct log_output *output) {
    (void)pthread_mutex_lock(&log->lock);
    struct log_output never_used = log->next;
    log->next = *output;
    log->turn_after = log->filling_length;
    log->turning = true;
    (void)pthread_mutex_unlock(&log->lock);
    (void)pthread_cond_signal(&log->has_lines);
    log_output_close(&never_used);
    *output = LOG_OUTPUT_NONE;
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
