/* SPDX-License-Identifier: MIT */
#include "server/sites/looks.h"

#include "http/base/clock.h"
#include "http/base/steady_condition.h"

#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum round { ROUND_OVER, ROUND_ASKED, ROUND_UNDER_WAY };

struct looks {
    pthread_mutex_t lock;       /* guards the next four */
    pthread_cond_t has_changed; /* `round` or is_released */
    enum round round;
    bool is_released;
    bool is_abandoned; /* while a look is under way: the thread has to free it */
    pthread_t thread;  /* the asker's, as are the next two */
    bool has_thread;
    bool is_late; /* the last look was not back in time */
    size_t count;
    struct root_watch watches[]; /* of the asker, and of the thread while a round is under way */
};

static void destroy(struct looks *looks) {
    for (size_t i = 0; i < looks->count; i++) {
        struct root_watch *watch = &looks->watches[i];
        char **places = (char **)(void *)(uintptr_t)watch->places;
        for (size_t k = 0; places != NULL && k < watch->place_count; k++) {
            free(places[k]);
        }
        free(places);
        free((void *)(uintptr_t)watch->root);
        free((void *)(uintptr_t)watch->types);
    }
    (void)pthread_mutex_destroy(&looks->lock);
    (void)pthread_cond_destroy(&looks->has_changed);
    free(looks);
}

/* Returns whether there was memory for all. */
static bool copy(struct root_watch *to, const struct root_watch *from) {
    char **places = calloc(from->place_count + 1, sizeof *places);
    *to = *from;
    to->root = strdup(from->root);
    to->types = from->types != NULL ? strdup(from->types) : NULL;
    to->places = places;
    bool is_whole = places != NULL && to->root != NULL && (from->types == NULL || to->types != NULL);
    for (size_t i = 0; places != NULL && i < from->place_count; i++) {
        places[i] = strdup(from->places[i]);
        is_whole = is_whole && places[i] != NULL;
    }
    return is_whole;
}

struct looks *looks_create(const struct root_watch *first, size_t count, size_t stride) {
    struct looks *looks = calloc(1, sizeof *looks + count * sizeof *looks->watches);
    if (looks == NULL || steady_condition_init_with_lock(&looks->has_changed, &looks->lock) != 0) {
        free(looks);
        return NULL;
    }
    bool is_whole = true;
    for (; is_whole && looks->count < count; looks->count++) {
        const void *at = (const char *)first + looks->count * stride;
        is_whole = copy(&looks->watches[looks->count], at);
    }
    if (!is_whole) {
        destroy(looks);
        return NULL;
    }
    return looks;
}

/* What has changed will be opened by the asker, who must not hang: so it is opened here before. */
static void look_at_all(struct looks *looks) {
    for (size_t i = 0; i < looks->count; i++) {
        struct root_watch now = root_watch_look(&looks->watches[i]);
        if (!root_watch_is_same(&now, &looks->watches[i])) {
            root_watch_try(&now);
        }
        looks->watches[i] = now;
    }
}

static void *run(void *argument) {
    struct looks *looks = argument;
    (void)pthread_setname_np(pthread_self(), "roots"); /* the sandbox lets nobody else do so */
    (void)pthread_mutex_lock(&looks->lock);
    while (!looks->is_released) {
        if (looks->round != ROUND_ASKED) {
            (void)pthread_cond_wait(&looks->has_changed, &looks->lock);
            continue;
        }
        looks->round = ROUND_UNDER_WAY;
        (void)pthread_mutex_unlock(&looks->lock);
        look_at_all(looks);
        (void)pthread_mutex_lock(&looks->lock);
        looks->round = ROUND_OVER;
        (void)pthread_cond_broadcast(&looks->has_changed);
    }
    bool is_abandoned = looks->is_abandoned;
    (void)pthread_mutex_unlock(&looks->lock);
    if (is_abandoned) {
        destroy(looks);
    }
    return NULL;
}

static bool start_thread(struct looks *looks) {
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    looks->has_thread = pthread_create(&looks->thread, NULL, run, looks) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return looks->has_thread;
}

const struct root_watch *looks_take(struct looks *looks) {
    if (!looks->has_thread && !start_thread(looks)) {
        return NULL;
    }
    struct timespec until = clock_time_of(clock_steady_ns() + LOOKS_PATIENCE_MS * CLOCK_NS_PER_MS);
    (void)pthread_mutex_lock(&looks->lock);
    if (looks->round == ROUND_OVER && !looks->is_late) {
        looks->round = ROUND_ASKED;
        (void)pthread_cond_broadcast(&looks->has_changed);
    }
    int error = looks->is_late ? -1 : 0;
    while (looks->round != ROUND_OVER && error == 0) {
        error = pthread_cond_timedwait(&looks->has_changed, &looks->lock, &until);
    }
    bool is_over = looks->round == ROUND_OVER;
    looks->is_late = !is_over;
    (void)pthread_mutex_unlock(&looks->lock);
    return is_over ? looks->watches : NULL;
}

void looks_release(struct looks *looks) {
    if (looks == NULL) {
        return;
    }
    pthread_t thread = looks->thread;
    bool has_thread = looks->has_thread;
    (void)pthread_mutex_lock(&looks->lock);
    bool is_abandoned = looks->round == ROUND_UNDER_WAY;
    looks->is_abandoned = is_abandoned;
    looks->is_released = true;
    (void)pthread_cond_broadcast(&looks->has_changed);
    (void)pthread_mutex_unlock(&looks->lock); /* from here on the thread may free it, if it was abandoned */
    if (is_abandoned) {
        (void)pthread_detach(thread);
        return;
    }
    if (has_thread) {
        (void)pthread_join(thread, NULL);
    }
    destroy(looks);
}
