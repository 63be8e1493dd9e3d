/* SPDX-License-Identifier: MIT */
/* A lane without a reactor: clients wait in it before any worker runs, so that the first leader has them all in one
 * batch. No main thread watches, but where a test plays it. */
#include "server/reactor/client_watch.h"
#include "server/reactor/lane/lane.h"
#include "server/reactor/lane/watch.h"
#include "tests/unit/server/reactor/guest.h"

#include <criterion/criterion.h>
#include <semaphore.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CLIENTS = 10, HOUR_MS = 3600 * 1000 };

/* What the worker does that serves the first client. */
enum held_up { NEVER, STEPPED_OUT, STUCK };

static struct lane lane;
static struct threadpool *pool;
static struct wakeup wakeup;
static int peers[CLIENTS];
static atomic_size_t received_count;
static atomic_size_t served_count;
static sem_t served; /* posted for each, but for the first one if it is held up */
static sem_t held;
static sem_t go_on;
static enum held_up first_is;
static int first_fd;

/* ---- What the linker wraps: where a leader can be stopped ---------------------------------------------- */

static atomic_bool stops_before_batch;

void __real_batch_publish(struct batch *batch, struct client *const clients[], size_t count,
                          int64_t ready_ns);
void __wrap_batch_publish(struct batch *batch, struct client *const clients[], size_t count,
                          int64_t ready_ns);

void __wrap_batch_publish(struct batch *batch, struct client *const clients[], size_t count,
                          int64_t ready_ns) {
    if (count > 0 && atomic_exchange(&stops_before_batch, false)) {
        (void)sem_post(&held);
        (void)sem_wait(&go_on);
    }
    __real_batch_publish(batch, clients, count, ready_ns);
}

/* ---- In the workers ------------------------------------------------------------------------------------ */

static bool receive(void *context, struct worker *worker, struct client *client) {
    (void)context;
    (void)worker;
    (void)client;
    cr_expect_eq(atomic_load(&served_count), 0, "all are received before the first is served");
    atomic_fetch_add(&received_count, 1);
    return true;
}

static void wait_again(struct client *client) {
    char byte = 0;
    (void)recv(client->connection.fd, &byte, 1, 0);
    client->connection.phase = CONNECTION_READING;
    client->connection.deadline_ms = NOW_MS + HOUR_MS;
    cr_expect_eq(client_watch_wait(lane.epoll_fd, &room, client, WATCH_FOR_BYTES), WATCH_WAITS);
}

static void serve(void *context, struct worker *worker, struct client *client) {
    (void)context;
    atomic_fetch_add(&served_count, 1);
    bool is_held_up = first_is != NEVER && client->connection.fd == first_fd;
    if (is_held_up) {
        if (first_is == STEPPED_OUT) {
            lane_step_out(&lane, worker);
        }
        (void)sem_post(&held);
        (void)sem_wait(&go_on);
    }
    wait_again(client);
    if (!is_held_up) {
        (void)sem_post(&served);
    }
}

static void serve_item(void *context, struct worker *worker, void *item) {
    (void)context;
    (void)worker;
    (void)sem_post(item);
}

static bool lead(void *context, struct worker *worker) {
    (void)context;
    *(struct worker **)worker_local(worker) = worker;
    return lane_lead(&lane, worker);
}

static bool summon(void *context) {
    (void)context;
    return lane_summon(&lane);
}

static void local_deinit(void *context, void *local) {
    (void)context;
    lane_step_out(&lane, *(struct worker **)local);
}

/* ---- The stage ----------------------------------------------------------------------------------------- */

static void await(sem_t *semaphore, size_t count) {
    for (size_t i = 0; i < count; i++) {
        (void)sem_wait(semaphore);
    }
}

static void let_wait(size_t index) {
    static const struct client_address somebody = {.family = AF_UNIX};
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    peers[index] = ends[1];
    struct client *client = client_table_add(&table, ends[0], &somebody, HOUR_MS);
    client->connection.deadline_ms = NOW_MS + HOUR_MS;
    cr_assert_eq(client_watch_wait(lane.epoll_fd, &room, client, WATCH_FOR_BYTES), WATCH_WAITS);
    first_fd = index == 0 ? ends[0] : first_fd;
}

static void say_to_all(void) {
    for (size_t i = 0; i < CLIENTS; i++) {
        cr_assert_eq(send(peers[i], "x", 1, MSG_NOSIGNAL), 1);
    }
}

static void set_up(void) {
    open_room();
    cr_assert_eq(wakeup_open(&wakeup), 0);
    cr_assert(sem_init(&served, 0, 0) == 0 && sem_init(&held, 0, 0) == 0 && sem_init(&go_on, 0, 0) == 0);
    client_table_init(&table, CLIENTS, &wakeup);
}

static void open_lane(bool receives, size_t leaders_max) {
    struct lane_options options = {.clients = &table,
                                   .room = &room,
                                   .leaders_max = leaders_max,
                                   .receive = receives ? receive : NULL,
                                   .serve = serve};
    cr_assert_eq(lane_init(&lane, &options), 0);
    for (size_t i = 0; i < CLIENTS; i++) {
        let_wait(i);
    }
    say_to_all();
}

static void start(size_t threads) {
    struct threadpool_options options = {.thread_count = threads,
                                         .queue_capacity = 8,
                                         .local_bytes = sizeof(struct worker *),
                                         .local_deinit = local_deinit,
                                         .serve = serve_item,
                                         .lead = lead,
                                         .summon = summon};
    cr_assert_eq(threadpool_create(&pool, &options), 0);
}

static void tear_down(void) {
    lane_close(&lane);
    threadpool_destroy(pool);
    cr_expect_eq(atomic_load(&lane.leaders), 0, "somebody still leads");
    struct client *client = NULL;
    while ((client = waiting_room_take_any(&room)) != NULL) {
        client_table_remove(&table, client);
    }
    lane_deinit(&lane);
    client_table_deinit(&table);
    waiting_room_deinit(&room);
    wakeup_close(&wakeup);
}

TestSuite(lane, .init = set_up, .fini = tear_down, .timeout = 60);

/* ---- One batch ----------------------------------------------------------------------------------------- */

Test(lane, serves_all_who_are_ready_and_lets_them_wait_again) {
    open_lane(false, 2);
    start(2);
    for (int round = 0; round < 100; round++, say_to_all()) {
        await(&served, CLIENTS);
    }
    await(&served, CLIENTS);
}

Test(lane, receives_a_whole_batch_before_it_serves_it) {
    open_lane(true, 1);
    start(1);
    await(&served, CLIENTS);
    cr_expect_eq(atomic_load(&received_count), CLIENTS);
}

/* The fault: what its leader had claimed was served only when that leader came back. */
Test(lane, drops_no_batch_whose_leader_steps_out) {
    first_is = STEPPED_OUT;
    open_lane(false, 1);
    start(2);
    await(&held, 1);
    await(&served, CLIENTS - 1); /* by the other one */
    (void)sem_post(&go_on);
}

Test(lane, drops_no_batch_whose_leader_steps_out_when_all_were_received) {
    first_is = STEPPED_OUT;
    open_lane(true, 2);
    start(2);
    await(&held, 1);
    await(&served, CLIENTS - 1);
    (void)sem_post(&go_on);
}

/* Nobody else is there: the leader comes back to its batch itself. */
Test(lane, goes_on_with_a_single_worker_that_steps_out) {
    first_is = STEPPED_OUT;
    open_lane(false, 2);
    start(1);
    await(&held, 1);
    cr_expect_eq(atomic_load(&lane.leaders), 0);
    (void)sem_post(&go_on);
    await(&served, CLIENTS - 1);
    first_is = NEVER;
    say_to_all();
    await(&served, CLIENTS);
}

/* ---- Stuck leaders ------------------------------------------------------------------------------------- */

static void expect_item_served(void) {
    sem_t done;
    void *item = &done;
    cr_assert_eq(sem_init(&done, 0, 0), 0);
    cr_assert_eq(threadpool_submit(pool, &item, 1), 1);
    await(&done, 1);
}

static void depose_whoever_leads(void) {
    for (size_t i = 0; i < atomic_load(&lane.led_count); i++) {
        if (atomic_load(&lane.all[i].leads) && lane_depose(&lane, &lane.all[i])) {
            threadpool_call_leader(pool);
        }
    }
}

Test(lane, serves_the_batch_of_one_who_was_deposed) {
    first_is = STUCK;
    open_lane(false, 1);
    start(2);
    await(&held, 1);
    depose_whoever_leads();
    await(&served, CLIENTS - 1);
    (void)sem_post(&go_on);
}

/* It has them in hand; others are served, and nothing is lost when it goes on. */
Test(lane, serves_others_while_one_is_stuck_before_it_shows_its_batch) {
    atomic_store(&stops_before_batch, true);
    open_lane(false, 1);
    start(2);
    await(&held, 1);
    depose_whoever_leads();
    expect_item_served();
    (void)sem_post(&go_on);
    await(&served, CLIENTS);
}

/* A waiter that is taken for stuck, but is not, goes on without the lead. */
Test(lane, can_depose_the_one_who_waits) {
    open_lane(false, 1);
    start(2);
    await(&served, CLIENTS);
    for (int i = 0; i < 50; i++) {
        depose_whoever_leads();
        say_to_all();
        await(&served, CLIENTS);
    }
    cr_expect_leq(atomic_load(&lane.leaders), 1);
}

static void await_sleeper(void) {
    while (atomic_load(&lane.sleepers) == 0) {
    }
}

/* The fault: nobody knew any more that it slept, and what came into the queue stayed there. */
Test(lane, calls_one_who_was_deposed_in_its_sleep) {
    open_lane(false, 1);
    start(1);
    await(&served, CLIENTS);
    for (int i = 0; i < 50; i++) {
        await_sleeper();
        depose_whoever_leads();
        expect_item_served();
    }
}

/* Whoever harvests in a leader's place may take the call along. */
Test(lane, calls_again_for_a_call_that_was_harvested_by_another) {
    open_lane(false, 1);
    start(1);
    await(&served, CLIENTS);
    struct client *clients[BATCH_CLIENTS_MAX];
    for (int i = 0; i < 50; i++) {
        await_sleeper();
        cr_expect_eq(lane_harvest(&lane, clients), 0);
        expect_item_served();
    }
}

Test(lane, has_no_more_leaders_than_it_may) {
    first_is = STEPPED_OUT;
    open_lane(false, 1);
    start(4);
    await(&held, 1);
    await(&served, CLIENTS - 1);
    for (int i = 0; i < 20; i++) {
        threadpool_call_leader(pool);
        cr_expect_leq(atomic_load(&lane.leaders), 1);
    }
    (void)sem_post(&go_on);
}

/* ---- The end ------------------------------------------------------------------------------------------- */

Test(lane, is_left_by_all_when_it_is_closed) {
    open_lane(false, 2);
    start(4);
    await(&served, CLIENTS);
    lane_close(&lane);
    threadpool_stop(pool);
    cr_expect_eq(atomic_load(&lane.leaders), 0);
    say_to_all();
    cr_expect_eq(atomic_load(&served_count), CLIENTS, "who speaks now is not heard");
}

Test(lane, goes_on_when_workers_are_sent_away) {
    open_lane(false, 2);
    start(4);
    static const size_t counts[] = {1, 3, 2, 6, 1};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        await(&served, CLIENTS);
        cr_assert_eq(threadpool_resize(pool, counts[i]), 0);
        say_to_all();
    }
    await(&served, CLIENTS);
}
