/* SPDX-License-Identifier: MIT */
#include "server/advice/model.h"

#include <math.h>

static double larger(double a, double b) {
    return a > b ? a : b;
}

static double smaller(double a, double b) {
    return a < b ? a : b;
}

/* By the recurrence of Erlang's B formula, which cannot overflow. */
double model_chance_to_wait(size_t threads, double load) {
    if (load >= (double)threads) {
        return 1;
    }
    double blocked = 1;
    for (size_t i = 1; i <= threads; i++) {
        blocked = load * blocked / ((double)i + load * blocked);
    }
    double use = load / (double)threads;
    return blocked / (1 - use * (1 - blocked));
}

/* What waiting there is for want of regularity: half of it comes of the arrivals, half of the service times. */
static double irregularity(const struct model_load *load) {
    return (1 + load->variation) / 2;
}

static struct model_result predict_open(const struct model_load *load, size_t threads) {
    double served_max = (double)threads / load->service_s;
    double rate = load->rate;
    if (rate >= served_max) {
        return (struct model_result){.wait_s = INFINITY, .rate = served_max};
    }
    double busy = rate * load->service_s;
    double wait_s = model_chance_to_wait(threads, busy) * load->service_s / ((double)threads - busy);
    return (struct model_result){.wait_s = wait_s * irregularity(load), .rate = rate};
}

/* What a closed load comes to if all is as regular as can be. */
static struct model_result bound_closed(const struct model_load *load, size_t threads) {
    double rate =
        smaller((double)threads / load->service_s, load->clients / (load->think_s + load->service_s));
    return (struct model_result){.wait_s = larger(load->clients / rate - load->think_s - load->service_s, 0),
                                 .rate = rate};
}

/* The states of M/M/c//N by the number of requests in the server, each weighed by how likely it is. */
static struct model_result weigh_states(const struct model_load *load, size_t threads) {
    double weight = 1;
    double sum = 1;
    double busy = 0;
    double waiting = 0;
    size_t clients = (size_t)(load->clients + 0.5);
    for (size_t n = 1; n <= clients; n++) {
        double served = smaller((double)n, (double)threads);
        weight *= (double)(clients - n + 1) * load->service_s / (load->think_s * served);
        sum += weight;
        busy += weight * served;
        waiting += weight * ((double)n - served);
        if (sum > 1e200) {
            weight /= sum;
            busy /= sum;
            waiting /= sum;
            sum = 1;
        }
    }
    double rate = busy / sum / load->service_s;
    return (struct model_result){.wait_s = waiting / sum / rate, .rate = rate};
}

static struct model_result predict_closed(const struct model_load *load, size_t threads) {
    struct model_result bound = bound_closed(load, threads);
    if (load->think_s < load->service_s / 1e6 || load->clients < 1.5) {
        return bound; /* nobody thinks, so that nothing is left to chance; or there is nobody to wait for */
    }
    struct model_result result = weigh_states(load, threads);
    double wait_s = bound.wait_s + larger(result.wait_s - bound.wait_s, 0) * irregularity(load);
    return (struct model_result){.wait_s = wait_s,
                                 .rate = load->clients / (load->think_s + load->service_s + wait_s)};
}

static int is_closed(const struct model_load *load) {
    return load->clients > 0 && load->clients <= MODEL_CLIENTS_MAX;
}

/* With the processors at their end each request takes longer, so that all threads are busy with fewer of them. */
static struct model_result limit(const struct model_load *load, size_t threads, struct model_result result) {
    if (load->rate_max <= 0 || result.rate <= load->rate_max) {
        return result;
    }
    double rate = load->rate_max;
    double wait_s = is_closed(load) ? (load->clients - (double)threads) / rate - load->think_s : INFINITY;
    return (struct model_result){.wait_s = larger(wait_s, 0), .rate = rate};
}

struct model_result model_predict(const struct model_load *load, size_t threads) {
    return limit(load, threads,
                 is_closed(load) ? predict_closed(load, threads) : predict_open(load, threads));
}

double model_threads_useful(const struct model_load *load) {
    return load->rate_max > 0 ? load->rate_max * load->service_s : INFINITY;
}

static int is_enough(const struct model_load *load, size_t threads, double wait_s) {
    return model_predict(load, threads).wait_s <= wait_s || (double)threads >= model_threads_useful(load);
}

size_t model_threads_for(const struct model_load *load, double wait_s, size_t most) {
    size_t enough = 1;
    while (enough < most && !is_enough(load, enough, wait_s)) {
        enough *= 2;
    }
    size_t least = enough / 2 + 1;
    enough = enough < most ? enough : most;
    while (least < enough) {
        size_t middle = least + (enough - least) / 2;
        if (is_enough(load, middle, wait_s)) {
            enough = middle;
        } else {
            least = middle + 1;
        }
    }
    return enough;
}
