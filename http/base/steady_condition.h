/* SPDX-License-Identifier: MIT */
/*
 * Conditions whose deadlines go by the steady clock, so that nobody who sets the wall clock makes a wait longer or shorter:
 * pthread_cond_timedwait(3) takes what clock_time_of() in clock.h makes of a time.
 *
 * All else, up to pthread_cond_destroy(3), is done with them as with any condition.
 */
#ifndef LIDO_HTTP_BASE_STEADY_CONDITION_H
#define LIDO_HTTP_BASE_STEADY_CONDITION_H

#include <pthread.h>
#include <time.h>

/* Set up a condition of the caller's. Returns 0 or a negative errno; then there is nothing to be destroyed. */
__attribute__((warn_unused_result)) static inline int steady_condition_init(pthread_cond_t *condition) {
    pthread_condattr_t attributes;
    int error = pthread_condattr_init(&attributes);
    if (error != 0) {
        return -error;
    }
    error = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    error = error == 0 ? pthread_cond_init(condition, &attributes) : error;
    (void)pthread_condattr_destroy(&attributes);
    return -error;
}

/* Set up a condition and the lock that guards what it tells of, both or neither. Returns as above. */
__attribute__((warn_unused_result)) static inline int
steady_condition_init_with_lock(pthread_cond_t *condition, pthread_mutex_t *lock) {
    int result = steady_condition_init(condition);
    if (result != 0) {
        return result;
    }
    int error = pthread_mutex_init(lock, NULL);
    if (error != 0) {
        (void)pthread_cond_destroy(condition);
    }
    return -error;
}

#endif
