/* SPDX-License-Identifier: MIT */
/*
 * Link with -Wl,--wrap=aligned_alloc,--wrap=calloc,--wrap=clock_gettime,--wrap=pthread_create: memory and
 * threads run out on demand, and the clock stands where a test puts it.
 */
#include "threadpool/worker.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>

TestSuite(worker, .timeout = 20);

/* ---- What the linker wraps ----------------------------------------------------------------------------- */

static bool aligned_alloc_fails, calloc_fails, pthread_create_fails;
static _Atomic(int64_t) clock_ns; /* 0: the real time */

void *__real_aligned_alloc(size_t alignment, size_t bytes);
void *__wrap_aligned_alloc(size_t alignment, size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument);

void *__wrap_aligned_alloc(size_t alignment, size_t bytes) {
    return aligned_alloc_fails ? NULL : __real_aligned_alloc(alignment, bytes);
}

void *__wrap_calloc(size_t count, size_t bytes) {
    return calloc_fails ? NULL : __real_calloc(count, bytes);
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    int64_t ns = atomic_load(&clock_ns);

    if (ns == 0) {
        return __real_clock_gettime(clock, now);
    }
    *now = (struct timespec){.tv_sec = ns / 1000000000, .tv_nsec = ns % 1000000000};
    return 0;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument) {
    return pthread_create_fails ? EAGAIN : __real_pthread_create(thread, attributes, run, argument);
}

/* ---- One worker, whose items are functions to call ----------------------------------------------------- */

struct task {
    void (*call)(struct worker *worker);
};

static struct work_queue queue;
static struct worker *worker;
static size_t deinit_count;

static void serve(void *context, struct worker *self, void *item) {
    (void)context;
    ((struct task *)item)->call(self);
}

static void local_deinit(void *context, void *local) {
    (void)context;
    (void)local;
    deinit_count++;
}

static struct threadpool_options options = {.local_bytes = 100, .serve = serve, .local_deinit = local_deinit};

static void init(size_t capacity) {
    cr_assert_eq(work_queue_init(&queue, capacity), 0);
    cr_assert_eq(worker_create(&worker, 7, &queue, &options), 0);
}

static void deinit(void) {
    work_queue_deinit(&queue);
    worker_destroy(worker);
}

static void submit(void (*call)(struct worker *self)) {
    static struct task tasks[16];
    static size_t count;
    void *item = &tasks[count];

    tasks[count++].call = call;
    cr_assert_eq(work_queue_try_push(&queue, &item, 1), 1);
}

/* Everything submitted has been served, and the thread is gone, afterwards. */
static void start_and_join(void) {
    cr_assert_eq(worker_start(worker), 0);
    work_queue_close(&queue);
    worker_join(worker);
}

/* A closed queue stays closed: the worker gets another in its place. */
static void reopen_queue(void) {
    work_queue_deinit(&queue);
    cr_assert_eq(work_queue_init(&queue, 4), 0);
}

static void serve_in_a_new_thread(void (*call)(struct worker *self)) {
    init(4);
    submit(call);
    start_and_join();
    deinit();
}

static void do_nothing(struct worker *self) {
    (void)self;
}

/* ---- The thread ---------------------------------------------------------------------------------------- */

static char name_seen[16];
static sigset_t signals_seen;
static size_t stack_bytes_seen;

static void look_around(struct worker *self) {
    pthread_attr_t attributes;

    (void)self;
    (void)prctl(PR_GET_NAME, name_seen);
    (void)pthread_sigmask(SIG_SETMASK, NULL, &signals_seen);
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        (void)pthread_attr_getstacksize(&attributes, &stack_bytes_seen);
        (void)pthread_attr_destroy(&attributes);
    }
}

Test(worker, names_its_thread) {
    serve_in_a_new_thread(look_around);
    cr_assert_str_eq(name_seen, "worker-7");
}

Test(worker, has_room_on_its_stack) {
    serve_in_a_new_thread(look_around);
    cr_assert_geq(stack_bytes_seen, (size_t)256 * 1024);
}

Test(worker, lets_no_signal_in_but_those_of_a_fault) {
    static const struct {
        const char *name;
        int signal, is_blocked;
    } rows[] = {
        {"SIGTERM", SIGTERM, 1}, {"SIGINT", SIGINT, 1},   {"SIGHUP", SIGHUP, 1},   {"SIGPIPE", SIGPIPE, 1},
        {"SIGCHLD", SIGCHLD, 1}, {"SIGALRM", SIGALRM, 1}, {"SIGUSR1", SIGUSR1, 1}, {"SIGSEGV", SIGSEGV, 0},
        {"SIGBUS", SIGBUS, 0},   {"SIGFPE", SIGFPE, 0},   {"SIGILL", SIGILL, 0},
    };

    serve_in_a_new_thread(look_around);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert_eq(sigismember(&signals_seen, rows[i].signal), rows[i].is_blocked, "%s", rows[i].name);
    }
}

Test(worker, leaves_the_signals_of_its_starter_alone) {
    sigset_t mask;
    sigset_t mask_after;

    (void)sigemptyset(&mask);
    (void)sigaddset(&mask, SIGUSR2);
    (void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
    serve_in_a_new_thread(do_nothing);
    (void)pthread_sigmask(SIG_SETMASK, NULL, &mask_after);
    cr_assert_eq(sigismember(&mask_after, SIGUSR2), 1);
    cr_assert_eq(sigismember(&mask_after, SIGTERM), 0);
}

Test(worker, reports_that_no_thread_can_be_had_and_starts_when_one_can) {
    init(4);
    submit(look_around);
    pthread_create_fails = true;
    cr_assert_eq(worker_start(worker), -EAGAIN);
    cr_assert_null(worker_local(worker), "its memory is given back");
    cr_assert_not(worker_is_running(worker));
    pthread_create_fails = false;
    start_and_join();
    cr_assert_str_eq(name_seen, "worker-7");
    deinit();
}

Test(worker, reports_that_memory_ran_out) {
    struct worker *untouched = NULL;

    init(4);
    aligned_alloc_fails = true;
    cr_assert_eq(worker_create(&untouched, 0, &queue, &options), -ENOMEM);
    cr_assert_null(untouched);
    calloc_fails = true;
    cr_assert_eq(worker_start(worker), -ENOMEM);
    deinit();
}

/* ---- Its local memory ---------------------------------------------------------------------------------- */

static const unsigned char zeros[100];
static bool local_was_zeroed;

static void dirty_the_local_memory(struct worker *self) {
    local_was_zeroed = memcmp(worker_local(self), zeros, sizeof zeros) == 0;
    memset(worker_local(self), 0xff, sizeof zeros);
}

Test(worker, zeroes_its_memory_and_deinits_it_once_for_each_thread) {
    init(4);
    for (size_t threads = 1; threads <= 3; threads++) {
        local_was_zeroed = false;
        submit(dirty_the_local_memory);
        start_and_join();
        cr_assert(local_was_zeroed);
        cr_assert_eq(deinit_count, threads);
        reopen_queue();
    }
    deinit();
}

static void *local_seen = &queue;

static void look_for_memory(struct worker *self) {
    local_seen = worker_local(self);
}

Test(worker, has_no_memory_and_deinits_none_where_none_is_asked_for) {
    options.local_bytes = 0;
    serve_in_a_new_thread(look_for_memory);
    cr_assert_null(local_seen);
    cr_assert_eq(deinit_count, 0);
}

/* ---- What others see of it ----------------------------------------------------------------------------- */

Test(worker, has_a_name_for_every_activity) {
    cr_assert_str_eq(worker_activity_name(WORKER_IDLE), "idle");
    cr_assert_str_eq(worker_activity_name(WORKER_READING), "reading");
    cr_assert_str_eq(worker_activity_name(WORKER_RESOLVING), "resolving");
    cr_assert_str_eq(worker_activity_name(WORKER_SENDING), "sending");
    cr_assert_str_eq(worker_activity_name(WORKER_ACTIVITY_COUNT), "unknown");
    cr_assert_str_eq(worker_activity_name((enum worker_activity) - 1), "unknown");
}

static sem_t is_sending, may_go_on;

static void send_until_told(struct worker *self) {
    atomic_store(&clock_ns, 5000999999);
    worker_enter(self, WORKER_SENDING);
    atomic_store(&clock_ns, 6000000000);
    (void)sem_post(&is_sending);
    (void)sem_wait(&may_go_on);
}

Test(worker, reports_what_it_does_and_since_when) {
    struct worker_report report;

    init(4);
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
    deinit();
}

Test(worker, sorts_items_by_the_time_that_they_waited) {
    static const struct {
        const char *name;
        int64_t wait_ns;
        size_t bucket;
    } rows[] = {
        {"no time", 0, 0},
        {"just below 1 us", 999, 0},
        {"1 us", 1000, 1},
        {"just below 2 us", 1999, 1},
        {"2 us", 2000, 2},
        {"just below 1024 us", 1023999, 10},
        {"1024 us", 1024000, 11},
        {"just below 2^22 us", ((INT64_C(1) << 22) * 1000) - 1, 22},
        {"2^22 us", (INT64_C(1) << 22) * 1000, 23},
        {"2^23 us", (INT64_C(1) << 23) * 1000, 23},
        {"a year", INT64_C(365) * 86400 * 1000000000, 23},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct worker_counts counts = {.served = 0};

        init(4);
        atomic_store(&clock_ns, 1);
        submit(do_nothing);
        atomic_store(&clock_ns, 1 + rows[i].wait_ns);
        start_and_join();
        worker_add_counts(worker, &counts);
        for (size_t bucket = 0; bucket < THREADPOOL_WAIT_BUCKETS; bucket++) {
            cr_assert_eq(counts.wait_histogram[bucket], bucket == rows[i].bucket, "%s: %zu", rows[i].name,
                         bucket);
        }
        deinit();
    }
}

Test(worker, goes_on_counting_in_its_next_thread_until_reset) {
    struct worker_counts counts = {.served = 100};
    struct worker_counts none = {.served = 0};

    init(4);
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
    for (size_t bucket = 0; bucket < THREADPOOL_WAIT_BUCKETS; bucket++) {
        cr_assert_eq(none.wait_histogram[bucket], 0);
    }
    deinit();
}

/* ---- Room ---------------------------------------------------------------------------------------------- */

static size_t room_count, room_count_at_serve;

static void note_room(void *context) {
    (void)context;
    room_count++;
}

static sem_t was_served;

static void note_serve_and_tell(struct worker *self) {
    (void)self;
    room_count_at_serve = room_count;
    (void)sem_post(&was_served);
}

/* One item more than there is room for, served before the queue is closed. */
static void serve_with_one_refused(void) {
    struct task task = {.call = note_serve_and_tell};
    void *items[] = {&task, &task};

    (void)sem_init(&was_served, 0, 0);
    init(1);
    cr_assert_eq(work_queue_try_push(&queue, items, 2), 1);
    cr_assert_eq(worker_start(worker), 0);
    (void)sem_wait(&was_served);
    work_queue_close(&queue);
    worker_join(worker);
    deinit();
}

Test(worker, tells_of_room_before_it_serves_the_item_that_made_it) {
    options.on_room = note_room;
    serve_with_one_refused();
    cr_assert_eq(room_count, 1);
    cr_assert_eq(room_count_at_serve, 1);
}

Test(worker, needs_nobody_to_tell_of_room) {
    options.on_room = NULL;
    serve_with_one_refused();
    cr_assert_eq(room_count, 0);
}
