/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/simulated_pool.h"

#include "server/measure/others.h"
#include "tests/unit/support/chance.h"
#include "tests/unit/support/events.h"

#include <assert.h>
#include <criterion/criterion.h>
#include <string.h>

enum { JOBS_MAX = 20000, HOGS_MAX = 16, NONE = -1 };

enum step { ARRIVES, HAS_COMPUTED, HAS_FILE };

/* For whom a processor computes. */
enum purpose { FOR_REQUEST, FOR_FILE, FOR_HOG, PURPOSES };

static_assert((int)JOBS_MAX + (int)HOGS_MAX <= (int)EVENTS_MAX, "each has one event at a time");

static const double hog_turn_s = 0.001; /* on a processor, before others have theirs */

struct job {
    double arrived_s;
    double began_s;
    enum purpose purpose;
    int next; /* behind it, in the queue for a thread or for a processor, or among those that are free */
};

struct list {
    int first;
    int last;
    size_t count;
};

/* One at a time. */
static struct {
    struct simulation plan;
    double now_s;
    struct chance chance;
    struct events events;
    struct job jobs[JOBS_MAX + HOGS_MAX];
    struct list free;
    struct list for_thread;
    struct list for_processor;
    size_t busy;
    size_t computing[PURPOSES];
    size_t waiting[PURPOSES]; /* for a processor */
    struct others others;
    struct measure_counts counts; /* from the very start */
    struct measure_counts before; /* what of it does not count for the window */
    struct measure_window window;
    struct histogram_reading waits;
    struct histogram_reading services;
} world;

/* --- times ---------------------------------------------------------------------------------------------- */

static double file_time(void) {
    switch (world.plan.times) {
    case SIMULATED_EXPONENTIAL:
        return world.plan.files_s * chance_exponential(&world.chance);
    case SIMULATED_MIXED:
        return world.plan.files_s / 1.9 * (chance_uniform(&world.chance) < 0.1 ? 10 : 1);
    default:
        return world.plan.files_s;
    }
}

/* --- lists ---------------------------------------------------------------------------------------------- */

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

static void plan_event(double in_s, enum step step, int job) {
    events_add(&world.events, (struct event){world.now_s + in_s, (int)step, job});
}

/* --- the pool ------------------------------------------------------------------------------------------- */

static void note(struct histogram_reading *durations, double seconds) {
    durations->counts[histogram_bucket_of((int64_t)(seconds * 1e9))]++;
    durations->sum_ns += (uint64_t)(seconds * 1e9);
}

static size_t all_computing(void) {
    return world.computing[FOR_REQUEST] + world.computing[FOR_FILE] + world.computing[FOR_HOG];
}

static void wait_for_processor(int job, enum purpose purpose) {
    world.jobs[job].purpose = purpose;
    world.waiting[purpose]++;
    append(&world.for_processor, job);
}

static double computing_time(enum purpose purpose) {
    switch (purpose) {
    case FOR_REQUEST:
        return world.plan.computing_s * chance_exponential(&world.chance);
    case FOR_FILE:
        return world.plan.daemon_s * chance_exponential(&world.chance);
    default:
        return hog_turn_s;
    }
}

static void start_computing(void) {
    while (all_computing() < world.plan.processors && world.for_processor.count > 0) {
        int job = take(&world.for_processor);
        enum purpose purpose = world.jobs[job].purpose;
        world.waiting[purpose]--;
        world.computing[purpose]++;
        plan_event(computing_time(purpose), HAS_COMPUTED, job);
    }
}

static void go_on(int job) {
    enum purpose purpose = world.jobs[job].purpose;
    world.computing[purpose]--;
    if (purpose == FOR_HOG) {
        wait_for_processor(job, FOR_HOG);
    } else if (purpose == FOR_REQUEST && world.plan.daemon_s > 0) {
        wait_for_processor(job, FOR_FILE);
    } else {
        plan_event(file_time(), HAS_FILE, job);
    }
}

static void start_serving(void) {
    while (world.busy < world.plan.threads && world.for_thread.count > 0) {
        int job = take(&world.for_thread);
        world.busy++;
        world.jobs[job].began_s = world.now_s;
        note(&world.waits, world.now_s - world.jobs[job].arrived_s);
        wait_for_processor(job, FOR_REQUEST);
    }
    start_computing();
}

static void arrive(int job) {
    if (world.plan.clients == 0) {
        int next = take(&world.free);
        cr_assert_neq(next, NONE, "the queue grew without end");
        plan_event(chance_exponential(&world.chance) / world.plan.rate, ARRIVES, next);
        world.counts.accepted++;
    }
    if (world.plan.queue > 0 && world.for_thread.count == world.plan.queue) {
        world.counts.rejected++;
        append(&world.free, job);
        return;
    }
    world.jobs[job].arrived_s = world.now_s;
    append(&world.for_thread, job);
}

static void answer(int job) {
    world.busy--;
    world.counts.requests++;
    note(&world.services, world.now_s - world.jobs[job].began_s);
    if (world.plan.clients > 0) {
        plan_event(world.plan.think_s * chance_exponential(&world.chance), ARRIVES, job);
    } else {
        append(&world.free, job);
    }
}

static void add_time(uint64_t *sum_ns, size_t count, double seconds) {
    *sum_ns += (uint64_t)((double)count * seconds * 1e9);
}

/* Those that have to leave after their request are none. */
static size_t idle_threads(void) {
    return world.busy < world.plan.threads ? world.plan.threads - world.busy : 0;
}

/* What passes until the next event. */
static void pass(double seconds) {
    struct measure_times *times = &world.counts.times;
    size_t computing = world.computing[FOR_REQUEST];
    size_t waiting = world.waiting[FOR_REQUEST];
    size_t inside = world.busy + world.for_thread.count;
    add_time(&times->computing_ns, computing, seconds);
    add_time(&times->process_ns, computing, seconds);
    add_time(&times->processor_ns, waiting, seconds);
    add_time(&times->files_ns, world.busy - computing - waiting, seconds);
    add_time(&times->idle_ns, idle_threads(), seconds);
    add_time(&times->machine_busy_ns, all_computing(), seconds);
    add_time(&times->machine_idle_ns, world.plan.processors - all_computing(), seconds);
    size_t connections = world.plan.clients > 0 ? world.plan.clients : inside;
    world.window.connections_mean += (double)connections * seconds;
    world.window.parked_mean += (double)(connections - inside) * seconds;
    world.window.span_s += seconds;
    world.window.busy_max = world.busy > world.window.busy_max ? world.busy : world.window.busy_max;
}

/* Once a second, as the server does. */
static void look(void) {
    int64_t now_ns = (int64_t)(world.now_s * 1e9) + 1;
    if (now_ns - world.others.looked_ns >= 1000000000) {
        others_look(&world.others, now_ns, &world.counts);
    }
}

void simulation_run_until(double end_s) {
    while (world.events.items[0].at_s < end_s) {
        struct event event = events_take(&world.events);
        pass(event.at_s - world.now_s);
        world.now_s = event.at_s;
        look();
        switch ((enum step)event.step) {
        case ARRIVES:
            arrive(event.job);
            break;
        case HAS_COMPUTED:
            go_on(event.job);
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
    world.before = world.counts;
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

void simulation_begin(const struct simulation *plan) {
    memset(&world, 0, sizeof world);
    world.plan = *plan;
    world.chance = chance_begin();
    size_t first = plan->clients > 0 ? plan->clients : 1;
    for (int job = 0; job < JOBS_MAX; job++) {
        if ((size_t)job < first) {
            plan_event(plan->idle_s + chance_exponential(&world.chance) * plan->think_s, ARRIVES, job);
        } else {
            append(&world.free, job);
        }
    }
    for (size_t i = 0; i < plan->hogs; i++) {
        wait_for_processor(JOBS_MAX + (int)i, FOR_HOG);
    }
    start_computing();
    others_look(&world.others, 1, &world.counts);
}

void simulation_set_threads(size_t threads) {
    world.plan.threads = threads;
    start_serving();
}

void simulation_set_rate(double rate) {
    world.plan.rate = rate;
}

void simulation_read(struct measure_now *now) {
    size_t inside = world.busy + world.for_thread.count;
    memset(now, 0, sizeof *now);
    now->taken_ns = (int64_t)(world.now_s * 1e9);
    now->counts = world.counts;
    now->waits = world.waits;
    now->services = world.services;
    now->gauges.processors = world.plan.processors;
    now->gauges.threads = world.plan.threads;
    now->gauges.busy = world.busy;
    now->gauges.queue_depth = world.for_thread.count;
    now->gauges.connections = inside;
}

double simulation_others_per_request_s(void) {
    return others_per_request_s(&world.others);
}

static void fill_window(struct measure_window *window) {
    const struct measure_times *before = &world.before.times;
    struct measure_times *times = &window->counts.times;
    window->counts = world.counts;
    window->counts.requests -= world.before.requests;
    window->counts.accepted -= world.before.accepted;
    times->computing_ns -= before->computing_ns;
    times->process_ns -= before->process_ns;
    times->processor_ns -= before->processor_ns;
    times->files_ns -= before->files_ns;
    times->idle_ns -= before->idle_ns;
    times->machine_busy_ns -= before->machine_busy_ns;
    times->machine_idle_ns -= before->machine_idle_ns;
    window->threads_mean = (double)world.plan.threads;
    window->connections_mean /= window->span_s;
    window->parked_mean /= window->span_s;
    window->wait = tell(&world.waits);
    window->service = tell(&world.services);
}

void simulate(const struct simulation *simulation, struct measure_snapshot *snapshot) {
    simulation_begin(simulation);
    simulation_run_until(simulation->idle_s + simulation->seconds / 10);
    forget();
    simulation_run_until(simulation->idle_s + simulation->seconds * 1.1);
    fill_window(&world.window);
    memset(snapshot, 0, sizeof *snapshot);
    snapshot->uptime_s = world.now_s;
    snapshot->others_per_request_s = simulation_others_per_request_s();
    snapshot->now.gauges.threads = simulation->threads;
    snapshot->now.gauges.processors = simulation->processors;
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        snapshot->windows[i] = world.window;
    }
}
