/* SPDX-License-Identifier: MIT */
/*
 * How long requests wait for a pool of a given size: queueing theory as functions, values in and values out.
 *
 * Two kinds of load are told apart. Of an open one, requests come at a rate of their own, whatever happened to those
 * before: M/M/c (Erlang, 1917), with the waiting scaled by the variation of the service times (Allen and Cunneen; in
 * A. O. Allen, "Probability, Statistics and Queueing Theory", 1990). Of a closed one, so many clients each send the next
 * request when they have their answer and have thought about it: the finite-source queue M/M/c//N (C. Palm, 1943), and
 * the bounds of P. J. Denning and J. P. Buzen ("The Operational Analysis of Queueing Network Models", 1978) where
 * service times vary less.
 *
 * Knows no server and measures nothing. All times are in seconds. Thread-safe.
 */
#ifndef LIDO_SERVER_ADVICE_MODEL_H
#define LIDO_SERVER_ADVICE_MODEL_H

#include <stddef.h>

enum { MODEL_CLIENTS_MAX = 20000 }; /* of a closed load; more of them are as good as an open one */

struct model_load {
    double service_s; /* how long a request keeps a thread, above 0 */
    double variation; /* of that: variance / mean^2 */
    double rate;      /* requests each second; of an open load */
    double clients;   /* above 0: it is a closed load of so many, */
    double think_s;   /* which take so long from an answer to the next request */
    double rate_max;  /* as many as the processors can serve, however many threads there are */
};

struct model_result {
    double wait_s; /* mean; INFINITY when the queue grows without end */
    double rate;   /* requests served each second */
};

/* The probability that a request has to wait, with so many threads, of which `load` (rate x service time) are busy on
 * average; 1 when that is all of them. Erlang's C formula. */
double model_chance_to_wait(size_t threads, double load);

/* What comes of it with so many threads, at least 1. */
struct model_result model_predict(const struct model_load *load, size_t threads);

/* The smallest number of threads, up to `most`, with which requests wait no longer than `wait_s` on average, or with
 * which the processors have all they can do. */
size_t model_threads_for(const struct model_load *load, double wait_s, size_t most);

/* How many threads can be busy at once before the processors are: more bring nothing. B. Goetz, "Java Concurrency in
 * Practice", 2006, section 8.2: cores x utilisation x (1 + wait / compute). */
double model_threads_useful(const struct model_load *load);

#endif
