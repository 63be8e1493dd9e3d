/* SPDX-License-Identifier: MIT */
#include "server/tune/load.h"

#include "http/base/clock.h"
#include "http/semantics/status.h"
#include "server/probe/kept_client.h"
#include "server/tune/sample.h"
#include "server/tune/sample_files.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS_MAX = 64, CONNECT_US = 2 * 1000 * 1000, PROGRESS_MS = 100, FAILURES_MAX = 100 };

struct load_client {
    struct kept_client kept;
    struct sample_file *file; /* that it asks for; NULL: for none */
    int64_t asked_ns;
};

struct load {
    const struct load_options *options;
    struct tune_figures *figures;
    struct load_client *clients;
    size_t active; /* clients with a request under way */
    int epoll_fd;
    uint64_t random;
    size_t next_file; /* of `once` */
    size_t failures;  /* in a row */
    bool counts;      /* the warm-up is over */
    int64_t begin_ns; /* of counting */
    int64_t end_ns;
    int64_t shown_ns;
    int64_t server_begin_ns;
    int64_t client_begin_ns;
};

static int64_t read_ns(clockid_t clock) {
    struct timespec now = clock_read(clock);
    return now.tv_sec * CLOCK_NS_PER_S + now.tv_nsec;
}

/* Which file comes next; NULL: none is left. */
static struct sample_file *choose_file(struct load *load) {
    struct sample *sample = load->options->sample;
    if (load->options->once) {
        return load->next_file < sample->count ? &sample->files[load->next_file++] : NULL;
    }
    size_t count = load->options->is_cold ? sample->cold_count : sample->count;
    return &sample->files[sample_random(&load->random) % count];
}

static bool connect_client(struct load *load, struct load_client *client) {
    if (kept_client_open(&client->kept, load->options->address, clock_steady_us() + CONNECT_US) != 0) {
        return false;
    }
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = client};
    return epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD, client->kept.fd, &event) == 0;
}

/* Let the client ask for the next file. Returns false when it cannot. */
static bool ask(struct load *load, struct load_client *client) {
    client->file = choose_file(load);
    if (client->file == NULL) {
        load->active--;
        kept_client_close(&client->kept);
        return true;
    }
    if (load->options->is_cold) {
        sample_cool(client->file);
    }
    client->asked_ns = clock_steady_ns();
    return kept_client_ask(&client->kept, client->file->request, client->file->request_length) == 0;
}

/* Begin anew with another connection, unless that goes on for ever. */
static bool ask_anew(struct load *load, struct load_client *client) {
    do {
        kept_client_close(&client->kept);
        if (++load->failures > FAILURES_MAX || !connect_client(load, client)) {
            return false;
        }
    } while (!ask(load, client));
    return true;
}

static void count(struct load *load, const struct load_client *client, bool is_complete) {
    int64_t now_ns = clock_steady_ns();
    int status = client->kept.status;
    bool is_right = is_complete && (status == HTTP_OK || status == HTTP_PARTIAL_CONTENT);
    client->file->status = is_complete ? status : 0;
    if (!load->counts) {
        return;
    }
    if (!is_right) {
        load->figures->errors++;
        return;
    }
    int64_t latency_ns = now_ns - client->asked_ns;
    load->figures->requests++;
    load->figures->latencies.counts[histogram_bucket_of(latency_ns)]++;
    load->figures->latencies.sum_ns += (uint64_t)latency_ns;
}

static bool go_on(struct load *load, struct load_client *client) {
    enum kept_client_state state = kept_client_receive(&client->kept);
    if (state == KEPT_CLIENT_WAITS) {
        return true;
    }
    count(load, client, state == KEPT_CLIENT_ANSWERED);
    if (state == KEPT_CLIENT_ANSWERED) {
        load->failures = 0;
        if (ask(load, client)) {
            return true;
        }
    }
    return ask_anew(load, client);
}

static bool begin(struct load *load) {
    struct epoll_event stop = {.events = EPOLLIN, .data.ptr = NULL};
    if (epoll_ctl(load->epoll_fd, EPOLL_CTL_ADD, load->options->stop_fd, &stop) == -1) {
        return false;
    }
    for (size_t i = 0; i < load->options->clients; i++) {
        struct load_client *client = &load->clients[i];
        load->active++;
        if (!connect_client(load, client) || (!ask(load, client) && !ask_anew(load, client))) {
            return false;
        }
    }
    return true;
}

/* The time up to which is slept at most. */
static int until_next_step_ms(const struct load *load, int64_t now_ns) {
    int64_t next_ns = load->shown_ns + PROGRESS_MS * CLOCK_NS_PER_MS;
    if (now_ns < load->begin_ns && load->begin_ns < next_ns) {
        next_ns = load->begin_ns;
    }
    next_ns = load->end_ns < next_ns ? load->end_ns : next_ns;
    return next_ns > now_ns ? (int)((next_ns - now_ns) / CLOCK_NS_PER_MS) + 1 : 0;
}

static void keep_time(struct load *load, int64_t now_ns) {
    if (!load->counts && now_ns >= load->begin_ns) {
        load->counts = true;
        load->begin_ns = now_ns;
        load->server_begin_ns = read_ns(load->options->server_clock);
        load->client_begin_ns = read_ns(CLOCK_THREAD_CPUTIME_ID);
    }
    load->figures->elapsed_ns = load->counts ? now_ns - load->begin_ns : 0;
    if (now_ns - load->shown_ns >= PROGRESS_MS * CLOCK_NS_PER_MS) {
        load->shown_ns = now_ns;
        load->options->on_progress(load->options->context, load->figures);
    }
}

static enum load_end go_round(struct load *load) {
    struct epoll_event events[EVENTS_MAX];
    for (;;) {
        int64_t now_ns = clock_steady_ns();
        keep_time(load, now_ns);
        if (now_ns >= load->end_ns || load->active == 0) {
            return LOAD_DONE;
        }
        int ready = epoll_wait(load->epoll_fd, events, EVENTS_MAX, until_next_step_ms(load, now_ns));
        if (ready == -1 && errno != EINTR) {
            return LOAD_BROKEN;
        }
        for (int i = 0; i < ready; i++) {
            if (events[i].data.ptr == NULL) {
                return LOAD_STOPPED;
            }
            if (!go_on(load, events[i].data.ptr)) {
                return LOAD_BROKEN;
            }
        }
    }
}

static void set_up(struct load *load) {
    int64_t now_ns = clock_steady_ns();
    load->shown_ns = now_ns;
    load->begin_ns = now_ns + load->options->warm_up_ns;
    load->end_ns = load->begin_ns + load->options->counted_ns;
    load->random = (uint64_t)now_ns | 1;
    for (size_t i = 0; i < load->options->clients; i++) {
        load->clients[i].kept.fd = -1;
    }
}

static void end(struct load *load) {
    load->figures->server_ns = read_ns(load->options->server_clock) - load->server_begin_ns;
    load->figures->client_ns = read_ns(CLOCK_THREAD_CPUTIME_ID) - load->client_begin_ns;
    for (size_t i = 0; i < load->options->clients; i++) {
        kept_client_close(&load->clients[i].kept);
    }
}

enum load_end load_run(const struct load_options *options, struct tune_figures *figures) {
    assert(options->clients > 0 && options->clients <= LOAD_CLIENTS_MAX);
    struct load load = {.options = options, .figures = figures};
    enum load_end result = LOAD_BROKEN;
    load.clients = calloc(options->clients, sizeof *load.clients);
    load.epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (load.clients != NULL && load.epoll_fd != -1) {
        set_up(&load);
        result = begin(&load) ? go_round(&load) : LOAD_BROKEN;
        end(&load);
    }
    if (load.epoll_fd != -1) {
        (void)close(load.epoll_fd);
    }
    free(load.clients);
    return result;
}
