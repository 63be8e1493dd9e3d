/* SPDX-License-Identifier: MIT */
#include "server/measure/others.h"

#include "http/base/clock.h"

static const double keeps =
    1 - 1.0 / 300; /* of its weight a second later: some five minutes are remembered */

double others_used(const struct measure_times *times, double span_s) {
    double others_ns = (double)times->machine_busy_ns - (double)times->process_ns;
    return others_ns > 0 && span_s > 0 ? others_ns / 1e9 / span_s : 0;
}

static void note(struct others *others, double rate, double used) {
    others->weight = others->weight * keeps + 1;
    others->x = others->x * keeps + rate;
    others->y = others->y * keeps + used;
    others->xx = others->xx * keeps + rate * rate;
    others->xy = others->xy * keeps + rate * used;
    others->yy = others->yy * keeps + used * used;
}

void others_look(struct others *others, int64_t now_ns, const struct measure_counts *counts) {
    double span_s = (double)(now_ns - others->looked_ns) / (double)CLOCK_NS_PER_S;
    if (others->looked_ns != 0 && span_s > 0) {
        struct measure_times passed = {
            .process_ns = counts->times.process_ns - others->times.process_ns,
            .machine_busy_ns = counts->times.machine_busy_ns - others->times.machine_busy_ns,
        };
        note(others, (double)(counts->requests - others->requests) / span_s, others_used(&passed, span_s));
    }
    others->looked_ns = now_ns;
    others->requests = counts->requests;
    others->times = counts->times;
}

double others_per_request_s(const struct others *others) {
    double xx = others->xx * others->weight - others->x * others->x;
    double yy = others->yy * others->weight - others->y * others->y;
    double xy = others->xy * others->weight - others->x * others->y;
    if (xx <= 0 || yy <= 0 || xy <= 0) {
        return 0;
    }
    double slope = xy / xx;
    double determination = slope * xy / yy;
    return slope * determination;
}
