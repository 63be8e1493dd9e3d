/* SPDX-License-Identifier: MIT */
/* What others see of a worker. Link with -Wl,--wrap=clock_gettime: the clock stands where a test puts it. */
#include "tests/unit/threadpool/one_worker.h"

#include <criterion/criterion.h>
#include <semaphore.h>
#include <string.h>
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
    cr_assert_str_eq(worker_activity_name(WORKER_LEADING), "leading");
    cr_assert_str_eq(worker_activity_name(WORKER_IN_FILE), "in a file");
    cr_assert_str_eq(worker_activity_name(WORKER_IN_FOLDER), "in a folder");
    cr_assert_str_eq(worker_activity_name(WORKER_COMPRESSING), "compressing");
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
    worker_read_report(worker, &report);
    cr_assert_eq(report.index, 7);
    cr_assert_eq(report.activity, WORKER_SENDING);
    cr_assert_eq(report.since_ns, 5000999999 / 16 * 16);
    cr_assert_eq(report.served, 1);
    cr_assert(worker_is_running(worker));

    (void)sem_post(&may_go_on);
    work_queue_close(&queue);
    worker_join(worker);
    worker_read_report(worker, &report);
    cr_assert_eq(report.activity, WORKER_IDLE);
    cr_assert_eq(report.since_ns, 6000000000);
    cr_assert_eq(report.served, 2);
    cr_assert_not(worker_is_running(worker));
    close_worker();
}

/* ---- What may take long -------------------------------------------------------------------------------- */

static struct worker_report seen[3];

static void set_clock_ms(int64_t ms) {
    atomic_store(&clock_ns, ms * 1000000);
}

static void go_into_a_file(struct worker *self) {
    static const char path[] = "/a/file and more";
    set_clock_ms(1100);
    worker_enter(self, WORKER_RESOLVING);
    set_clock_ms(1200);
    worker_enter_long(self, WORKER_IN_FILE, path, strlen("/a/file"));
    set_clock_ms(1230);
    worker_read_report(self, &seen[0]);
    worker_enter_long(self, WORKER_COMPRESSING, "/another", strlen("/another"));
    set_clock_ms(1270);
    worker_read_report(self, &seen[1]);
    worker_enter(self, WORKER_SENDING);
    set_clock_ms(1300);
    worker_read_report(self, &seen[2]);
}

Test(worker_report, tells_what_it_works_on_and_times_what_may_take_long) {
    open_worker(4);
    set_clock_ms(1000);
    submit(go_into_a_file);
    start_and_join();
    cr_expect_eq(seen[0].activity, WORKER_IN_FILE);
    cr_expect_eq(seen[0].since_ns, 1200000000);
    cr_expect_eq(seen[0].started_ns, 1000000000);
    cr_expect_gt(seen[0].thread_id, 0);
    cr_expect_str_eq(seen[0].subject, "/a/file");
    cr_expect_eq(seen[0].spent_ns[WORKER_IN_FILE], 30000000, "up to now");
    cr_expect_eq(seen[0].spent_ns[WORKER_IDLE], 0, "it found its item at once");
    cr_expect_eq(seen[1].activity, WORKER_COMPRESSING);
    cr_expect_str_eq(seen[1].subject, "/a/file", "part of the same work");
    cr_expect_eq(seen[1].spent_ns[WORKER_IN_FILE], 30000000);
    cr_expect_eq(seen[1].spent_ns[WORKER_COMPRESSING], 40000000);
    cr_expect_eq(seen[2].activity, WORKER_SENDING);
    cr_expect_str_eq(seen[2].subject, "");
    cr_expect_eq(seen[2].spent_ns[WORKER_COMPRESSING], 40000000);
    cr_expect_eq(seen[2].spent_ns[WORKER_SENDING], 0, "not timed");
    close_worker();
}

static void go_into_a_file_of_a_long_name(struct worker *self) {
    char name[2 * WORKER_SUBJECT_BYTES];
    memset(name, 'x', sizeof name);
    worker_enter_long(self, WORKER_IN_FOLDER, name, sizeof name);
    worker_read_report(self, &seen[0]);
    worker_enter(self, WORKER_SENDING);
    worker_enter_long(self, WORKER_IN_FOLDER, "short", strlen("short"));
    worker_read_report(self, &seen[1]);
}

Test(worker_report, keeps_the_beginning_of_a_long_name) {
    serve_in_a_new_thread(go_into_a_file_of_a_long_name);
    cr_expect_eq(strlen(seen[0].subject), WORKER_SUBJECT_BYTES - 1);
    cr_expect_str_eq(seen[1].subject, "short");
}

static void go_into_a_file_for_a_request_without_a_target(struct worker *self) {
    worker_enter_long(self, WORKER_IN_FILE, "/a", strlen("/a"));
    worker_enter(self, WORKER_SENDING);
    worker_enter_long(self, WORKER_IN_FILE, NULL, 0);
    worker_read_report(self, &seen[0]);
}

/* As of one that has never been whole, and whose answer is a page of the owner's. */
Test(worker_report, may_have_no_subject) {
    serve_in_a_new_thread(go_into_a_file_for_a_request_without_a_target);
    cr_expect_eq(seen[0].activity, WORKER_IN_FILE);
    cr_expect_str_eq(seen[0].subject, "");
}

static void rest_and_go_on(struct worker *self) {
    set_clock_ms(2000);
    cr_expect_eq(atomic_load(&crowd.busy), 1);
    worker_rest(self, 2000000000);
    cr_expect_eq(atomic_load(&crowd.busy), 0);
    set_clock_ms(2500);
    worker_read_report(self, &seen[0]);
    worker_resume(self, 2600000000);
    worker_resume(self, 2700000000);
    cr_expect_eq(atomic_load(&crowd.busy), 1, "once");
    worker_begin_led(self, 2700000000, 2700000000);
    worker_end_led(self);
    worker_read_report(self, &seen[1]);
}

Test(worker_report, rests_while_it_leads_and_finds_nothing_to_do) {
    struct worker_counts counts = {.led = 0};
    serve_in_a_new_thread(rest_and_go_on);
    cr_expect_eq(seen[0].activity, WORKER_LEADING);
    cr_expect_eq(seen[0].spent_ns[WORKER_LEADING], 500000000);
    cr_expect_eq(seen[1].activity, WORKER_READING);
    cr_expect_eq(seen[1].spent_ns[WORKER_LEADING], 600000000);
    cr_expect_eq(seen[1].served, 1, "in lead(); the item is not served yet");
    cr_expect_eq(atomic_load(&crowd.busy), 0);
    cr_expect_eq(atomic_load(&crowd.busy_high_water), 1);
    open_worker(1);
    worker_begin_led(worker, 1000, 2000);
    worker_end_led(worker);
    worker_add_counts(worker, &counts);
    cr_expect_eq(counts.led, 1);
    worker_reset_counts(worker);
    worker_add_counts(worker, &counts);
    cr_expect_eq(counts.led, 1);
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
