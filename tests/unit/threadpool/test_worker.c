/* SPDX-License-Identifier: MIT */
/* Link with -Wl,--wrap=aligned_alloc,--wrap=calloc,--wrap=pthread_create: memory and threads run out on
 * demand. */
#include "tests/unit/threadpool/one_worker.h"

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

static bool aligned_alloc_fails;
static bool calloc_fails;
static bool pthread_create_fails;

void *__real_aligned_alloc(size_t alignment, size_t bytes);
void *__wrap_aligned_alloc(size_t alignment, size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
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

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *argument) {
    return pthread_create_fails ? EAGAIN : __real_pthread_create(thread, attributes, run, argument);
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
    open_worker(4);
    submit(look_around);
    pthread_create_fails = true;
    cr_assert_eq(worker_start(worker), -EAGAIN);
    cr_assert_null(worker_local(worker), "its memory is given back");
    cr_assert_not(worker_is_running(worker));
    pthread_create_fails = false;
    start_and_join();
    cr_assert_str_eq(name_seen, "worker-7");
    close_worker();
}

Test(worker, reports_that_memory_ran_out) {
    struct worker *untouched = NULL;
    open_worker(4);
    aligned_alloc_fails = true;
    cr_assert_eq(worker_create(&untouched, 0, &queue, &crowd, &options), -ENOMEM);
    cr_assert_null(untouched);
    calloc_fails = true;
    cr_assert_eq(worker_start(worker), -ENOMEM);
    close_worker();
}

/* ---- Its local memory ---------------------------------------------------------------------------------- */

static const unsigned char zeros[100];
static bool local_was_zeroed;

static void dirty_the_local_memory(struct worker *self) {
    local_was_zeroed = memcmp(worker_local(self), zeros, sizeof zeros) == 0;
    memset(worker_local(self), 0xff, sizeof zeros);
}

Test(worker, zeroes_its_memory_and_deinits_it_once_for_each_thread) {
    open_worker(4);
    for (size_t threads = 1; threads <= 3; threads++) {
        local_was_zeroed = false;
        submit(dirty_the_local_memory);
        start_and_join();
        cr_assert(local_was_zeroed);
        cr_assert_eq(deinit_count, threads);
        reopen_queue();
    }
    close_worker();
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

/* ---- Room ---------------------------------------------------------------------------------------------- */

static size_t room_count;
static size_t room_count_at_serve;

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
    open_worker(1);
    cr_assert_eq(work_queue_try_push(&queue, items, 2), 1);
    cr_assert_eq(worker_start(worker), 0);
    (void)sem_wait(&was_served);
    work_queue_close(&queue);
    worker_join(worker);
    close_worker();
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
