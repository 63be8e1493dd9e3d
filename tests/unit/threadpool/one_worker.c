/* SPDX-License-Identifier: MIT */
#include "tests/unit/threadpool/one_worker.h"

#include <criterion/criterion.h>

struct work_queue queue;
struct worker_crowd crowd;
struct worker *worker;
size_t deinit_count;

static void serve(void *context, struct worker *self, void *item) {
    (void)context;
    ((struct task *)item)->call(self);
}

static void local_deinit(void *context, void *local) {
    (void)context;
    (void)local;
    deinit_count++;
}

struct threadpool_options options = {.local_bytes = 100, .serve = serve, .local_deinit = local_deinit};

void open_worker(size_t capacity) {
    cr_assert_eq(work_queue_init(&queue, capacity), 0);
    cr_assert_eq(worker_create(&worker, 7, &queue, &crowd, &options), 0);
}

void close_worker(void) {
    work_queue_deinit(&queue);
    worker_destroy(worker);
}

void submit(void (*call)(struct worker *self)) {
    static struct task tasks[16];
    static size_t count;
    void *item = &tasks[count];
    tasks[count++].call = call;
    cr_assert_eq(work_queue_try_push(&queue, &item, 1), 1);
}

void start_and_join(void) {
    cr_assert_eq(worker_start(worker), 0);
    work_queue_close(&queue);
    worker_join(worker);
}

void reopen_queue(void) {
    work_queue_deinit(&queue);
    cr_assert_eq(work_queue_init(&queue, 4), 0);
}

void serve_in_a_new_thread(void (*call)(struct worker *self)) {
    open_worker(4);
    submit(call);
    start_and_join();
    close_worker();
}

void do_nothing(struct worker *self) {
    (void)self;
}
