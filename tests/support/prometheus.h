/* SPDX-License-Identifier: MIT */
/*
 * A strict reader of metrics in the text format 0.0.4 of Prometheus
 * (prometheus.io/docs/instrumenting/exposition_formats), and of the conventions for their names.
 *
 * Each family has one HELP and one TYPE, in front of all its samples, which stand together; no sample stands twice;
 * counters end in _total and are not negative; histograms grow, and end with +Inf, _sum and _count that agree.
 */
#ifndef LIDO_TESTS_SUPPORT_PROMETHEUS_H
#define LIDO_TESTS_SUPPORT_PROMETHEUS_H

/* Fail the test unless all of it is right. */
void prometheus_check(const char *text);

/* The value of a sample, named as it stands there: "a_total{b=\"c\"}". Fails the test if there is none. */
double prometheus_value(const char *text, const char *sample);

#endif
