/* SPDX-License-Identifier: MIT */
#include "server/tune/figures.h"

#include "http/base/clock.h"

void tune_figures_add(struct tune_figures *figures, const struct tune_figures *more) {
    figures->requests += more->requests;
    figures->errors += more->errors;
    figures->elapsed_ns += more->elapsed_ns;
    figures->server_ns += more->server_ns;
    figures->client_ns += more->client_ns;
    histogram_reading_add(&figures->latencies, &more->latencies);
    histogram_reading_add(&figures->waits, &more->waits);
}

static double share(int64_t part_ns, int64_t whole_ns) {
    return whole_ns > 0 ? (double)part_ns / (double)whole_ns : 0;
}

double tune_figures_rate(const struct tune_figures *figures) {
    return (double)figures->requests * share(CLOCK_NS_PER_S, figures->elapsed_ns);
}

double tune_figures_server_s(const struct tune_figures *figures) {
    return share(figures->server_ns, (int64_t)figures->requests * CLOCK_NS_PER_S);
}

double tune_figures_client_share(const struct tune_figures *figures) {
    return share(figures->client_ns, figures->elapsed_ns);
}
