/* SPDX-License-Identifier: MIT */
#include "server/reactor/stop/guard.h"

#include "http/base/clock.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>

int stop_guard_open(struct stop_guard *guard, const struct stop_guard_options *options) {
    *guard = (struct stop_guard){.options = *options, .wakeup = {.fd = -1}};
    (void)pthread_mutex_init(&guard->lock, NULL); /* cannot fail without attributes */
    return wakeup_open(&guard->wakeup);
}

/* --- in the guard's thread, with the lock ----------------------------------------------------------------- */

static void set_late(struct stop_guard *guard, int64_t late_ms) {
    bool is_sooner = guard->late_ms == 0 || late_ms < guard->late_ms;
    guard->late_ms = is_sooner ? late_ms : guard->late_ms;
}

/* The first signal gives the time that the settings do, a second one none. */
static void heed_signals(struct stop_guard *guard) {
    if (guard->stage == STOP_FREEING) {
        return;
    }
    if (signals_take(guard->options.signals)) {
        wakeup_send(guard->options.main_thread);
    }
    unsigned count = atomic_load(&guard->options.signals->stop_count);
    int64_t now_ms = clock_steady_coarse_ms();
    if (guard->stage < STOP_ENDING && count > 0 && guard->heeded == 0) {
        set_late(guard, now_ms + guard->options.shutdown_timeout_ms + STOP_LOOP_MS);
    }
    if (guard->stage < STOP_ENDING && count > 1 && guard->heeded < 2) {
        set_late(guard, now_ms + STOP_LOOP_MS);
    }
    guard->heeded = count < 2 ? count : 2;
}

/* Whether it is late without a doubt. */
static bool is_late(struct stop_guard *guard) {
    int64_t now_ms = clock_steady_coarse_ms();
    if (guard->late_ms == 0 || now_ms < guard->late_ms) {
        return false;
    }
    bool was_in_doubt = guard->is_in_doubt;
    guard->is_in_doubt = true;
    guard->late_ms = was_in_doubt ? guard->late_ms : now_ms + STOP_DOUBT_MS;
    return was_in_doubt;
}

static int time_left_ms(const struct stop_guard *guard) {
    int64_t left_ms = guard->late_ms - clock_steady_coarse_ms();
    left_ms = left_ms > 0 ? left_ms : 0;
    return guard->late_ms == 0 ? -1 : left_ms < INT_MAX ? (int)left_ms : INT_MAX;
}

/* Without the lock, but for the look at what to wait for. */
static void wait_for_something(struct stop_guard *guard) {
    bool has_signals = guard->stage != STOP_FREEING;
    struct pollfd fds[2] = {{.fd = guard->wakeup.fd, .events = POLLIN},
                            {.fd = has_signals ? guard->options.signals->fd : -1, .events = POLLIN}};
    int left_ms = time_left_ms(guard);
    (void)pthread_mutex_unlock(&guard->lock);
    (void)poll(fds, 2, left_ms);
    wakeup_take(&guard->wakeup);
    (void)pthread_mutex_lock(&guard->lock);
}

static void *run(void *argument) {
    struct stop_guard *guard = argument;
    (void)pthread_setname_np(pthread_self(), "stop-guard"); /* the sandbox lets nobody else do so */
    (void)pthread_mutex_lock(&guard->lock);
    while (!guard->is_over) {
        heed_signals(guard);
        if (is_late(guard)) {
            guard->options.on_late(guard->options.context, guard->stage, guard->status);
            break;
        }
        wait_for_something(guard);
    }
    (void)pthread_mutex_unlock(&guard->lock);
    return NULL;
}

/* --- the main thread's ------------------------------------------------------------------------------------ */

int stop_guard_start(struct stop_guard *guard) {
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&guard->thread, NULL, run, guard);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    guard->has_thread = error == 0;
    return -error;
}

void stop_guard_set_timeout(struct stop_guard *guard, int64_t shutdown_timeout_ms) {
    (void)pthread_mutex_lock(&guard->lock);
    guard->options.shutdown_timeout_ms = shutdown_timeout_ms;
    (void)pthread_mutex_unlock(&guard->lock);
}

void stop_guard_notice(const struct stop_guard *guard) {
    wakeup_send(&guard->wakeup);
}

void stop_guard_advance(struct stop_guard *guard, enum stop_stage stage, int status) {
    static const int64_t times_ms[] = {[STOP_ENDING] = STOP_ENDING_MS, [STOP_FREEING] = STOP_FREEING_MS};
    int64_t now_ms = clock_steady_coarse_ms();
    (void)pthread_mutex_lock(&guard->lock);
    guard->stage = stage;
    guard->status = status;
    guard->heeded = 0; /* for the time that they give in this stage */
    guard->late_ms = stage >= STOP_ENDING ? now_ms + times_ms[stage] : 0;
    guard->is_in_doubt = false;
    (void)pthread_mutex_unlock(&guard->lock);
    stop_guard_notice(guard);
}

void stop_guard_close(struct stop_guard *guard) {
    if (guard->wakeup.fd == -1) {
        return;
    }
    (void)pthread_mutex_lock(&guard->lock);
    guard->is_over = true;
    (void)pthread_mutex_unlock(&guard->lock);
    stop_guard_notice(guard);
    if (guard->has_thread) {
        (void)pthread_join(guard->thread, NULL);
        guard->has_thread = false;
    }
    wakeup_close(&guard->wakeup);
    (void)pthread_mutex_destroy(&guard->lock);
}
