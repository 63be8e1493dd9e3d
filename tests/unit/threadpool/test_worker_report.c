/* SPDX-License-Identifier: MIT */
/* What others see of a worker. Link with -Wl,--wrap=clock_gettime: the clock stands where a test puts it. */
#include "tests/unit/threadpool/one_worker.h"

#include <criterion/criterion.h>
#include <semaphore.h>
#include <time.h>

TestSuite(worker_report, .timeout = 20);

static _Atomic(int64_t) clock_ns; /* 0: the real time */

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    int64_t ns = atomic_load(&clock_ns);
    if (ns == 0) {
        return __real_clock_gettime(clock, now);
    }
    *now = (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    return 0;
}

Test(worker_report, has_a_name_for_every_activity) {
    cr_assert_str_eq(worker_activity_name(WORKER_IDLE), "idle");
    cr_assert_str_eq(worker_activity_name(WORKER_READING), "reading");
    cr_assert_str_eq(worker_activity_name(WORKER_RESOLVING), "resolving");
    cr_assert_str_eq(worker_activity_name(WORKER_SENDING), "sending");
    cr_assert_str_eq(worker_activity_name(WORKER_ACTIVITY_COUNT), "unknown");
    cr_assert_str_eq(worker_activity_name((enum worker_activity) - 1), "unknown");
}

static sem_t is_sending;
static sem_t may_go_on;

static void send_until_told(struct worker *self) {
    atomic_store(&clock_ns, 5000999999);
    worker_enter(self, WORKER_SENDING);
    atomic_store(&clock_ns, 6000000000);
    (void)sem_post(&is_sending);
    (void)sem_wait(&may_go_on);
}

Test(worker_report, reports_what_it_does_and_since_when) {
    struct worker_report report;
    open_worker(4);
    (void)sem_init(&is_sending, 0, 0);
    (void)sem_init(&may_go_on, 0, 0);
    atomic_store(&clock_ns, 1000000);
    submit(do_nothing);
    submit(send_until_told);
    cr_assert_eq(worker_start(worker), 0);
    (void)sem_wait(&is_sending);
    report = worker_report(worker);
    cr_assert_eq(report.index, 7);
    cr_assert_eq(report.activity, WORKER_SENDING);
    cr_assert_eq(report.since_ms, 5000);
    cr_assert_eq(report.served, 1);
    cr_assert(worker_is_running(worker));

    (void)sem_post(&may_go_on);
    work_queue_close(&queue);
    worker_join(worker);
    report = worker_report(worker);
    cr_assert_eq(report.activity, WORKER_IDLE);
    cr_assert_eq(report.since_ms, 6000);
    cr_assert_eq(report.served, 2);
    cr_assert_not(worker_is_running(worker));
    close_worker();
}

Test(worker_report, notes_the_time_that_an_item_waited) {
    enum { WAIT_NS = 1023999 };
    struct worker_counts counts = {.served = 0};
    open_worker(4);
    atomic_store(&clock_ns, 1);
    submit(do_nothing);
    atomic_store(&clock_ns, 1 + WAIT_NS);
    start_and_join();
    worker_add_counts(worker, &counts);
    cr_assert_eq(counts.waits.counts[histogram_bucket_of(WAIT_NS)], 1);
    cr_assert_eq(histogram_reading_count(&counts.waits), 1);
    cr_assert_eq(counts.waits.sum_ns, WAIT_NS);
    close_worker();
}

Test(worker_report, goes_on_counting_in_its_next_thread_until_reset) {
    struct worker_counts counts = {.served = 100};
    struct worker_counts none = {.served = 0};
    open_worker(4);
    submit(do_nothing);
    start_and_join();
    reopen_queue();
    submit(do_nothing);
    start_and_join();
    worker_add_counts(worker, &counts);
    cr_assert_eq(counts.served, 102);
    worker_reset_counts(worker);
    worker_add_counts(worker, &none);
    cr_assert_eq(none.served, 0);
    cr_assert_eq(histogram_reading_count(&none.waits), 0);
    close_worker();
}
