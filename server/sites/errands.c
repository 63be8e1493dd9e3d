/* SPDX-License-Identifier: MIT */
#include "server/sites/errands.h"

#include "http/base/clock.h"
#include "http/base/steady_condition.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <utlist.h>

enum { HELP_AFTER_MS = 1000, THREADS_MAX = 4 };

struct errands {
    pthread_mutex_t lock;       /* guards all below */
    pthread_cond_t has_changed; /* `waiting`, is_released or thread_count */
    void (*wake)(void *context);
    void *context;
    struct errand *waiting; /* first comes first, as in the next one */
    struct errand *done;    /* those that come back */
    size_t thread_count;
    size_t idle_count; /* of these */
    int64_t begun_ms;  /* when one was last begun, by clock_steady_coarse_ms() */
    bool is_released;
    bool is_abandoned; /* the last thread has to free it */
};

static void destroy(struct errands *errands) {
    struct errand *errand = NULL;
    struct errand *next = NULL;
    LL_FOREACH_SAFE(errands->done, errand, next) {
        errand->discard(errand);
    }
    (void)pthread_mutex_destroy(&errands->lock);
    (void)pthread_cond_destroy(&errands->has_changed);
    free(errands);
}

struct errands *errands_create(void) {
    struct errands *errands = calloc(1, sizeof *errands);
    if (errands == NULL || steady_condition_init_with_lock(&errands->has_changed, &errands->lock) != 0) {
        free(errands);
        return NULL;
    }
    return errands;
}

void errands_on_done(struct errands *errands, void (*wake)(void *context), void *context) {
    (void)pthread_mutex_lock(&errands->lock);
    errands->wake = wake;
    errands->context = context;
    (void)pthread_mutex_unlock(&errands->lock);
}

/* --- a thread's ------------------------------------------------------------------------------------------ */

/* With the lock, but for the errand itself. */
static void do_it(struct errands *errands, struct errand *errand) {
    bool comes_back = errand->discard != NULL;
    (void)pthread_mutex_unlock(&errands->lock);
    errand->run(errand);
    (void)pthread_mutex_lock(&errands->lock);
    if (comes_back) {
        LL_APPEND(errands->done, errand);
    }
    if (errands->wake != NULL) {
        errands->wake(errands->context);
    }
}

/* With the lock. Returns false when it has to end: all is done at the end, or one that helped out is not needed any more. */
static bool await_errand(struct errands *errands) {
    while (errands->waiting == NULL && !errands->is_released && errands->idle_count == 0) {
        errands->idle_count++;
        (void)pthread_cond_wait(&errands->has_changed, &errands->lock);
        errands->idle_count--;
    }
    return errands->waiting != NULL;
}

static void *serve(void *argument) {
    struct errands *errands = argument;
    (void)pthread_setname_np(pthread_self(), "errands"); /* the sandbox lets nobody else do so */
    (void)pthread_mutex_lock(&errands->lock);
    while (await_errand(errands)) {
        struct errand *errand = errands->waiting;
        LL_DELETE(errands->waiting, errand);
        errands->begun_ms = clock_steady_coarse_ms();
        do_it(errands, errand);
    }
    errands->thread_count--;
    bool is_last = errands->thread_count == 0 && errands->is_abandoned;
    (void)pthread_cond_broadcast(&errands->has_changed);
    (void)pthread_mutex_unlock(&errands->lock);
    if (is_last) {
        destroy(errands);
    }
    return NULL;
}

/* With the lock. Nobody waits for it but by thread_count. */
static bool start_thread(struct errands *errands) {
    sigset_t all;
    sigset_t before;
    pthread_t thread;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_started = pthread_create(&thread, NULL, serve, errands) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (is_started) {
        (void)pthread_detach(thread);
        errands->thread_count++;
        errands->begun_ms = clock_steady_coarse_ms();
    }
    return is_started;
}

/* With the lock. When none was begun for a while, all threads hang. */
static void have_help(struct errands *errands) {
    bool is_late = errands->waiting != NULL && errands->idle_count == 0 &&
                   clock_steady_coarse_ms() - errands->begun_ms >= HELP_AFTER_MS;
    if (is_late && errands->thread_count < THREADS_MAX) {
        (void)start_thread(errands);
    }
}

/* --- the others' ------------------------------------------------------------------------------------------ */

bool errands_give(struct errands *errands, struct errand *errand) {
    (void)pthread_mutex_lock(&errands->lock);
    bool is_taken = !errands->is_released && (errands->thread_count > 0 || start_thread(errands));
    if (is_taken) {
        LL_APPEND(errands->waiting, errand);
        have_help(errands);
        (void)pthread_cond_broadcast(&errands->has_changed);
    }
    (void)pthread_mutex_unlock(&errands->lock);
    return is_taken;
}

struct errand *errands_take(struct errands *errands, void (*run)(struct errand *errand)) {
    struct errand *errand = NULL;
    (void)pthread_mutex_lock(&errands->lock);
    LL_SEARCH_SCALAR(errands->done, errand, run, run);
    if (errand != NULL) {
        LL_DELETE(errands->done, errand);
    }
    (void)pthread_mutex_unlock(&errands->lock);
    return errand;
}

bool errands_look(struct errands *errands) {
    (void)pthread_mutex_lock(&errands->lock);
    have_help(errands);
    bool may_need_help =
        errands->waiting != NULL && errands->idle_count == 0 && errands->thread_count < THREADS_MAX;
    (void)pthread_mutex_unlock(&errands->lock);
    return may_need_help;
}

void errands_release(struct errands *errands) {
    if (errands == NULL) {
        return;
    }
    struct timespec until = clock_time_of(clock_steady_ns() + ERRANDS_PATIENCE_MS * CLOCK_NS_PER_MS);
    int error = 0;
    (void)pthread_mutex_lock(&errands->lock);
    errands->is_released = true;
    errands->wake = NULL;
    (void)pthread_cond_broadcast(&errands->has_changed);
    while (errands->thread_count > 0 && error == 0) {
        error = pthread_cond_timedwait(&errands->has_changed, &errands->lock, &until);
    }
    bool is_abandoned = errands->thread_count > 0;
    errands->is_abandoned = is_abandoned;
    (void)pthread_mutex_unlock(&errands->lock); /* from here on a thread may free it, if it was abandoned */
    if (!is_abandoned) {
        destroy(errands);
    }
}
