/* SPDX-License-Identifier: MIT */
#include "server/worker_news.h"

#include <stdio.h>

static double seconds(int64_t ns) {
    return (double)ns / 1e9;
}

/* Of a request that is not understood, or never was whole, a page may have to be opened. */
static const char *subject_or_none(const char *subject) {
    return subject[0] != '\0' ? subject : "(a request without a target)";
}

void worker_news_stuck(char line[WORKER_NEWS_BYTES], const struct worker_stuck *stuck) {
    (void)snprintf(line, WORKER_NEWS_BYTES, "worker %u %s %s for %.1f s: %s", stuck->index,
                   stuck->is_over ? "is back; it was" : "is stuck", worker_activity_name(stuck->activity),
                   seconds(stuck->for_ns), subject_or_none(stuck->subject));
}

void worker_news_left_behind(char line[WORKER_NEWS_BYTES], const struct worker_report *report,
                             int64_t now_ns) {
    (void)snprintf(line, WORKER_NEWS_BYTES, "worker %u is left behind %s for %.1f s: %s", report->index,
                   worker_activity_name(report->activity), seconds(now_ns - report->since_ns),
                   subject_or_none(report->subject));
}
