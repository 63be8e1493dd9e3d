/* SPDX-License-Identifier: MIT */
#include "server/log/writer.h"

#include "http/base/clock.h"
#include "http/base/steady_condition.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    /* takes the lines of some 50 ms at full speed, should the thread be kept waiting */
    BUFFER_BYTES = 512 * 1024,

    WRITE_BYTES = 128 * 1024, /* enough for a write: then no line waits any longer */
    GATHER_MS = 20            /* how long a line may wait for others to be written with it */
};

struct log_writer {
    struct log_output output; /* the thread's own once it runs */
    char *destination;
    atomic_size_t holds;
    pthread_t thread;
    bool has_thread; /* apart from what it looks at: set when it runs already */
    struct log_watch watch;

    pthread_mutex_t lock; /* guards all below; next to it what is touched with every line */
    size_t filling_length;
    char *filling; /* workers append here */
    bool waiting;  /* the thread waits for the first line */
    bool reopening;
    bool closing;
    bool ended;
    bool abandoned;           /* nobody holds it any more: the thread has to free it */
    pthread_cond_t has_lines; /* filling_length > 0, or enough for a write, or one of the two */
    pthread_cond_t is_ended;  /* ended */
    char *writing;            /* the thread's own while it writes */
    uint64_t dropped;
    uint64_t dropped_told; /* of these, how many the log tells of */
    int error;             /* why the last ones were */
    bool is_losing;        /* none was written since */
};

static void destroy(struct log_writer *log) {
    log_output_close(&log->output);
    (void)pthread_mutex_destroy(&log->lock);
    (void)pthread_cond_destroy(&log->has_lines);
    (void)pthread_cond_destroy(&log->is_ended);
    free(log->destination);
    free(log->filling);
    free(log->writing);
    free(log);
}

/* For `error` see log_writer_loss. */
static bool tell_dropped(struct log_writer *log, uint64_t count, int error) {
    char line[256];
    char reason[LOG_WRITER_REASON_BYTES];
    int length = snprintf(line, sizeof line, "lido: %" PRIu64 " log lines were dropped: %s\n", count,
                          log_writer_loss_reason(error, true, reason));
    return log_output_write(&log->output, line, (size_t)length) == 0;
}

static struct timespec after_ms(int64_t ms) {
    return clock_time_of(clock_steady_ns() + ms * CLOCK_NS_PER_MS);
}

static bool is_called(const struct log_writer *log) {
    return log->reopening || log->closing;
}

/* Wait for a line, and then a moment for more, so that a busy server writes many at once. */
static void wait_for_lines(struct log_writer *log) {
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

/* With the lock: let the other buffer fill. Returns how much there is to write. */
static size_t swap_buffers(struct log_writer *log) {
    char *full = log->filling;
    size_t length = log->filling_length;
    log->filling = log->writing;
    log->filling_length = 0;
    log->writing = full;
    return length;
}

static void *run(void *argument) {
    struct log_writer *log = argument;
    (void)pthread_setname_np(pthread_self(), "log"); /* the sandbox lets nobody else do so */
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
        if (log->filling_length == 0) {
            break;
        }
        size_t length = swap_buffers(log);
        uint64_t untold = log->dropped - log->dropped_told;
        int error = log->error;
        (void)pthread_mutex_unlock(&log->lock);
        uint64_t lost = log_output_write(&log->output, log->writing, length); /* write(2) may block */
        uint64_t told = untold > 0 && tell_dropped(log, untold, error) ? untold : 0;
        (void)pthread_mutex_lock(&log->lock);
        log->dropped += lost;
        log->error = lost > 0 ? log->output.error : log->error;
        log->is_losing = lost > 0;
        log->dropped_told += told;
    }
    uint64_t untold_at_end = log->dropped - log->dropped_told;
    int error_at_end = log->error;
    (void)pthread_mutex_unlock(&log->lock);
    bool is_told = untold_at_end > 0 && tell_dropped(log, untold_at_end, error_at_end);
    log_output_close(&log->output); /* here, as close(2) may block, too */
    (void)pthread_mutex_lock(&log->lock);
    log->dropped_told += is_told ? untold_at_end : 0;
    log->ended = true;
    bool is_abandoned = log->abandoned;
    (void)pthread_cond_broadcast(&log->is_ended);
    (void)pthread_mutex_unlock(&log->lock);
    if (is_abandoned) {
        destroy(log);
    }
    return NULL;
}

static int init_locks(struct log_writer *log) {
    int result = steady_condition_init(&log->is_ended);
    if (result != 0) {
        return result;
    }
    result = steady_condition_init_with_lock(&log->has_lines, &log->lock);
    if (result != 0) {
        (void)pthread_cond_destroy(&log->is_ended);
    }
    return result;
}

static int start_thread(struct log_writer *log) {
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&log->thread, NULL, run, log);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0) {
        log->has_thread = true;
    }
    return -error;
}

/* Returns 0 or a negative errno. */
static int set_up(struct log_writer *log, const char *destination, struct log_output_form form) {
    log->filling = malloc(BUFFER_BYTES);
    log->writing = malloc(BUFFER_BYTES);
    log->destination = strdup(destination);
    bool is_whole = log->filling != NULL && log->writing != NULL && log->destination != NULL;
    int result = is_whole ? log_output_open(&log->output, destination, form) : -ENOMEM;
    return result == 0 && !form.starts_late ? start_thread(log) : result;
}

int log_writer_open(struct log_writer **out, const char *destination, struct log_output_form form) {
    struct log_writer *log = calloc(1, sizeof *log);
    int result = log != NULL ? init_locks(log) : -ENOMEM;
    if (result != 0) {
        free(log);
        return result;
    }
    log->output = LOG_OUTPUT_NONE;
    atomic_init(&log->holds, 1);
    result = set_up(log, destination, form);
    if (result != 0) {
        destroy(log);
        return result;
    }
    *out = log;
    return 0;
}

struct log_writer *log_writer_hold(struct log_writer *log) {
    (void)atomic_fetch_add(&log->holds, 1);
    return log;
}

const char *log_writer_destination(const struct log_writer *log) {
    return log->destination;
}

struct log_watch *log_writer_watch(struct log_writer *log) {
    return &log->watch;
}

void log_writer_write(struct log_writer *log, const char *line, size_t length) {
    (void)pthread_mutex_lock(&log->lock);
    size_t before = log->filling_length;
    bool wake = false;
    bool is_taken = log->has_thread || (!log->ended && start_thread(log) == 0);
    if (!is_taken || length > BUFFER_BYTES - before) {
        log->dropped++;
        log->error = 0;
        log->is_losing = true;
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

void log_writer_reopen(struct log_writer *log) {
    (void)pthread_mutex_lock(&log->lock);
    log->reopening = true;
    (void)pthread_mutex_unlock(&log->lock);
    (void)pthread_cond_signal(&log->has_lines);
}

struct log_writer_loss log_writer_loss(struct log_writer *log) {
    (void)pthread_mutex_lock(&log->lock);
    struct log_writer_loss loss = {.count = log->dropped, .error = log->error, .goes_on = log->is_losing};
    (void)pthread_mutex_unlock(&log->lock);
    return loss;
}

const char *log_writer_loss_reason(int error, bool is_over, char reason[LOG_WRITER_REASON_BYTES]) {
    errno = error;
    (void)snprintf(reason, LOG_WRITER_REASON_BYTES,
                   error != 0 ? "%m"
                   : is_over  ? "its output was too slow"
                              : "its output is too slow");
    return reason;
}

bool log_writer_finish(struct log_writer *log) {
    (void)pthread_mutex_lock(&log->lock);
    log->ended = log->ended || !log->has_thread;
    bool has_ended = log->ended;
    log->closing = true;
    (void)pthread_cond_signal(&log->has_lines);
    (void)pthread_mutex_unlock(&log->lock);
    return has_ended;
}

bool log_writer_end(struct log_writer *log, int64_t until_ns) {
    struct timespec until = clock_time_of(until_ns);
    (void)pthread_mutex_lock(&log->lock);
    log->closing = true;
    log->ended = log->ended || !log->has_thread;
    (void)pthread_cond_signal(&log->has_lines);
    int error = 0;
    while (!log->ended && error == 0) {
        error = pthread_cond_timedwait(&log->is_ended, &log->lock, &until);
    }
    bool ended = log->ended;
    (void)pthread_mutex_unlock(&log->lock);
    return ended;
}

void log_writer_release(struct log_writer *log) {
    if (log == NULL || atomic_fetch_sub(&log->holds, 1) > 1) {
        return;
    }
    (void)pthread_mutex_lock(&log->lock);
    log->closing = true;
    bool had_thread = log->has_thread;
    bool is_for_thread = had_thread || (log->output.path != NULL && start_thread(log) == 0); /* to close it */
    bool has_ended = had_thread ? log->ended : !is_for_thread;
    bool has_thread = log->has_thread;
    pthread_t thread = log->thread;
    log->abandoned = !has_ended;
    (void)pthread_cond_signal(&log->has_lines);
    if (!has_ended) {
        (void)pthread_detach(thread);
    }
    (void)pthread_mutex_unlock(&log->lock); /* from here on the thread may free it */
    if (has_ended && has_thread) {
        (void)pthread_join(thread, NULL);
    }
    if (has_ended) {
        destroy(log);
    }
}
