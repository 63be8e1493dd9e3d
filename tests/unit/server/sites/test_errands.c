/* SPDX-License-Identifier: MIT */
#include "server/sites/errands.h"
#include "tests/support/deadline.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

enum { COUNT = 5, THREADS = 4, HELP_AFTER_MS = 1000, ASKING_MS = 10 };

struct step {
    struct errand errand;
    int number;
};

static struct errands *errands;
static sem_t hung;
static sem_t let_go;
static sem_t woken;
static atomic_int order[COUNT];
static atomic_int done;
static atomic_int discarded;
static atomic_bool has_threads;

int __real_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context);

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                          void *context) {
    return atomic_load(&has_threads) ? __real_pthread_create(thread, attributes, run, context) : EAGAIN;
}

static void note(struct errand *errand) {
    const struct step *step = (const struct step *)errand;
    cr_assert_neq(gettid(), getpid());
    atomic_store(&order[atomic_load(&done)], step->number);
    atomic_fetch_add(&done, 1);
}

static void hang(struct errand *errand) {
    (void)errand;
    (void)sem_post(&hung);
    (void)sem_wait(&let_go);
}

static void discard(struct errand *errand) {
    (void)errand;
    atomic_fetch_add(&discarded, 1);
}

static void wake(void *context) {
    (void)sem_post(context);
}

static void set_up(void) {
    (void)sem_init(&hung, 0, 0);
    (void)sem_init(&let_go, 0, 0);
    (void)sem_init(&woken, 0, 0);
    atomic_store(&has_threads, true);
    errands = errands_create();
    cr_assert_not_null(errands);
    errands_on_done(errands, wake, &woken);
}

static void tear_down(void) {
    errands_release(errands);
}

TestSuite(errands, .init = set_up, .fini = tear_down, .timeout = 60);

static void await(sem_t *semaphore) {
    cr_assert(deadline_take(semaphore, deadline_in(PATIENCE_MS)), "it does not come");
}

Test(errands, are_done_in_turn_and_each_is_told) {
    struct step steps[COUNT];
    for (int i = 0; i < COUNT; i++) {
        steps[i] = (struct step){.errand = {.run = note}, .number = i};
        cr_assert(errands_give(errands, &steps[i].errand));
    }
    for (int i = 0; i < COUNT; i++) {
        await(&woken);
    }
    for (int i = 0; i < COUNT; i++) {
        cr_expect_eq(atomic_load(&order[i]), i);
    }
    cr_expect_null(errands_take(errands, note), "none was to come back");
}

Test(errands, come_back_to_whoever_asks_for_that_kind) {
    struct step step = {.errand = {.run = note, .discard = discard}};
    cr_assert(errands_give(errands, &step.errand));
    await(&woken);
    cr_expect_null(errands_take(errands, hang));
    cr_expect_eq(errands_take(errands, note), &step.errand);
    cr_expect_null(errands_take(errands, note), "once");
}

/* What is to come back. Meanwhile it is seen to as by the main thread: another thread does what waits behind a hanging one. */
static struct errand *await_return(void (*run)(struct errand *errand)) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    struct errand *errand = NULL;
    while ((errand = errands_take(errands, run)) == NULL) {
        (void)errands_look(errands);
        bool is_told = deadline_take(&woken, deadline_in(ASKING_MS));
        cr_assert(is_told || clock_now_ms() < deadline, "it does not come back");
    }
    return errand;
}

Test(errands, behind_one_that_hangs_are_done_by_another_thread) {
    struct errand hanging[THREADS - 1];
    struct step behind = {.errand = {.run = note, .discard = discard}};
    for (size_t i = 0; i < THREADS - 1; i++) {
        hanging[i] = (struct errand){.run = hang, .discard = discard};
        cr_assert(errands_give(errands, &hanging[i]));
    }
    cr_assert(errands_give(errands, &behind.errand));
    cr_expect_eq(await_return(note), &behind.errand);
    cr_expect_null(errands_take(errands, hang));
    for (size_t i = 0; i < THREADS - 1; i++) {
        (void)sem_post(&let_go);
    }
    for (size_t i = 0; i < THREADS - 1; i++) {
        cr_expect_not_null(await_return(hang));
    }
    errands_release(errands);
    errands = NULL;
    cr_expect_eq(atomic_load(&discarded), 0);
}

/* Given before the second is over, and nobody gives or takes any more. */
Test(errands, behind_one_that_hangs_are_done_for_who_only_looks) {
    static struct errand hanging = {.run = hang};
    static struct step behind = {.errand = {.run = note}};
    cr_expect_not(errands_look(errands));
    cr_assert(errands_give(errands, &hanging));
    await(&hung);
    cr_assert(errands_give(errands, &behind.errand));
    cr_expect(errands_look(errands), "somebody has to look again");
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (atomic_load(&done) == 0) {
        cr_assert(clock_now_ms() < deadline, "it is not done");
        (void)errands_look(errands);
        (void)usleep(1000);
    }
    (void)sem_post(&let_go);
}

Test(errands, that_hang_take_no_more_than_four_threads) {
    static struct errand hanging[THREADS];
    static struct step behind = {.errand = {.run = note, .discard = discard}};
    for (size_t i = 0; i < THREADS; i++) {
        hanging[i] = (struct errand){.run = hang};
        cr_assert(errands_give(errands, &hanging[i]));
    }
    cr_assert(errands_give(errands, &behind.errand));
    for (size_t i = 0; i < THREADS; i++) {
        while (!deadline_take(&hung, deadline_in(ASKING_MS))) {
            (void)errands_look(errands);
        }
    }
    cr_expect_not(errands_look(errands), "there is nothing to be done later");
    int64_t until_ms = deadline_in(HELP_AFTER_MS + HELP_AFTER_MS / 2);
    while (clock_now_ms() < until_ms) {
        (void)errands_look(errands);
        cr_assert_null(errands_take(errands, note), "by a fifth");
        cr_assert_not(deadline_take(&woken, deadline_in(ASKING_MS)), "by a fifth");
    }
    (void)sem_post(&let_go);
    cr_expect_eq(await_return(note), &behind.errand);
    for (size_t i = 1; i < THREADS; i++) {
        (void)sem_post(&let_go);
    }
}

Test(errands, that_hang_keep_nobody_from_the_end) {
    static struct errand hanging = {.run = hang};
    static struct step behind = {.errand = {.run = note, .discard = discard}};
    cr_assert(errands_give(errands, &hanging));
    await(&hung);
    atomic_store(&has_threads, false); /* none to help */
    cr_assert(errands_give(errands, &behind.errand));
    int64_t begin_ms = clock_now_ms();
    errands_release(errands);
    errands = NULL;
    cr_expect_geq(clock_now_ms() - begin_ms, ERRANDS_PATIENCE_MS - 1);
    cr_expect_eq(atomic_load(&done), 0);
    (void)sem_post(&let_go); /* and the thread does the rest and frees all */
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (atomic_load(&discarded) == 0) {
        cr_assert(clock_now_ms() < deadline, "what came back is not discarded");
    }
    cr_expect_eq(sem_trywait(&woken), -1, "nobody is there to be told");
}

Test(errands, are_done_before_the_end) {
    struct step step = {.errand = {.run = note, .discard = discard}};
    cr_assert(errands_give(errands, &step.errand));
    errands_release(errands);
    errands = NULL;
    cr_expect_eq(atomic_load(&done), 1);
    cr_expect_eq(atomic_load(&discarded), 1);
}

Test(errands, are_the_givers_when_no_thread_can_be_had) {
    struct step step = {.errand = {.run = note, .discard = discard}};
    atomic_store(&has_threads, false);
    cr_expect_not(errands_give(errands, &step.errand));
    atomic_store(&has_threads, true);
    cr_expect(errands_give(errands, &step.errand), "another time");
    await(&woken);
    cr_expect_eq(errands_take(errands, note), &step.errand);
}

Test(errands, may_be_none_to_release) {
    errands_release(NULL);
}
