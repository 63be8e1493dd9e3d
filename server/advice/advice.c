/* SPDX-License-Identifier: MIT */
#include "server/advice/advice.h"

#include "server/advice/model.h"
#include "server/measure/others.h"

enum {
    LIVELY_REQUESTS = 1000, /* in ten seconds: then they are enough to go by */
    SETTLED_S = 60,         /* for so long a server has to be watched before it is told that less would do */
    KEPT_PER_CENT = 50,     /* of the requests came by kept connections: so many clients there are */
    REGULAR_WAIT_PER_CENT =
        50, /* variation of the waiting below which the same clients come again and again */
    SATURATED_PER_CENT = 90,
    BUSY_PER_CENT = 70,
    CACHE_HITS_PER_CENT = 95, /* no more memory is needed above */
    MUCH_LESS_PER_CENT = 75,  /* of the threads, or fewer, is worth a word */
    CONNECTIONS_CEILING = 1 << 20
};

static const double wait_share = 0.1;    /* of the service time may be waited, */
static const double wait_min_s = 0.0001; /* or so long, which nobody notices */

static double share(double part, double whole) {
    return whole > 0 ? part / whole : 0;
}

static double least(double a, double b) {
    return a < b ? a : b;
}

static double most(double a, double b) {
    return a > b ? a : b;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static size_t ceiling_of(double value) {
    size_t floor = (size_t)value;
    return (double)floor < value ? floor + 1 : floor;
}

/* --- what was measured ---------------------------------------------------------------------------------- */

static double busy_ns(const struct measure_times *times) {
    return (double)times->computing_ns + (double)times->files_ns + (double)times->processor_ns;
}

static double busy_share(const struct measure_times *times) {
    return share(busy_ns(times), busy_ns(times) + (double)times->idle_ns);
}

static double machine_share(const struct measure_times *times) {
    return share((double)times->machine_busy_ns,
                 (double)times->machine_busy_ns + (double)times->machine_idle_ns);
}

/* Utilisation law. */
static double seconds_of_thread(const struct measure_window *window) {
    double busy_s = busy_share(&window->counts.times) * window->threads_mean * window->span_s;
    return share(busy_s, (double)window->counts.requests);
}

/* The processors' own bound: what others need whether requests come or not leaves the rest of them, but at least half,
 * as the kernel shares out fairly; and each request takes a part of that for itself, and for others who work for it.
 * Of a machine with more processors than the server may use, others take the same share of each. */
static double rate_max(const struct measure_window *window, double others_per_request_s, size_t processors) {
    const struct measure_times *times = &window->counts.times;
    double requests = (double)window->counts.requests;
    double machine_s = ((double)times->machine_busy_ns + (double)times->machine_idle_ns) / 1e9;
    double ours = machine_s > 0 ? least((double)processors * window->span_s / machine_s, 1) : 1;
    double others_s = others_used(times, window->span_s) * window->span_s;
    double for_requests_s = least(others_per_request_s * requests, others_s);
    double fixed = share((others_s - for_requests_s) * ours, window->span_s);
    double left = (double)processors - least(fixed, (double)processors / 2);
    return share(left * requests, (double)times->process_ns / 1e9 + for_requests_s * ours);
}

/* Of kept connections there are so many, and what they do besides waiting and being served is thinking (Little's law).
 * Others may be the same few that come again at once: then all wait for about as long, while those who come by chance
 * do not. */
static void find_clients(const struct measure_window *window, double busy_s, struct model_load *load) {
    double requests = (double)window->counts.requests;
    double kept = requests - (double)window->counts.accepted;
    if (kept * 100 > requests * KEPT_PER_CENT) {
        load->clients = window->connections_mean;
        double waited_s = window->wait.mean_s * share((double)window->wait.count, requests);
        load->think_s = most(share(load->clients, load->rate) - waited_s - busy_s, 0);
    } else if (busy_share(&window->counts.times) * 100 > SATURATED_PER_CENT &&
               window->wait.variation * 100 < REGULAR_WAIT_PER_CENT) {
        load->clients = load->rate * (window->wait.mean_s + load->service_s); /* Little's law */
    }
}

void advice_load_of(const struct measure_window *window, const struct measure_snapshot *snapshot,
                    struct model_load *load) {
    const struct measure_times *times = &window->counts.times;
    double busy_s = seconds_of_thread(window);
    double rate = share((double)window->counts.requests + (double)window->counts.rejected, window->span_s);
    *load = (struct model_load){
        .service_s = busy_s * (1 - share((double)times->processor_ns, busy_ns(times))),
        .variation = window->service.variation,
        .rate = rate,
        .rate_max = rate_max(window, snapshot->others_per_request_s, snapshot->now.gauges.processors),
    };
    find_clients(window, busy_s, load);
}

/* The shortest window that has enough in it. */
static const struct measure_window *choose_window(const struct measure_snapshot *snapshot) {
    const struct measure_window *lively = &snapshot->windows[MEASURE_10_S];
    const struct measure_window *minute = &snapshot->windows[MEASURE_1_MIN];
    if (lively->counts.requests >= LIVELY_REQUESTS && lively->span_s >= 9) {
        return lively;
    }
    return minute->counts.requests >= ADVICE_REQUESTS_MIN ? minute : &snapshot->windows[MEASURE_5_MIN];
}

static void fill_evidence(struct advice *advice, const struct measure_window *window,
                          const struct measure_snapshot *snapshot) {
    const struct measure_times *times = &window->counts.times;
    *advice = (struct advice){
        .verdict = ADVICE_UNKNOWN,
        .threads = snapshot->now.gauges.threads,
        .processors = snapshot->now.gauges.processors,
        .span_s = window->span_s,
        .requests = window->counts.requests,
        .busy = busy_share(times),
        .files = share((double)times->files_ns, busy_ns(times)),
        .machine_busy = machine_share(times),
        .busy_max = snapshot->windows[MEASURE_5_MIN].busy_max,
        .wait_s = window->wait.mean_s,
        .wait_p99_s = window->wait.p99_s,
        .threads_advised = snapshot->now.gauges.threads,
        .wait_advised_s = window->wait.mean_s,
        .gauges = snapshot->now.gauges,
        .counts = snapshot->windows[MEASURE_5_MIN].counts,
    };
}

/* --- threads -------------------------------------------------------------------------------------------- */

static bool is_much_less(size_t enough, size_t threads) {
    return enough * 100 <= threads * MUCH_LESS_PER_CENT;
}

static void advise_fewer(struct advice *advice, size_t needed, const struct measure_window *watched) {
    size_t enough =
        larger(larger(needed, advice->busy_max + 1), smaller(advice->processors, advice->threads));
    bool is_settled = watched->span_s >= SETTLED_S && watched->counts.requests >= LIVELY_REQUESTS;
    if (is_settled && is_much_less(enough, advice->threads)) {
        advice->verdict = ADVICE_FEWER_THREADS;
        advice->threads_advised = enough;
    } else {
        advice->is_ample = is_much_less(needed, advice->threads);
        advice->is_early = is_much_less(enough, advice->threads);
    }
}

static void advise_threads(struct advice *advice, const struct measure_window *window,
                           const struct measure_snapshot *snapshot) {
    struct model_load load;
    advice_load_of(window, snapshot, &load);
    advice->service_s = load.service_s;
    if (advice->requests < ADVICE_REQUESTS_MIN || load.service_s <= 0) {
        return;
    }
    double useful = model_threads_useful(&load);
    advice->threads_useful = useful < ADVICE_THREADS_MAX ? larger(ceiling_of(useful), 1) : 0;
    double wait_s = load.service_s * wait_share;
    wait_s = wait_s > wait_min_s ? wait_s : wait_min_s;
    size_t needed = model_threads_for(&load, wait_s, ADVICE_THREADS_MAX);
    advice->verdict = ADVICE_FINE;
    bool waits = advice->wait_s > 2 * wait_s && advice->busy * 100 > BUSY_PER_CENT;
    if (waits && needed > advice->threads) {
        advice->verdict = ADVICE_MORE_THREADS;
        advice->threads_advised = needed;
    } else if (waits && advice->machine_busy * 100 > SATURATED_PER_CENT) {
        advice->verdict = ADVICE_PROCESSORS_BUSY;
    } else if (needed < advice->threads) {
        advise_fewer(advice, needed, &snapshot->windows[MEASURE_5_MIN]);
    }
    if (advice->threads_advised != advice->threads) {
        advice->wait_advised_s = model_predict(&load, advice->threads_advised).wait_s;
    }
}

/* --- what else may hold --------------------------------------------------------------------------------- */

/* A crowd that comes at once finds no place although the threads can cope with it. If they cannot, a longer queue would
 * only make it wait for longer. */
static void advise_queue(struct advice *advice) {
    bool was_full = advice->counts.rejected > 0 || advice->counts.paused_queue > 0;
    if (was_full && advice->verdict == ADVICE_FINE) {
        advice->queue_advised = 2 * advice->gauges.queue_capacity;
    }
}

static void advise_cache(struct advice *advice) {
    uint64_t lookups = advice->counts.cache_hits + advice->counts.cache_misses;
    bool is_full = advice->gauges.cache_bytes * 10 > advice->gauges.cache_bytes_max * 9;
    if (is_full && lookups >= ADVICE_REQUESTS_MIN && advice->counts.cache_evictions > 0 &&
        advice->counts.cache_hits * 100 < lookups * CACHE_HITS_PER_CENT) {
        advice->cache_bytes_advised = 2 * advice->gauges.cache_bytes_max;
    }
}

static void advise_connections(struct advice *advice) {
    if (advice->counts.gave_way > 0 || advice->counts.paused_connections > 0) {
        advice->connections_advised = smaller(2 * advice->gauges.connections_max, CONNECTIONS_CEILING);
    }
}

void advice_weigh(const struct measure_snapshot *snapshot, struct advice *advice) {
    const struct measure_window *window = choose_window(snapshot);
    fill_evidence(advice, window, snapshot);
    advise_threads(advice, window, snapshot);
    advise_queue(advice);
    advise_cache(advice);
    advise_connections(advice);
}
