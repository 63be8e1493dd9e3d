/* SPDX-License-Identifier: MIT */
/* Linked with --wrap for what makes conditions and locks, and for what takes them back: each fails on demand, and is counted. */
#include "http/base/clock.h"
#include "http/base/steady_condition.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

TestSuite(steady_condition, .timeout = 20);

static const char *failing = "";
static int kept; /* made and not destroyed */

static int make(const char *what, int error) {
    int result = strcmp(failing, what) == 0 ? error : 0;
    kept += result == 0 ? 1 : 0;
    return result;
}

int __real_pthread_condattr_init(pthread_condattr_t *attributes);
int __wrap_pthread_condattr_init(pthread_condattr_t *attributes);
int __real_pthread_condattr_setclock(pthread_condattr_t *attributes, clockid_t clock);
int __wrap_pthread_condattr_setclock(pthread_condattr_t *attributes, clockid_t clock);
int __real_pthread_condattr_destroy(pthread_condattr_t *attributes);
int __wrap_pthread_condattr_destroy(pthread_condattr_t *attributes);
int __real_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);
int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes);
int __real_pthread_cond_destroy(pthread_cond_t *condition);
int __wrap_pthread_cond_destroy(pthread_cond_t *condition);
int __real_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);
int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes);

int __wrap_pthread_condattr_init(pthread_condattr_t *attributes) {
    int error = make("attributes", ENOMEM);
    return error != 0 ? error : __real_pthread_condattr_init(attributes);
}

int __wrap_pthread_condattr_setclock(pthread_condattr_t *attributes, clockid_t clock) {
    return strcmp(failing, "clock") == 0 ? EINVAL : __real_pthread_condattr_setclock(attributes, clock);
}

int __wrap_pthread_condattr_destroy(pthread_condattr_t *attributes) {
    kept--;
    return __real_pthread_condattr_destroy(attributes);
}

int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attributes) {
    int error = make("condition", EAGAIN);
    return error != 0 ? error : __real_pthread_cond_init(condition, attributes);
}

int __wrap_pthread_cond_destroy(pthread_cond_t *condition) {
    kept--;
    return __real_pthread_cond_destroy(condition);
}

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attributes) {
    int error = make("lock", ENOMEM);
    return error != 0 ? error : __real_pthread_mutex_init(mutex, attributes);
}

/* By the wall clock a time of the steady clock is long past. */
Test(steady_condition, waits_until_a_time_of_the_steady_clock) {
    pthread_cond_t condition;
    pthread_mutex_t lock;
    cr_assert_eq(steady_condition_init_with_lock(&condition, &lock), 0);
    int64_t until_ns = clock_steady_ns() + 20 * CLOCK_NS_PER_MS;
    struct timespec until = clock_time_of(until_ns);
    int error = 0;
    (void)pthread_mutex_lock(&lock);
    while (error == 0) { /* it may wake for nothing */
        error = pthread_cond_timedwait(&condition, &lock, &until);
    }
    (void)pthread_mutex_unlock(&lock);
    cr_expect_eq(error, ETIMEDOUT);
    cr_expect_geq(clock_steady_ns(), until_ns);
    (void)pthread_cond_destroy(&condition);
    (void)pthread_mutex_destroy(&lock);
}

Test(steady_condition, leaves_nothing_behind_when_it_cannot_be_made) {
    static const struct {
        const char *failing;
        int alone;
        int with_lock;
        int kept;
    } rows[] = {
        {"attributes", -ENOMEM, -ENOMEM, 0},
        {"clock", -EINVAL, -EINVAL, 0},
        {"condition", -EAGAIN, -EAGAIN, 0},
        {"lock", 0, -ENOMEM, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        pthread_cond_t condition;
        pthread_mutex_t lock;
        failing = rows[i].failing;
        kept = 0;
        cr_expect_eq(steady_condition_init(&condition), rows[i].alone, "%s", failing);
        cr_expect_eq(kept, rows[i].kept, "%s", failing);
        kept = 0;
        cr_expect_eq(steady_condition_init_with_lock(&condition, &lock), rows[i].with_lock, "%s", failing);
        cr_expect_eq(kept, 0, "%s", failing);
    }
}
