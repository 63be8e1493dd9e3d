/* SPDX-License-Identifier: MIT */
/*
 * Words for workers that a file system does not let go, for whoever runs the server. Only formats; the paths in it are
 * as clients sent them, and not escaped. Thread-safe.
 */
#ifndef LIDO_SERVER_WORKER_NEWS_H
#define LIDO_SERVER_WORKER_NEWS_H

#include "threadpool/threadpool.h"

enum { WORKER_NEWS_BYTES = WORKER_SUBJECT_BYTES + 128 };

/* A worker does not get on, or is back. */
void worker_news_stuck(char line[WORKER_NEWS_BYTES], const struct worker_stuck *stuck);

/* The server stops without one. `now_ns` by clock_steady_ns(). */
void worker_news_left_behind(char line[WORKER_NEWS_BYTES], const struct worker_report *report,
                             int64_t now_ns);

#endif
