/* SPDX-License-Identifier: MIT */
/*
 * Hunts for races and lost clients in the lane; meant for ThreadSanitizer, with which Criterion does not go.
 *
 * Clients that are pairs of sockets wait in a lane; speakers write to them and wait for the echo. Workers step out at
 * random before they answer, put clients into the queue at random, and end some, whose memory a new client gets. The
 * main thread watches, deposes whoever leads, at random, and resizes the pool. Each byte must be answered, each within
 * the patience of its speaker.
 *
 * Usage: stress_lane [SECONDS]. Prints one line; exit status 0 if all was well, 1 if not.
 */
#include "http/base/clock.h"
#include "server/reactor/lane/lane.h"
#include "tests/stress/check.h"

#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SPEAKERS = 3,
    PAIRS = 16,
    SECONDS_DEFAULT = 3,
    PATIENCE_MS = 5000,
    THREADS_MAX = 6,
    HOUR_MS = 3600 * 1000
};

static struct client_table table;
static struct waiting_room room;
static struct lane lane;
static struct wakeup wakeup;
static struct threadpool *pool;
static atomic_bool is_over;
static atomic_uint_fast64_t echoed;
static atomic_uint_fast64_t stepped_out;

/* See stress_server.c. */
const char *__tsan_default_suppressions(void);

const char *__tsan_default_suppressions(void) {
    return "race_top:epoll_ctl\n";
}

/* ---- In the workers ------------------------------------------------------------------------------------ */

struct local {
    struct worker *worker;
    uint32_t random;
};

static bool happens_once_in(struct worker *worker, uint32_t times) {
    struct local *local = worker_local(worker);
    return random_below(&local->random, times) == 0;
}

static void go_on_waiting(struct client *client) {
    client->connection.deadline_ms = clock_steady_coarse_ms() + HOUR_MS;
    switch (lane_wait(&lane, client, WATCH_FOR_BYTES)) {
    case WATCH_WAITS:
        break;
    case WATCH_CALLED:
        if (!threadpool_put_back(pool, client)) { /* the pool is stopped */
            client_table_remove(&table, client);
        }
        break;
    case WATCH_FAILED:
        (void)check(false, "epoll_ctl");
        break;
    }
}

static void serve(void *context, struct worker *worker, struct client *client) {
    char byte = 0;
    (void)context;
    if (happens_once_in(worker, 8)) {
        lane_step_out(&lane, worker);
        atomic_fetch_add(&stepped_out, 1);
    }
    if (happens_once_in(worker, 16) && threadpool_put_back(pool, client)) {
        return;
    }
    ssize_t n = recv(client->connection.fd, &byte, 1, MSG_DONTWAIT);
    if (n == 0) {
        client_table_remove(&table, client);
        return;
    }
    if (n == 1) {
        (void)send(client->connection.fd, &byte, 1, MSG_NOSIGNAL);
        atomic_fetch_add(&echoed, 1);
    }
    go_on_waiting(client);
}

static void serve_item(void *context, struct worker *worker, void *item) {
    serve(context, worker, item);
}

static bool lead(void *context, struct worker *worker) {
    (void)context;
    struct local *local = worker_local(worker);
    if (local->worker == NULL) {
        *local = (struct local){.worker = worker, .random = worker_index(worker) + 1};
    }
    return lane_lead(&lane, worker);
}

static void local_deinit(void *context, void *memory) {
    const struct local *local = memory;
    (void)context;
    lane_step_out(&lane, local->worker);
}

static bool summon(void *context) {
    (void)context;
    return lane_summon(&lane);
}

/* ---- Those who speak ----------------------------------------------------------------------------------- */

static pthread_mutex_t door = PTHREAD_MUTEX_INITIALIZER; /* the table has one thread that adds at a time */

static int connect_pair(void) {
    static const struct client_address somebody = {.family = AF_UNIX};
    int ends[2];
    if (!check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends) == 0, "socketpair")) {
        exit(1);
    }
    (void)pthread_mutex_lock(&door);
    void *client = client_table_add(&table, ends[0], &somebody, NULL, HOUR_MS);
    (void)pthread_mutex_unlock(&door);
    (void)check(threadpool_submit(pool, &client, 1) == 1, "no room in the queue");
    return ends[1];
}

static bool is_answered(int fd) {
    char byte = 0;
    struct pollfd answer = {.fd = fd, .events = POLLIN};
    return poll(&answer, 1, PATIENCE_MS) == 1 && recv(fd, &byte, 1, 0) == 1;
}

static void *speak(void *argument) {
    uint32_t *random = argument;
    int pairs[PAIRS];
    for (size_t i = 0; i < PAIRS; i++) {
        pairs[i] = connect_pair();
    }
    while (!atomic_load(&is_over)) {
        for (size_t i = 0; i < PAIRS; i++) {
            (void)send(pairs[i], "x", 1, MSG_NOSIGNAL);
        }
        for (size_t i = 0; i < PAIRS; i++) {
            (void)check(is_answered(pairs[i]), "a byte was not answered");
        }
        size_t leaver = random_below(random, PAIRS);
        (void)close(pairs[leaver]);
        pairs[leaver] = connect_pair();
    }
    for (size_t i = 0; i < PAIRS; i++) {
        (void)close(pairs[i]);
    }
    return NULL;
}

/* ---- The main thread ----------------------------------------------------------------------------------- */

static void disturb(uint32_t *random) {
    size_t count = atomic_load(&lane.led_count);
    for (size_t i = 0; i < count; i++) {
        if (random_below(random, 3) == 0 && lane_depose(&lane, &lane.all[i])) {
            threadpool_call_leader(pool);
        }
    }
    if (random_below(random, 8) == 0) {
        (void)check(threadpool_resize(pool, 1 + random_below(random, THREADS_MAX)) == 0, "resize");
    }
}

static void open_all(void) {
    struct lane_options for_lane = {
        .clients = &table, .room = &room, .wakeup = &wakeup, .leaders_max = 2, .serve = serve};
    struct threadpool_options for_pool = {.thread_count = 3,
                                          .queue_capacity = 4096,
                                          .local_bytes = sizeof(struct local),
                                          .local_deinit = local_deinit,
                                          .serve = serve_item,
                                          .lead = lead,
                                          .summon = summon};
    bool is_open = wakeup_open(&wakeup) == 0 && waiting_room_init(&room, clock_steady_coarse_ms()) == 0;
    client_table_init(&table, 2 * SPEAKERS * PAIRS, &wakeup);
    is_open = is_open && lane_init(&lane, &for_lane) == 0 && threadpool_create(&pool, &for_pool) == 0;
    if (!check(is_open, "cannot start")) {
        exit(1);
    }
}

static void close_all(void) {
    lane_close(&lane);
    threadpool_destroy(pool);
    (void)check(atomic_load(&lane.leaders) == 0, "somebody still leads");
    struct client *client = NULL;
    while ((client = waiting_room_take_any(&room)) != NULL) {
        client_table_remove(&table, client);
    }
    (void)check(client_table_count(&table) == 0, "clients were lost");
    lane_deinit(&lane);
    client_table_deinit(&table);
    waiting_room_deinit(&room);
    wakeup_close(&wakeup);
}

int main(int argc, char *argv[]) {
    static uint32_t seeds[SPEAKERS] = {1, 2, 3};
    pthread_t speakers[SPEAKERS];
    int64_t seconds = argc > 1 ? strtol(argv[1], NULL, 10) : SECONDS_DEFAULT;
    uint32_t random = 1;
    open_all();
    for (size_t i = 0; i < SPEAKERS; i++) {
        start_thread(&speakers[i], speak, &seeds[i]);
    }
    int64_t end_ms = clock_steady_coarse_ms() + seconds * 1000;
    while (clock_steady_coarse_ms() < end_ms) {
        (void)poll(NULL, 0, 1); /* the pace of the disturbance; nothing waits for it */
        disturb(&random);
    }
    atomic_store(&is_over, true);
    for (size_t i = 0; i < SPEAKERS; i++) {
        (void)pthread_join(speakers[i], NULL);
    }
    close_all();
    (void)printf("stress_lane: %" PRIuFAST64 " echoes, %" PRIuFAST64 " times stepped out, %u failures\n",
                 atomic_load(&echoed), atomic_load(&stepped_out), count_failures());
    return count_failures() == 0 ? 0 : 1;
}
