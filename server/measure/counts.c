/* SPDX-License-Identifier: MIT */
#include "server/measure/counts.h"

void measure_worker_read(const struct measure_worker *worker, struct measure_now *now) {
    now->counts.requests += counter_read(&worker->requests);
    now->counts.status_requests += counter_read(&worker->status_requests);
    now->counts.incomplete += counter_read(&worker->incomplete);
    now->counts.body_bytes += counter_read(&worker->body_bytes);
    for (size_t i = 0; i < MEASURE_STATUSES; i++) {
        now->statuses[i] += counter_read(&worker->statuses[i]);
    }
    histogram_read(&worker->services, &now->services);
}
