/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/advice/simulated_pool.h"

#include <criterion/criterion.h>
#include <stdbool.h>
#include <string.h>

enum { JOBS_MAX = 20000, NONE = -1 };

enum step { ARRIVES, HAS_COMPUTED, HAS_FILE };

struct event {
    double at_s;
    enum step step;
    int job;
};

struct job {
    double arrived_s;
    double began_s;
    int next; /* behind it, in the queue for a thread or for a processor, or among those that are free */
};

struct list {
    int first;
    int last;
    size_t count;
};

/* One at a time. */
static struct {
    const struct simulation *plan;
    double now_s;
    uint64_t random;
    struct event events[JOBS_MAX];
    size_t event_count;
    struct job jobs[JOBS_MAX];
    struct list free;
    struct list for_thread;
    struct list for_processor;
    size_t busy;
    size_t computing;
    struct measure_window window;
    struct histogram_reading waits;
    struct histogram_reading services;
} world;

/* --- chance --------------------------------------------------------------------------------------------- */

/* xorshift64* (Vigna, 2016): the same each time. */
static double chance(void) {
    world.random ^= world.random >> 12;
    world.random ^= world.random << 25;
    world.random ^= world.random >> 27;
    return (double)((world.random * UINT64_C(2685821657736338717)) >> 11) / (double)(UINT64_C(1) << 53);
}

/* Exponential, with the mean 1, without a logarithm (von Neumann, 1951): count the whole times that a falling row of
 * chances has an even length. */
static double exponential(void) {
    for (int whole = 0;; whole++) {
        double first = chance();
        double last = first;
        double next = chance();
        bool is_odd = true;
        while (next < last) {
            last = next;
            next = chance();
            is_odd = !is_odd;
        }
        if (is_odd) {
            return whole + first;
        }
    }
}

static double file_time(void) {
    switch (world.plan->times) {
    case SIMULATED_EXPONENTIAL:
        return world.plan->files_s * exponential();
    case SIMULATED_MIXED:
        return world.plan->files_s / 1.9 * (chance() < 0.1 ? 10 : 1);
    default:
        return world.plan->files_s;
    }
}

/* --- lists and events ----------------------------------------------------------------------------------- */

static void append(struct list *list, int job) {
    world.jobs[job].next = NONE;
    if (list->count == 0) {
        list->first = job;
    } else {
        world.jobs[list->last].next = job;
    }
    list->last = job;
    list->count++;
}

static int take(struct list *list) {
    if (list->count == 0) {
        return NONE;
    }
    int job = list->first;
    list->first = world.jobs[job].next;
    list->count--;
    return job;
}

static void swap(size_t a, size_t b) {
    struct event event = world.events[a];
    world.events[a] = world.events[b];
    world.events[b] = event;
}

static void plan_event(double in_s, enum step step, int job) {
    size_t i = world.event_count++;
    world.events[i] = (struct event){world.now_s + in_s, step, job};
    while (i > 0 && world.events[(i - 1) / 2].at_s > world.events[i].at_s) {
        swap(i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
}

static struct event next_event(void) {
    struct event first = world.events[0];
    world.events[0] = world.events[--world.event_count];
    for (size_t i = 0, child = 1; child < world.event_count; i = child, child = 2 * i + 1) {
        if (child + 1 < world.event_count && world.events[child + 1].at_s < world.events[child].at_s) {
            child++;
        }
        if (world.events[i].at_s <= world.events[child].at_s) {
            break;
        }
        swap(i, child);
    }
    return first;
}

/* --- the pool ------------------------------------------------------------------------------------------- */

static void note(struct histogram_reading *durations, double seconds) {
    durations->counts[histogram_bucket_of((int64_t)(seconds * 1e9))]++;
    durations->sum_ns += (uint64_t)(seconds * 1e9);
}

static void start_computing(void) {
    while (world.computing < world.plan->processors && world.for_processor.count > 0) {
        world.computing++;
        plan_event(world.plan->computing_s * exponential(), HAS_COMPUTED, take(&world.for_processor));
    }
}

static void start_serving(void) {
    while (world.busy < world.plan->threads && world.for_thread.count > 0) {
        int job = take(&world.for_thread);
        world.busy++;
        world.jobs[job].began_s = world.now_s;
        note(&world.waits, world.now_s - world.jobs[job].arrived_s);
        append(&world.for_processor, job);
    }
    start_computing();
}

static void arrive(int job) {
    if (world.plan->clients == 0) {
        int next = take(&world.free);
        cr_assert_neq(next, NONE, "the queue grew without end");
        plan_event(exponential() / world.plan->rate, ARRIVES, next);
        world.window.counts.accepted++;
    }
    world.jobs[job].arrived_s = world.now_s;
    append(&world.for_thread, job);
}

static void answer(int job) {
    world.busy--;
    world.window.counts.requests++;
    note(&world.services, world.now_s - world.jobs[job].began_s);
    if (world.plan->clients > 0) {
        plan_event(world.plan->think_s * exponential(), ARRIVES, job);
    } else {
        append(&world.free, job);
    }
}

/* What passes until the next event. */
static void pass(double seconds) {
    struct measure_times *times = &world.window.counts.times;
    size_t for_file = world.busy - world.computing - world.for_processor.count;
    size_t inside = world.busy + world.for_thread.count;
    times->computing_ns += (uint64_t)((double)world.computing * seconds * 1e9);
    times->processor_ns += (uint64_t)((double)world.for_processor.count * seconds * 1e9);
    times->files_ns += (uint64_t)((double)for_file * seconds * 1e9);
    times->idle_ns += (uint64_t)((double)(world.plan->threads - world.busy) * seconds * 1e9);
    times->machine_busy_ns += (uint64_t)((double)world.computing * seconds * 1e9);
    times->machine_idle_ns += (uint64_t)((double)(world.plan->processors - world.computing) * seconds * 1e9);
    size_t connections = world.plan->clients > 0 ? world.plan->clients : inside;
    world.window.connections_mean += (double)connections * seconds;
    world.window.parked_mean += (double)(connections - inside) * seconds;
    world.window.span_s += seconds;
    world.window.busy_max = world.busy > world.window.busy_max ? world.busy : world.window.busy_max;
}

static void run_until(double end_s) {
    while (world.events[0].at_s < end_s) {
        struct event event = next_event();
        pass(event.at_s - world.now_s);
        world.now_s = event.at_s;
        switch (event.step) {
        case ARRIVES:
            arrive(event.job);
            break;
        case HAS_COMPUTED:
            world.computing--;
            plan_event(file_time(), HAS_FILE, event.job);
            break;
        case HAS_FILE:
            answer(event.job);
            break;
        }
        start_serving();
    }
}

static void forget(void) {
    memset(&world.window, 0, sizeof world.window);
    memset(&world.waits, 0, sizeof world.waits);
    memset(&world.services, 0, sizeof world.services);
}

static struct measure_duration tell(const struct histogram_reading *durations) {
    return (struct measure_duration){
        .count = histogram_reading_count(durations),
        .mean_s = histogram_reading_mean_ns(durations) / 1e9,
        .p99_s = (double)histogram_reading_quantile_ns(durations, 0.99) / 1e9,
        .variation = histogram_reading_variation(durations),
    };
}

void simulate(const struct simulation *simulation, struct measure_snapshot *snapshot) {
    memset(&world, 0, sizeof world);
    world.plan = simulation;
    world.random = 88172645463325252;
    size_t first = simulation->clients > 0 ? simulation->clients : 1;
    for (int job = 0; job < JOBS_MAX; job++) {
        if ((size_t)job < first) {
            plan_event(exponential() * simulation->think_s, ARRIVES, job);
        } else {
            append(&world.free, job);
        }
    }
    run_until(simulation->seconds / 10);
    forget();
    run_until(simulation->seconds * 1.1);
    world.window.threads_mean = (double)simulation->threads;
    world.window.connections_mean /= world.window.span_s;
    world.window.parked_mean /= world.window.span_s;
    world.window.wait = tell(&world.waits);
    world.window.service = tell(&world.services);
    memset(snapshot, 0, sizeof *snapshot);
    snapshot->uptime_s = world.now_s;
    snapshot->now.gauges.threads = simulation->threads;
    snapshot->now.gauges.processors = simulation->processors;
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        snapshot->windows[i] = world.window;
    }
}
