/* SPDX-License-Identifier: MIT */
/*
 * What other processes use of the processors, told apart: what they do for the requests (file system daemons, clients
 * on the same machine) grows with their rate, what they do anyway does not.
 *
 * Second by second the processor time of the machine but for Lido's own is set against the rate of requests, and a line
 * laid through it (least squares), older seconds counting less. Its slope is taken as far as it explains what is seen
 * (the coefficient of determination): while the rate has not varied yet, all is taken for what they do anyway.
 *
 * Knows no clock. Not thread-safe.
 */
#ifndef LIDO_SERVER_MEASURE_OTHERS_H
#define LIDO_SERVER_MEASURE_OTHERS_H

#include "server/measure/snapshot.h"

#include <stddef.h>
#include <stdint.h>

/* Sums over the seconds, each weighed by its age; x is the rate, y the number of processors that others used. All-zero:
 * nothing yet. */
struct others {
    double weight;
    double x;
    double y;
    double xx;
    double xy;
    double yy;
    int64_t looked_ns; /* how it stood then: */
    uint64_t requests;
    struct measure_times times;
};

/* Look how things stand, about once a second; after a longer time, that counts as one second. */
void others_look(struct others *others, int64_t now_ns, const struct measure_counts *counts);

/* The processor time that they spend for a request, in seconds; 0 as long as it is not known. */
double others_per_request_s(const struct others *others);

/* How many processors others used while this was counted, in `span_s` seconds. Thread-safe. */
double others_used(const struct measure_times *times, double span_s);

#endif
