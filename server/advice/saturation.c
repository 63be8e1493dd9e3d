/* SPDX-License-Identifier: MIT */
#include "server/advice/saturation.h"

static const int64_t second_ns = 1000000000;

bool saturation_is(const struct advice *advice) {
    bool may_grow = advice->threads < advice->gauges.threads_max;
    return (advice->verdict == ADVICE_MORE_THREADS && !may_grow) ||
           advice->verdict == ADVICE_PROCESSORS_BUSY || advice->queue_advised > 0 ||
           advice->connections_advised > 0;
}

bool saturation_note(struct saturation *saturation, const struct advice *advice, int64_t now_ns) {
    if (!saturation_is(advice)) {
        saturation->since_ns = 0;
        return false;
    }
    if (saturation->since_ns == 0) {
        saturation->since_ns = now_ns;
    }
    bool is_old_news =
        saturation->told_ns != 0 && now_ns - saturation->told_ns < SATURATION_REST_S * second_ns;
    if (is_old_news || now_ns - saturation->since_ns < SATURATION_LASTS_S * second_ns) {
        return false;
    }
    saturation->told_ns = now_ns;
    return true;
}
