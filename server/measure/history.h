/* SPDX-License-Identifier: MIT */
/*
 * What a server has done lately: windows of 10 s, 1 min and 5 min, and points for plots, in fixed memory.
 *
 * While the server is awake, it is told the gauges ten times a second, and everything once a second. It keeps a base of
 * each tenth of a window, from which the present is subtracted, and a point of each second and of five minutes.
 *
 * Note on gaps. A server without clients sleeps, and nobody looks. Nothing has happened then but the last moments
 * before: the first look after a gap counts what is new for the second after the look before it, and the seconds
 * since then as empty. So it has to come before what woke the server is dealt with.
 *
 * Knows no thread and no clock. Not thread-safe.
 */
#ifndef LIDO_SERVER_MEASURE_HISTORY_H
#define LIDO_SERVER_MEASURE_HISTORY_H

#include "server/measure/snapshot.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    HISTORY_BASES = 12,   /* of each window: ten parts, the one that it begins in, and one more for a gap */
    HISTORY_GAP_MS = 2000 /* the server looks far more often unless it sleeps */
};

/* Gauges over time: the sum of value times seconds. */
struct history_gauges {
    double busy;
    double threads;
    double queue_depth;
    double connections;
    double parked;
};

/* How things stood, as far as a window or a point needs it. The histograms count modulo 2^32, as only differences
 * are of use. */
struct history_base {
    int64_t taken_ns;
    struct measure_counts counts;
    uint64_t statuses[MEASURE_STATUS_CLASSES];
    struct history_gauges gauges;
    uint32_t waits[HISTOGRAM_BUCKETS];
    uint32_t services[HISTOGRAM_BUCKETS];
    uint64_t waits_sum_ns;
    uint64_t services_sum_ns;
    size_t busy_high; /* since the base before, as is the next */
    size_t queue_depth_high;
};

struct history_span {
    struct history_base bases[HISTORY_BASES]; /* a ring */
    uint64_t count;   /* ever kept; the last of them is at (count - 1) % HISTORY_BASES */
    size_t busy_high; /* since the last base, as is the next */
    size_t queue_depth_high;
};

/* A point, and which one it is, counted from the start; another number, and there is none for this time. Of zeros, it is
 * the first one of a server that has done nothing. */
struct history_point {
    int64_t number;
    struct measure_point point;
};

struct history {
    int64_t start_ns;
    int64_t looked_ns;            /* the last look */
    struct history_gauges gauges; /* since the start, till then */
    struct history_span spans[MEASURE_SPANS];
    struct history_base second; /* at the end of the last second, */
    struct history_base day;    /* and where the point of the day began */
    struct history_point seconds[MEASURE_SECONDS];
    struct history_point days[MEASURE_DAY_POINTS];
};

/* Begin, with a server that has done nothing, in memory of zeros as calloc(3) gives it: what is not used yet, some
 * 200 KiB, is not touched. */
void history_init(struct history *history, int64_t now_ns);

/* Whether a second is over since the last look, and everything is to be told: history_look(). */
bool history_is_due(const struct history *history, int64_t now_ns);

/* Look at the gauges alone, when it is not due. */
void history_note(struct history *history, const struct measure_gauges *gauges, int64_t now_ns);

/* Look how things stand. */
void history_look(struct history *history, const struct measure_now *now);

/* What has happened in a span before `now`. */
void history_read_window(const struct history *history, const struct measure_now *now, enum measure_span span,
                         struct measure_window *window);

/* The points of the last five minutes up to the last full second, or of the last day, the oldest first. Returns how
 * many: MEASURE_SECONDS or MEASURE_DAY_POINTS, or less if the server is younger. */
size_t history_read_seconds(const struct history *history, int64_t now_ns,
                            struct measure_point points[MEASURE_SECONDS]);
size_t history_read_day(const struct history *history, int64_t now_ns,
                        struct measure_point points[MEASURE_DAY_POINTS]);

#endif
