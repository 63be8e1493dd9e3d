/* SPDX-License-Identifier: MIT */
/*
 * What is to come in simulated time, the earliest first: a binary heap.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_EVENTS_H
#define LIDO_TESTS_UNIT_SUPPORT_EVENTS_H

#include <stddef.h>

enum { EVENTS_MAX = 20016 };

struct event {
    double at_s;
    int step; /* the caller's, as the next one */
    int job;
};

/* All-zero: nothing. */
struct events {
    struct event items[EVENTS_MAX];
    size_t count;
};

/* There must be room. */
void events_add(struct events *events, struct event event);

/* There must be one. */
struct event events_take(struct events *events);

#endif
