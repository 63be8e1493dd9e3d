/* SPDX-License-Identifier: MIT */
#include "server/reactor/stop/guard.h"
#include "tests/support/deadline.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <semaphore.h>
#include <signal.h>
#include <unistd.h>

enum { HOUR_MS = 3600 * 1000 };

static struct signals signals;
static struct wakeup main_thread;
static struct stop_guard guard;
static sem_t late;
static enum stop_stage late_stage;
static int late_status;

static void on_late(void *context, enum stop_stage stage, int status) {
    cr_assert_eq(context, &guard);
    late_stage = stage;
    late_status = status;
    (void)sem_post(&late);
}

static void start(int64_t shutdown_timeout_ms) {
    struct stop_guard_options options = {.signals = &signals,
                                         .main_thread = &main_thread,
                                         .shutdown_timeout_ms = shutdown_timeout_ms,
                                         .on_late = on_late,
                                         .context = &guard};
    (void)sem_init(&late, 0, 0);
    cr_assert_eq(signals_open(&signals), 0);
    cr_assert_eq(wakeup_open(&main_thread), 0);
    cr_assert_eq(stop_guard_open(&guard, &options), 0);
    cr_assert_eq(stop_guard_start(&guard), 0);
    stop_guard_advance(&guard, STOP_RUNNING, 0);
}

static void end(void) {
    stop_guard_close(&guard);
    stop_guard_close(&guard);
    wakeup_close(&main_thread);
    signals_close(&signals);
}

static void expect_late(enum stop_stage stage, int status) {
    cr_assert(deadline_take(&late, deadline_in(PATIENCE_MS)), "nobody is late");
    cr_expect_eq(late_stage, stage);
    cr_expect_eq(late_status, status);
}

static void await_main_thread(void) {
    cr_assert(deadline_wait(main_thread.fd, POLLIN, deadline_in(PATIENCE_MS)),
              "the main thread is not woken");
    wakeup_take(&main_thread);
}

TestSuite(stop_guard, .timeout = 60);

Test(stop_guard, takes_signals_for_the_main_thread_and_wakes_it) {
    start(HOUR_MS);
    cr_assert_eq(kill(getpid(), SIGHUP), 0);
    await_main_thread();
    cr_expect(signals.reload);
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    await_main_thread();
    cr_expect_eq(signals.stop_count, 1);
    end();
    cr_expect_eq(sem_trywait(&late), -1, "who has an hour is not late");
}

Test(stop_guard, keeps_the_time_from_the_first_signal) {
    start(0);
    int64_t begin_ms = clock_now_ms();
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    expect_late(STOP_RUNNING, 0);
    cr_expect_geq(clock_now_ms() - begin_ms, STOP_LOOP_MS);
    end();
}

Test(stop_guard, gives_no_time_after_a_second_signal) {
    start(HOUR_MS);
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    await_main_thread();
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    expect_late(STOP_RUNNING, 0);
    end();
}

Test(stop_guard, heeds_signals_that_the_main_thread_has_taken) {
    start(0);
    signals.stop_count = 1;
    stop_guard_notice(&guard);
    expect_late(STOP_RUNNING, 0);
    end();
}

Test(stop_guard, goes_by_the_time_that_was_set_last) {
    start(HOUR_MS);
    stop_guard_set_timeout(&guard, 0);
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    expect_late(STOP_RUNNING, 0);
    end();
}

/* The time of the loop is over, but not that of the end; and without any signal that has its own. */
Test(stop_guard, gives_each_stage_its_time) {
    start(0);
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
    await_main_thread();
    int64_t begin_ms = clock_now_ms();
    stop_guard_advance(&guard, STOP_ENDING, 1);
    stop_guard_advance(&guard, STOP_FREEING, 1);
    expect_late(STOP_FREEING, 1);
    cr_expect_geq(clock_now_ms() - begin_ms, STOP_FREEING_MS);
    end();
}

Test(stop_guard, leaves_nothing_open) {
    int before = count_descriptors();
    start(HOUR_MS);
    end();
    cr_expect_eq(count_descriptors(), before);
}
