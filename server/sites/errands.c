/* SPDX-License-Identifier: MIT */
#include "server/sites/errands.h"

#include "http/base/clock.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <utlist.h>

struct errands {
    pthread_mutex_t lock;       /* guards all below */
    pthread_cond_t has_changed; /* `waiting`, is_released or has_ended */
    void (*wake)(void *context);
    void *context;
    struct errand *waiting; /* first comes first, as in the next one */
    struct errand *done;    /* those that come back */
    pthread_t thread;
    bool has_thread;
    bool is_released;
    bool has_ended;    /* the thread */
    bool is_abandoned; /* the thread has to free it */
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
    pthread_condattr_t monotonic;
    if (errands == NULL || pthread_condattr_init(&monotonic) != 0) {
        free(errands);
        return NULL;
    }
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_mutex_init(&errands->lock, NULL);
    (void)pthread_cond_init(&errands->has_changed, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    return errands;
}

void errands_on_done(struct errands *errands, void (*wake)(void *context), void *context) {
    (void)pthread_mutex_lock(&errands->lock);
    errands->wake = wake;
    errands->context = context;
    (void)pthread_mutex_unlock(&errands->lock);
}

/* --- the thread's ----------------------------------------------------------------------------------------- */

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

static void *serve(void *argument) {
    struct errands *errands = argument;
    (void)pthread_setname_np(pthread_self(), "errands"); /* the sandbox lets nobody else do so */
    (void)pthread_mutex_lock(&errands->lock);
    while (errands->waiting != NULL || !errands->is_released) {
        struct errand *errand = errands->waiting;
        if (errand == NULL) {
            (void)pthread_cond_wait(&errands->has_changed, &errands->lock);
            continue;
        }
        LL_DELETE(errands->waiting, errand);
        do_it(errands, errand);
    }
    errands->has_ended = true;
    bool is_abandoned = errands->is_abandoned;
    (void)pthread_cond_broadcast(&errands->has_changed);
    (void)pthread_mutex_unlock(&errands->lock);
    if (is_abandoned) {
        destroy(errands);
    }
    return NULL;
}

/* With the lock. */
static bool start_thread(struct errands *errands) {
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    errands->has_thread = pthread_create(&errands->thread, NULL, serve, errands) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return errands->has_thread;
}

/* --- the others' ------------------------------------------------------------------------------------------ */

bool errands_give(struct errands *errands, struct errand *errand) {
    (void)pthread_mutex_lock(&errands->lock);
    bool is_taken = !errands->is_released && (errands->has_thread || start_thread(errands));
    if (is_taken) {
        LL_APPEND(errands->waiting, errand);
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
    while (errands->has_thread && !errands->has_ended && error == 0) {
        error = pthread_cond_timedwait(&errands->has_changed, &errands->lock, &until);
    }
    pthread_t thread = errands->thread;
    bool has_thread = errands->has_thread;
    bool is_abandoned = has_thread && !errands->has_ended;
    errands->is_abandoned = is_abandoned;
    (void)pthread_mutex_unlock(&errands->lock); /* from here on the thread may free it, if it was abandoned */
    if (is_abandoned) {
        (void)pthread_detach(thread);
        return;
    }
    if (has_thread) {
        (void)pthread_join(thread, NULL);
    }
    destroy(errands);
}
