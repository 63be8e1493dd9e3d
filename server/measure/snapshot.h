/* SPDX-License-Identifier: MIT */
/*
 * What can be known of a running server: the numbers from which the status page, its data, the metrics, the terminal
 * view and the advice are made.
 *
 * Plain data with stable names; measure.h fills it in. Counts go from the start of the server and never go down. They
 * are each exact, but not read in one instant: while requests come in, two that belong together may differ by those
 * that are under way.
 */
#ifndef LIDO_SERVER_MEASURE_SNAPSHOT_H
#define LIDO_SERVER_MEASURE_SNAPSHOT_H

#include "http/base/histogram.h"
#include "server/reactor/parked.h"

#include <stddef.h>
#include <stdint.h>

enum {
    MEASURE_STATUS_FIRST = 100,
    MEASURE_STATUSES = 500,     /* from 100 to 599 */
    MEASURE_STATUS_CLASSES = 5, /* 1xx to 5xx */
    MEASURE_SECONDS = 300,      /* points of the last five minutes, one for each second */
    MEASURE_DAY_POINT_S = 300,  /* of the last day, one for five minutes, */
    MEASURE_DAY_POINTS = 288,   /* hence so many */
    MEASURE_POINTS_MAX = MEASURE_SECONDS
};

/* What the workers have done with their time, all of them together, and the processors of the machine, in nanoseconds.
 * Known once a second (of more than 64 workers: of 64 of them), so that shares are right, but not sums over a second. */
struct measure_times {
    uint64_t idle_ns;
    uint64_t computing_ns;    /* on a processor */
    uint64_t files_ns;        /* waiting for a file system */
    uint64_t processor_ns;    /* waiting for a processor */
    uint64_t process_ns;      /* of all threads of this process on processors, exactly */
    uint64_t machine_busy_ns; /* of all processors, whoever uses them */
    uint64_t machine_idle_ns;
};

/* What is counted: numbers of type uint64_t, and nothing else. */
struct measure_counts {
    uint64_t requests;           /* that were answered by workers, or whose client has left meanwhile */
    uint64_t status_requests;    /* of these, for the status pages: they are not among the services */
    uint64_t incomplete;         /* of these, answers that were not sent to the end */
    uint64_t body_bytes;         /* of answers, given to the kernel; without heads */
    uint64_t accepted;           /* connections */
    uint64_t accept_errors;      /* connections that were gone before they could be accepted */
    uint64_t rejected;           /* answered 503 at once, because the queue was full */
    uint64_t gave_way;           /* idle and silent connections that were closed to make room for new ones, */
    uint64_t gave_way_slow;      /* slow requests and answers for the same reason, */
    uint64_t gave_way_memory;    /* and for the memory that they held */
    uint64_t turned_away;        /* connections of addresses that had as many as one may have */
    uint64_t paused_queue;       /* how often accepting paused because the queue was full, */
    uint64_t paused_connections; /* because max_connections were open, */
    uint64_t paused_resources;   /* or for want of descriptors or memory */
    uint64_t timeouts
        [PARKED_KINDS]; /* by what was waited for; PARKED_IDLE is the usual end of a kept connection */
    uint64_t deposed;   /* leaders of the lane that did not get on */
    uint64_t cut;       /* connections closed unfinished when the server stopped */
    uint64_t queued;    /* clients that passed through the queue; the others came by the lane */
    uint64_t refused;   /* how often a client found the queue full, and waited or was rejected */
    uint64_t cache_hits;
    uint64_t cache_misses;    /* what had to be opened; what is not there is never a hit */
    uint64_t cache_evictions; /* files that had to leave the cache for others */
    uint64_t log_lines_dropped;
    struct measure_times times;
};

/* As it is at this moment. */
struct measure_gauges {
    size_t processors; /* that the server may use */
    size_t threads;
    size_t
        threads_min; /* so many the server may have, if it chooses itself (threads = auto); 0: it may not */
    size_t threads_max; /* likewise */
    size_t busy;        /* threads that have something to do */
    size_t busy_high_water;
    size_t spares;  /* threads beside these, for those that are stuck */
    size_t stuck;   /* threads that are in one operation on files for longer than stuck_after */
    size_t leaders; /* threads that lead the lane; one of them may sleep there */
    size_t queue_depth;
    size_t queue_capacity;
    size_t queue_high_water;
    size_t connections;
    size_t connections_max; /* max_connections */
    size_t connections_high_water;
    size_t parked[PARKED_KINDS]; /* of the connections, those that wait without a worker */
    size_t request_bytes;     /* memory that requests and answers under way hold while their clients wait */
    size_t request_bytes_max; /* request_memory */
    size_t cache_bytes;
    size_t cache_bytes_max; /* file_cache_memory; 0: there is no cache */
    size_t cache_files;
    size_t cache_descriptors; /* of these files, those that are kept open */
};

/* One reading of everything. */
struct measure_now {
    int64_t taken_ns;                    /* by clock_steady_ns() */
    struct measure_counts counts;        /* since the start, as are the next three */
    uint64_t statuses[MEASURE_STATUSES]; /* answers by status - MEASURE_STATUS_FIRST: all together they are
                                          * `requests` and `rejected` */
    struct histogram_reading
        waits; /* from the moment that a request could have been served to its first step */
    struct histogram_reading
        services; /* from its first step to the end of its answer: with what the client lets
                                        * wait, if the answer does not go out in one piece */
    struct measure_gauges gauges;
};

/* A duration as it is told. */
struct measure_duration {
    uint64_t count;
    double mean_s;
    double median_s;
    double p90_s;
    double p99_s;
    double variation; /* squared coefficient of variation: see histogram_reading_variation() */
};

enum measure_span { MEASURE_10_S, MEASURE_1_MIN, MEASURE_5_MIN, MEASURE_SPANS };

/* What happened in the last 10 s, minute or 5 minutes. */
struct measure_window {
    double span_s; /* how long it really is: up to a tenth longer; shorter when the server is younger */
    struct measure_counts counts;
    uint64_t statuses[MEASURE_STATUS_CLASSES]; /* 1xx first */
    double busy_mean;                          /* the mean of gauges.busy, looked at ten times a second, */
    size_t busy_max;                           /* and the most that were seen */
    double threads_mean;
    double queue_depth_mean; /* likewise */
    size_t queue_depth_max;
    double connections_mean;
    double parked_mean; /* of these, those that waited for something, idle ones included */
    struct measure_duration wait;
    struct measure_duration service;
};

struct measure_snapshot {
    double uptime_s;
    double others_per_request_s; /* processor time that other processes spend for a request, see others.h */
    struct measure_now now;
    struct measure_window windows[MEASURE_SPANS];
};

/* One point of a plot. */
struct measure_point {
    double
        span_s; /* how long the server was looked at in this time; 0: it was not, as it slept (then threads and
                    * connections are what they were before) or did not run */
    uint64_t requests;
    uint64_t body_bytes;
    uint64_t statuses[MEASURE_STATUS_CLASSES];
    uint64_t rejected;
    uint64_t timeouts; /* of all kinds, but for those of kept connections */
    uint64_t cache_hits;
    uint64_t cache_misses;
    float busy; /* means of the gauges */
    float threads;
    float queue_depth;
    float connections;
    float wait_median_s;
    float wait_p99_s;
    float service_median_s;
    float service_p99_s;
};

#endif
