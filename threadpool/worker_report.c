/* SPDX-License-Identifier: MIT */
/* What a worker lets others know of itself, see "What others read while the worker writes". */
#include "http/base/clock.h"
#include "threadpool/worker.h"

#include <assert.h>
#include <string.h>

enum {
    ACTIVITY_BITS = 4,
    ACTIVITY_MASK = (1 << ACTIVITY_BITS) - 1,
    READS_MAX = 100, /* of a worker that changes all the time; then what was read may not belong together */
};

static const char *const activity_names[] = {
    [WORKER_IDLE] = "idle",
    [WORKER_LEADING] = "leading",
    [WORKER_READING] = "reading",
    [WORKER_RESOLVING] = "resolving",
    [WORKER_SENDING] = "sending",
    [WORKER_IN_FILE] = "in a file",
    [WORKER_IN_FOLDER] = "in a folder",
    [WORKER_COMPRESSING] = "compressing",
};
static_assert(sizeof activity_names / sizeof activity_names[0] == WORKER_ACTIVITY_COUNT,
              "each activity has a name");
static_assert(WORKER_ACTIVITY_COUNT <= 1 << ACTIVITY_BITS, "an activity fits into its part of worker.state");

const char *worker_activity_name(enum worker_activity activity) {
    return (unsigned)activity < WORKER_ACTIVITY_COUNT ? activity_names[activity] : "unknown";
}

static bool has_subject(enum worker_activity activity) {
    return activity == WORKER_IN_FILE || activity == WORKER_IN_FOLDER || activity == WORKER_COMPRESSING;
}

static bool is_timed(enum worker_activity activity) {
    return activity == WORKER_IDLE || activity == WORKER_LEADING || has_subject(activity);
}

/* --- by the worker -------------------------------------------------------------------------------------- */

static void set_state(struct worker *worker, enum worker_activity activity, int64_t since_ns,
                      memory_order order) {
    uint64_t state = ((uint64_t)since_ns & ~(uint64_t)ACTIVITY_MASK) | (uint64_t)activity;
    atomic_store_explicit(&worker->state, state, order);
}

static void begin_change(struct worker *worker) {
    uint32_t version = atomic_load_explicit(&worker->version, memory_order_relaxed);
    atomic_store_explicit(&worker->version, version + 1, memory_order_relaxed);
}

static void end_change(struct worker *worker) {
    uint32_t version = atomic_load_explicit(&worker->version, memory_order_relaxed);
    atomic_store_explicit(&worker->version, version + 1, memory_order_release);
}

/* Within a change. */
static void turn_to(struct worker *worker, enum worker_activity activity, int64_t now_ns) {
    if (is_timed(worker->timed)) {
        _Atomic(int64_t) *spent_ns = &worker->spent_ns[worker->timed];
        int64_t before_ns = atomic_load_explicit(spent_ns, memory_order_relaxed);
        atomic_store_explicit(spent_ns, before_ns + now_ns - worker->timed_since_ns, memory_order_release);
    }
    worker->timed = is_timed(activity) ? activity : WORKER_READING;
    worker->timed_since_ns = now_ns;
    set_state(worker, activity, now_ns, memory_order_release);
}

static void change_to(struct worker *worker, enum worker_activity activity, int64_t now_ns) {
    begin_change(worker);
    turn_to(worker, activity, now_ns);
    end_change(worker);
}

/* The coarse clock lags by a tick at most and is several times cheaper: good enough for people. */
void worker_enter(struct worker *worker, enum worker_activity activity) {
    if (worker->timed != WORKER_READING) {
        change_to(worker, activity, clock_steady_ns());
    } else {
        set_state(worker, activity, clock_steady_coarse_ns(), memory_order_relaxed);
    }
}

static void copy_subject(struct worker *worker, const char *subject, size_t length) {
    uint64_t words[WORKER_SUBJECT_WORDS] = {0};
    if (length > 0) {
        memcpy(words, subject, length < WORKER_SUBJECT_BYTES ? length : WORKER_SUBJECT_BYTES - 1);
    }
    for (size_t i = 0; i < WORKER_SUBJECT_WORDS; i++) {
        atomic_store_explicit(&worker->subject[i], words[i], memory_order_release);
    }
}

void worker_enter_long(struct worker *worker, enum worker_activity activity, const char *subject,
                       size_t length) {
    assert(has_subject(activity));
    int64_t now_ns = clock_steady_ns();
    begin_change(worker);
    if (!has_subject(worker->timed)) {
        copy_subject(worker, subject, length);
    }
    turn_to(worker, activity, now_ns);
    end_change(worker);
}

void worker_rest_as(struct worker *worker, enum worker_activity activity, int64_t now_ns) {
    if (worker->is_busy) {
        worker->is_busy = false;
        (void)atomic_fetch_sub_explicit(&worker->crowd->busy, 1, memory_order_relaxed);
    }
    change_to(worker, activity, now_ns);
}

void worker_rest(struct worker *worker, int64_t now_ns) {
    worker_rest_as(worker, WORKER_LEADING, now_ns);
}

void worker_resume(struct worker *worker, int64_t now_ns) {
    if (worker->is_busy) {
        return;
    }
    struct worker_crowd *crowd = worker->crowd;
    size_t busy = atomic_fetch_add_explicit(&crowd->busy, 1, memory_order_relaxed) + 1;
    size_t most = atomic_load_explicit(&crowd->busy_high_water, memory_order_relaxed);
    while (most < busy &&
           !atomic_compare_exchange_weak_explicit(&crowd->busy_high_water, &most, busy, memory_order_relaxed,
                                                  memory_order_relaxed)) {
    }
    worker->is_busy = true;
    change_to(worker, WORKER_READING, now_ns);
}

void worker_begin_report(struct worker *worker, int64_t now_ns) {
    begin_change(worker);
    for (size_t i = 0; i < WORKER_ACTIVITY_COUNT; i++) {
        atomic_store_explicit(&worker->spent_ns[i], 0, memory_order_release);
    }
    atomic_store_explicit(&worker->started_ns, now_ns, memory_order_release);
    atomic_store_explicit(&worker->thread_id, 0, memory_order_relaxed);
    worker->timed = WORKER_READING;
    turn_to(worker, WORKER_IDLE, now_ns);
    end_change(worker);
}

/* --- by anybody ----------------------------------------------------------------------------------------- */

static enum worker_activity activity_of(uint64_t state) {
    return (enum worker_activity)(state & ACTIVITY_MASK);
}

static int64_t since_ns_of(uint64_t state) {
    return (int64_t)(state & ~(uint64_t)ACTIVITY_MASK);
}

int64_t worker_away_since_ns(const struct worker *worker) {
    uint64_t state = atomic_load_explicit(&worker->state, memory_order_relaxed);
    return has_subject(activity_of(state)) ? since_ns_of(state) : 0;
}

static void read_all(const struct worker *worker, struct worker_report *report) {
    uint64_t words[WORKER_SUBJECT_WORDS];
    uint64_t state = atomic_load_explicit(&worker->state, memory_order_acquire);
    report->activity = activity_of(state);
    report->since_ns = since_ns_of(state);
    report->started_ns = atomic_load_explicit(&worker->started_ns, memory_order_acquire);
    for (size_t i = 0; i < WORKER_ACTIVITY_COUNT; i++) {
        report->spent_ns[i] = atomic_load_explicit(&worker->spent_ns[i], memory_order_acquire);
    }
    for (size_t i = 0; i < WORKER_SUBJECT_WORDS; i++) {
        words[i] = atomic_load_explicit(&worker->subject[i], memory_order_acquire);
    }
    static_assert(sizeof words == sizeof report->subject, "the words are the text");
    memcpy(report->subject, words, sizeof words);
}

void worker_read_report(const struct worker *worker, struct worker_report *report) {
    *report = (struct worker_report){
        .index = worker->index,
        .thread_id = atomic_load_explicit(&worker->thread_id, memory_order_relaxed),
        .is_stuck = worker_is_stuck(worker),
        .served = atomic_load_explicit(&worker->served, memory_order_relaxed) +
                  atomic_load_explicit(&worker->led, memory_order_relaxed),
    };
    for (int reads = 0; reads < READS_MAX; reads++) {
        uint32_t version = atomic_load_explicit(&worker->version, memory_order_acquire);
        read_all(worker, report);
        if (version % 2 == 0 && atomic_load_explicit(&worker->version, memory_order_relaxed) == version) {
            break;
        }
    }
    int64_t now_ns = clock_steady_ns();
    if (is_timed(report->activity) && now_ns > report->since_ns) {
        report->spent_ns[report->activity] += now_ns - report->since_ns;
    }
    if (!has_subject(report->activity)) {
        report->subject[0] = '\0';
    }
    report->subject[WORKER_SUBJECT_BYTES - 1] = '\0';
}
