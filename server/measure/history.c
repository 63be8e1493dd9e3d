/* SPDX-License-Identifier: MIT */
#include "server/measure/history.h"

#include "http/base/clock.h"

#include <assert.h>
#include <string.h>

static const int64_t span_ns[MEASURE_SPANS] = {
    [MEASURE_10_S] = 10 * CLOCK_NS_PER_S,
    [MEASURE_1_MIN] = 60 * CLOCK_NS_PER_S,
    [MEASURE_5_MIN] = 300 * CLOCK_NS_PER_S,
};

enum { PARTS = 10 }; /* of a window, each with a base */

static int64_t part_s(size_t span) {
    return span_ns[span] / PARTS / CLOCK_NS_PER_S;
}

static double seconds_of(int64_t ns) {
    return (double)ns / (double)CLOCK_NS_PER_S;
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

/* --- bases ---------------------------------------------------------------------------------------------- */

static_assert(sizeof(struct measure_counts) % sizeof(uint64_t) == 0, "nothing but numbers of that type");

static struct measure_counts counted_since(const struct measure_counts *now,
                                           const struct measure_counts *before) {
    enum { NUMBERS = sizeof *now / sizeof(uint64_t) };
    uint64_t numbers[NUMBERS];
    uint64_t subtrahends[NUMBERS];
    struct measure_counts difference;
    memcpy(numbers, now, sizeof numbers);
    memcpy(subtrahends, before, sizeof subtrahends);
    for (size_t i = 0; i < NUMBERS; i++) {
        numbers[i] -= subtrahends[i];
    }
    memcpy(&difference, numbers, sizeof difference);
    return difference;
}

/* What the histogram has counted since the base had these. */
static void durations_since(const struct histogram_reading *now, const uint32_t before[HISTOGRAM_BUCKETS],
                            uint64_t sum_before_ns, struct histogram_reading *difference) {
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        difference->counts[i] = (uint32_t)now->counts[i] - before[i];
    }
    difference->sum_ns = now->sum_ns - sum_before_ns;
}

static size_t parked_of(const struct measure_gauges *gauges) {
    size_t parked = 0;
    for (size_t i = 0; i < PARKED_KINDS; i++) {
        parked += gauges->parked[i];
    }
    return parked;
}

static void add_gauges(struct history_gauges *sums, const struct measure_gauges *gauges, double seconds) {
    sums->busy += (double)gauges->busy * seconds;
    sums->threads += (double)gauges->threads * seconds;
    sums->queue_depth += (double)gauges->queue_depth * seconds;
    sums->connections += (double)gauges->connections * seconds;
    sums->parked += (double)parked_of(gauges) * seconds;
}

static void sum_classes(const struct measure_now *now, uint64_t classes[MEASURE_STATUS_CLASSES]) {
    for (size_t i = 0; i < MEASURE_STATUSES; i++) {
        classes[i / 100] += now->statuses[i];
    }
}

static void fill_base(struct history_base *base, const struct measure_now *now, int64_t at_ns,
                      const struct history_gauges *gauges) {
    *base = (struct history_base){
        .taken_ns = at_ns,
        .counts = now->counts,
        .gauges = *gauges,
        .waits_sum_ns = now->waits.sum_ns,
        .services_sum_ns = now->services.sum_ns,
    };
    sum_classes(now, base->statuses);
    for (size_t i = 0; i < HISTOGRAM_BUCKETS; i++) {
        base->waits[i] = (uint32_t)now->waits.counts[i];
        base->services[i] = (uint32_t)now->services.counts[i];
    }
}

static void push_base(struct history_span *span, const struct measure_now *now, int64_t at_ns,
                      const struct history_gauges *gauges) {
    struct history_base *base = &span->bases[span->count % HISTORY_BASES];
    fill_base(base, now, at_ns, gauges);
    base->busy_high = span->busy_high;
    base->queue_depth_high = span->queue_depth_high;
    span->busy_high = 0;
    span->queue_depth_high = 0;
    span->count++;
}

/* --- points --------------------------------------------------------------------------------------------- */

static float quantile_s(const struct histogram_reading *durations, double share) {
    return (float)seconds_of(histogram_reading_quantile_ns(durations, share));
}

static void fill_quantiles(struct measure_point *point, const struct measure_now *now,
                           const struct history_base *since) {
    struct histogram_reading durations;
    durations_since(&now->waits, since->waits, since->waits_sum_ns, &durations);
    point->wait_median_s = quantile_s(&durations, 0.5);
    point->wait_p99_s = quantile_s(&durations, 0.99);
    durations_since(&now->services, since->services, since->services_sum_ns, &durations);
    point->service_median_s = quantile_s(&durations, 0.5);
    point->service_p99_s = quantile_s(&durations, 0.99);
}

static void put_point(struct history_point *place, int64_t number, const struct measure_now *now,
                      const struct history_base *end, const struct history_base *since) {
    double seconds = seconds_of(end->taken_ns - since->taken_ns);
    if (seconds <= 0) {
        return;
    }
    struct measure_counts counts = counted_since(&end->counts, &since->counts);
    place->number = number;
    place->point = (struct measure_point){
        .span_s = seconds,
        .requests = counts.requests,
        .body_bytes = counts.body_bytes,
        .rejected = counts.rejected,
        .timeouts = counts.timeouts[PARKED_READING] + counts.timeouts[PARKED_WRITING] +
                    counts.timeouts[PARKED_LINGERING],
        .cache_hits = counts.cache_hits,
        .cache_misses = counts.cache_misses,
        .busy = (float)((end->gauges.busy - since->gauges.busy) / seconds),
        .threads = (float)((end->gauges.threads - since->gauges.threads) / seconds),
        .queue_depth = (float)((end->gauges.queue_depth - since->gauges.queue_depth) / seconds),
        .connections = (float)((end->gauges.connections - since->gauges.connections) / seconds),
    };
    for (size_t i = 0; i < MEASURE_STATUS_CLASSES; i++) {
        place->point.statuses[i] = end->statuses[i] - since->statuses[i];
    }
    fill_quantiles(&place->point, now, since);
}

/* --- looking -------------------------------------------------------------------------------------------- */

static int64_t number_of(const struct history *history, int64_t at_ns, int64_t length_s) {
    return (at_ns - history->start_ns) / (length_s * CLOCK_NS_PER_S);
}

static bool passes(const struct history *history, int64_t at_ns, int64_t length_s) {
    return number_of(history, history->looked_ns, length_s) != number_of(history, at_ns, length_s);
}

static void note_gauges(struct history *history, const struct measure_gauges *gauges, int64_t at_ns) {
    add_gauges(&history->gauges, gauges, seconds_of(at_ns - history->looked_ns));
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        struct history_span *span = &history->spans[i];
        span->busy_high = larger(span->busy_high, gauges->busy);
        span->queue_depth_high = larger(span->queue_depth_high, gauges->queue_depth);
    }
}

/* Before `looked_ns` is that of this look. */
static void put_points(struct history *history, const struct measure_now *now, int64_t at_ns) {
    struct history_base end;
    fill_base(&end, now, at_ns, &history->gauges);
    int64_t second = number_of(history, at_ns, 1) - 1;
    int64_t day = number_of(history, history->looked_ns, MEASURE_DAY_POINT_S);
    put_point(&history->seconds[second % MEASURE_SECONDS], second, now, &end, &history->second);
    put_point(&history->days[day % MEASURE_DAY_POINTS], day, now, &end, &history->day);
    history->second = end;
    if (passes(history, at_ns, MEASURE_DAY_POINT_S)) {
        history->day = end;
    }
}

static void look(struct history *history, const struct measure_now *now, int64_t at_ns) {
    note_gauges(history, &now->gauges, at_ns);
    if (passes(history, at_ns, 1)) {
        put_points(history, now, at_ns);
    }
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        if (passes(history, at_ns, part_s(i))) {
            push_base(&history->spans[i], now, at_ns, &history->gauges);
        }
    }
    history->looked_ns = at_ns;
}

/* Nobody has looked since, as there was nothing to see; see "Note on gaps". The windows that begin in the gap have
 * their base at its beginning. */
static void skip_gap(struct history *history, const struct measure_now *now) {
    look(history, now, history->looked_ns + CLOCK_NS_PER_S);
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        if (passes(history, now->taken_ns, part_s(i))) {
            push_base(&history->spans[i], now, history->looked_ns, &history->gauges);
        }
    }
    note_gauges(history, &now->gauges, now->taken_ns);
    fill_base(&history->second, now, now->taken_ns, &history->gauges);
    if (passes(history, now->taken_ns, MEASURE_DAY_POINT_S)) {
        history->day = history->second;
    }
    history->looked_ns = now->taken_ns;
}

bool history_is_due(const struct history *history, int64_t now_ns) {
    return passes(history, now_ns, 1);
}

void history_note(struct history *history, const struct measure_gauges *gauges, int64_t now_ns) {
    note_gauges(history, gauges, now_ns);
    history->looked_ns = now_ns;
}

void history_look(struct history *history, const struct measure_now *now) {
    int64_t passed_ns = now->taken_ns - history->looked_ns;
    if (passed_ns > HISTORY_GAP_MS * CLOCK_NS_PER_MS) {
        skip_gap(history, now);
    } else if (passed_ns > 0) {
        look(history, now, now->taken_ns);
    }
}

void history_init(struct history *history, int64_t now_ns) {
    history->start_ns = now_ns;
    history->looked_ns = now_ns;
    history->second.taken_ns = now_ns;
    history->day.taken_ns = now_ns;
    for (size_t i = 0; i < MEASURE_SPANS; i++) {
        history->spans[i].bases[0].taken_ns = now_ns;
        history->spans[i].count = 1;
    }
}

/* --- reading -------------------------------------------------------------------------------------------- */

/* The last base that is as old as the window, or else the first one; *busy_high and *depth_high are what was seen
 * since then. */
static const struct history_base *find_base(const struct history_span *span, int64_t before_ns,
                                            size_t *busy_high, size_t *depth_high) {
    uint64_t kept = span->count < HISTORY_BASES ? span->count : HISTORY_BASES;
    const struct history_base *base = NULL;
    *busy_high = span->busy_high;
    *depth_high = span->queue_depth_high;
    for (uint64_t i = 1; i <= kept; i++) {
        base = &span->bases[(span->count - i) % HISTORY_BASES];
        if (base->taken_ns <= before_ns || i == kept) {
            break;
        }
        *busy_high = larger(*busy_high, base->busy_high);
        *depth_high = larger(*depth_high, base->queue_depth_high);
    }
    return base;
}

static void fill_duration(struct measure_duration *duration, const struct histogram_reading *reading) {
    *duration = (struct measure_duration){
        .count = histogram_reading_count(reading),
        .mean_s = histogram_reading_mean_ns(reading) / (double)CLOCK_NS_PER_S,
        .median_s = seconds_of(histogram_reading_quantile_ns(reading, 0.5)),
        .p90_s = seconds_of(histogram_reading_quantile_ns(reading, 0.9)),
        .p99_s = seconds_of(histogram_reading_quantile_ns(reading, 0.99)),
        .variation = histogram_reading_variation(reading),
    };
}

void history_read_window(const struct history *history, const struct measure_now *now, enum measure_span span,
                         struct measure_window *window) {
    *window = (struct measure_window){.span_s = 0};
    const struct history_base *base = find_base(&history->spans[span], now->taken_ns - span_ns[span],
                                                &window->busy_max, &window->queue_depth_max);
    window->counts = counted_since(&now->counts, &base->counts);
    sum_classes(now, window->statuses);
    for (size_t i = 0; i < MEASURE_STATUS_CLASSES; i++) {
        window->statuses[i] -= base->statuses[i];
    }
    window->busy_max = larger(window->busy_max, now->gauges.busy);
    window->queue_depth_max = larger(window->queue_depth_max, now->gauges.queue_depth);
    struct history_gauges gauges = history->gauges;
    add_gauges(&gauges, &now->gauges, seconds_of(now->taken_ns - history->looked_ns));
    double seconds = seconds_of(now->taken_ns - base->taken_ns);
    if (seconds > 0) {
        window->busy_mean = (gauges.busy - base->gauges.busy) / seconds;
        window->threads_mean = (gauges.threads - base->gauges.threads) / seconds;
        window->queue_depth_mean = (gauges.queue_depth - base->gauges.queue_depth) / seconds;
        window->connections_mean = (gauges.connections - base->gauges.connections) / seconds;
        window->parked_mean = (gauges.parked - base->gauges.parked) / seconds;
    }
    double longest = seconds_of(span_ns[span]) * (1 + 1.0 / PARTS);
    window->span_s = seconds < longest ? seconds : seconds_of(span_ns[span]); /* else it begins in a gap */
    struct histogram_reading durations;
    durations_since(&now->waits, base->waits, base->waits_sum_ns, &durations);
    fill_duration(&window->wait, &durations);
    durations_since(&now->services, base->services, base->services_sum_ns, &durations);
    fill_duration(&window->service, &durations);
}

/* While it was not looked at it slept, and threads and clients were as before. */
static size_t read_points(const struct history_point *ring, size_t size, int64_t end,
                          struct measure_point *points) {
    int64_t first = end > (int64_t)size ? end - (int64_t)size : 0;
    struct measure_point asleep = {.span_s = 0};
    for (int64_t number = first; number < end; number++) {
        const struct history_point *place = &ring[number % (int64_t)size];
        points[number - first] = place->number == number ? place->point : asleep;
        asleep.threads = points[number - first].threads;
        asleep.connections = points[number - first].connections;
    }
    return (size_t)(end - first);
}

size_t history_read_seconds(const struct history *history, int64_t now_ns,
                            struct measure_point points[MEASURE_SECONDS]) {
    return read_points(history->seconds, MEASURE_SECONDS, number_of(history, now_ns, 1), points);
}

size_t history_read_day(const struct history *history, int64_t now_ns,
                        struct measure_point points[MEASURE_DAY_POINTS]) {
    return read_points(history->days, MEASURE_DAY_POINTS, number_of(history, now_ns, MEASURE_DAY_POINT_S) + 1,
                       points);
}
