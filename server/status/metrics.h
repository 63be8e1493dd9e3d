/* SPDX-License-Identifier: MIT */
/*
 * A reading as metrics for Prometheus: text format 0.0.4, names by its conventions (prometheus.io/docs/practices/naming).
 *
 * Counters end in _total, times are in seconds, sizes in bytes. Histograms have the powers of two from 16 us to 34 s as
 * bounds: these are bounds of what was counted, too, so that each number is exact. Thread-safe.
 */
#ifndef LIDO_SERVER_STATUS_METRICS_H
#define LIDO_SERVER_STATUS_METRICS_H

#include "http/base/text.h"
#include "server/status/reading.h"

#define METRICS_MEDIA_TYPE "text/plain; version=0.0.4; charset=utf-8"

/* Append all of them. */
void metrics_write(const struct reading *reading, struct text *out);

#endif
