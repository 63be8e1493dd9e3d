/* SPDX-License-Identifier: MIT */
#include "server/measure/slowest.h"

#include "http/base/clock.h"

#include <string.h>

static const int64_t floor_ns = SLOWEST_FLOOR_MS * CLOCK_NS_PER_MS;
static const int64_t kept_ns = SLOWEST_KEPT_S * CLOCK_NS_PER_S;

void slowest_init(struct slowest *slowest) {
    *slowest = (struct slowest){.count = 0};
    (void)pthread_mutex_init(&slowest->lock, NULL); /* cannot fail without attributes */
    atomic_init(&slowest->limit_ns, floor_ns);
}

void slowest_deinit(struct slowest *slowest) {
    (void)pthread_mutex_destroy(&slowest->lock);
}

/* "GET /a HTTP/1.1": what stands between the first blank and the last. */
static struct view target_of(struct view line) {
    const char *begin = line.bytes != NULL ? memchr(line.bytes, ' ', line.length) : NULL;
    if (begin == NULL) {
        return (struct view){"", 0};
    }
    begin++;
    size_t length = line.length - (size_t)(begin - line.bytes);
    const char *end = memrchr(begin, ' ', length);
    return (struct view){begin, end != NULL ? (size_t)(end - begin) : length};
}

/* With the lock held. */
static void set_limit(struct slowest *slowest) {
    bool is_full = slowest->count == SLOWEST_MAX;
    int64_t limit_ns = is_full ? slowest->all[SLOWEST_MAX - 1].duration_ns + 1 : floor_ns;
    atomic_store_explicit(&slowest->limit_ns, limit_ns, memory_order_relaxed);
}

/* With the lock held. */
static void forget(struct slowest *slowest, int64_t now_ns) {
    size_t left = 0;
    for (size_t i = 0; i < slowest->count; i++) {
        if (now_ns - slowest->all[i].ended_ns <= kept_ns) {
            slowest->all[left++] = slowest->all[i];
        }
    }
    slowest->count = left;
}

/* Keep them in order; the last one gives way if there is no room. With the lock held. */
static void insert(struct slowest *slowest, const struct slow_request *request, struct view target) {
    size_t at = slowest->count < SLOWEST_MAX ? slowest->count++ : SLOWEST_MAX - 1;
    while (at > 0 && slowest->all[at - 1].duration_ns < request->duration_ns) {
        slowest->all[at] = slowest->all[at - 1];
        at--;
    }
    struct slow_request *place = &slowest->all[at];
    size_t length = target.length < SLOWEST_TARGET_BYTES ? target.length : SLOWEST_TARGET_BYTES - 1;
    *place = *request;
    memcpy(place->target, target.bytes, length);
    place->target[length] = '\0';
}

void slowest_note(struct slowest *slowest, const struct slow_request *request, struct view line) {
    if (pthread_mutex_trylock(&slowest->lock) != 0) {
        return;
    }
    forget(slowest, request->ended_ns);
    if (slowest->count < SLOWEST_MAX || request->duration_ns > slowest->all[SLOWEST_MAX - 1].duration_ns) {
        insert(slowest, request, target_of(line));
    }
    set_limit(slowest);
    (void)pthread_mutex_unlock(&slowest->lock);
}

void slowest_forget(struct slowest *slowest, int64_t now_ns) {
    if (pthread_mutex_trylock(&slowest->lock) == 0) {
        forget(slowest, now_ns);
        set_limit(slowest);
        (void)pthread_mutex_unlock(&slowest->lock);
    }
}

size_t slowest_read(struct slowest *slowest, struct slow_request all[SLOWEST_MAX]) {
    (void)pthread_mutex_lock(&slowest->lock);
    size_t count = slowest->count;
    memcpy(all, slowest->all, count * sizeof *all);
    (void)pthread_mutex_unlock(&slowest->lock);
    return count;
}
