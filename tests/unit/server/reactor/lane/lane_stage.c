/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/reactor/lane/lane_stage.h"

#include "http/base/clock.h"
#include "server/reactor/client_watch.h"
#include "tests/unit/server/reactor/guest.h"

#include <criterion/criterion.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOUR_MS = 3600 * 1000 };

struct lane lane;
struct lane_watch watch;
struct threadpool *pool;
_Atomic(enum stop_at) stop_at;
sem_t served;
sem_t held;
sem_t go_on;
sem_t at_queue;
bool is_deserted;
atomic_size_t served_count;
atomic_bool speaks_again;
void (*serve_item)(struct worker *worker, void *item);

static struct wakeup wakeup;
static int main_epoll_fd = -1;
static int peers[CLIENTS];

/* Stop here, if it is the place. */
static void stop_if(enum stop_at here) {
    enum stop_at place = here;
    if (atomic_compare_exchange_strong(&stop_at, &place, STOP_NOWHERE)) {
        (void)sem_post(&held);
        (void)sem_wait(&go_on);
    }
}

/* ---- What the linker wraps ----------------------------------------------------------------------------- */

int __real_epoll_wait(int epoll_fd, struct epoll_event *events, int maximum, int timeout_ms);
int __wrap_epoll_wait(int epoll_fd, struct epoll_event *events, int maximum, int timeout_ms);
void __real_batch_publish(struct batch *batch, struct client *const clients[], size_t count);
void __wrap_batch_publish(struct batch *batch, struct client *const clients[], size_t count);
void __real_worker_call_leader(struct worker *worker);
void __wrap_worker_call_leader(struct worker *worker);

int __wrap_epoll_wait(int epoll_fd, struct epoll_event *events, int maximum, int timeout_ms) {
    if (timeout_ms == -1) {
        stop_if(STOP_BEFORE_WAITING);
    }
    int count = __real_epoll_wait(epoll_fd, events, maximum, timeout_ms);
    if (count > 0) {
        stop_if(STOP_HARVESTED);
    }
    return count;
}

void __wrap_batch_publish(struct batch *batch, struct client *const clients[], size_t count) {
    if (count > 0) {
        stop_if(STOP_CLAIMED);
    }
    __real_batch_publish(batch, clients, count);
    if (count > 0) {
        stop_if(STOP_IN_BATCH);
    }
}

void __wrap_worker_call_leader(struct worker *worker) {
    stop_if(STOP_BEFORE_CALLING);
    __real_worker_call_leader(worker);
}

/* ---- In the workers ------------------------------------------------------------------------------------ */

bool receive_nothing(void *context, struct worker *worker, struct client *client) {
    (void)context;
    (void)worker;
    (void)client;
    stop_if(STOP_RECEIVING);
    return true;
}

static void wait_again(struct client *client) {
    char byte = 0;
    (void)recv(client->connection.fd, &byte, 1, 0);
    if (atomic_load(&speaks_again)) {
        say_from(client->number, client->number + 1);
    }
    client->connection.phase = CONNECTION_READING;
    client->connection.deadline_ms = NOW_MS + HOUR_MS;
    cr_expect_eq(lane_wait(&lane, client, WATCH_FOR_BYTES), WATCH_WAITS);
}

static void serve(void *context, struct worker *worker, struct client *client) {
    (void)context;
    enum stop_at place = atomic_load(&stop_at);
    if (place == STOP_STEPPED_OUT || place == STOP_BEFORE_CALLING) {
        lane_step_out(&lane, worker);
    }
    stop_if(STOP_STEPPED_OUT);
    stop_if(STOP_SERVING);
    atomic_fetch_add(&served_count, 1);
    wait_again(client);
    (void)sem_post(&served);
}

static void serve_from_queue(void *context, struct worker *worker, void *item) {
    (void)context;
    if (serve_item != NULL) {
        serve_item(worker, item);
    } else {
        (void)sem_post(item);
    }
}

static bool lead(void *context, struct worker *worker) {
    (void)context;
    *(struct worker **)worker_local(worker) = worker;
    bool looks_again = lane_lead(&lane, worker);
    if (!looks_again) {
        (void)sem_post(&at_queue);
    }
    return looks_again;
}

static bool summon(void *context) {
    (void)context;
    return lane_summon(&lane);
}

static void local_deinit(void *context, void *local) {
    (void)context;
    lane_step_out(&lane, *(struct worker **)local);
}

/* ---- Opening and closing ------------------------------------------------------------------------------- */

void lane_stage_set_up(void) {
    open_room();
    cr_assert_eq(wakeup_open(&wakeup), 0);
    sem_t *const all[] = {&served, &held, &go_on, &at_queue};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        cr_assert_eq(sem_init(all[i], 0, 0), 0);
    }
    main_epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    cr_assert_neq(main_epoll_fd, -1);
    client_table_init(&table, CLIENTS, &wakeup);
}

static void let_wait(size_t index) {
    static const struct client_address somebody = {.family = AF_UNIX};
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
    peers[index] = ends[1];
    struct client *client = client_table_add(&table, ends[0], &somebody, NULL, HOUR_MS);
    client->connection.deadline_ms = NOW_MS + HOUR_MS;
    cr_assert_eq(lane_wait(&lane, client, WATCH_FOR_BYTES), WATCH_WAITS);
}

void open_lane_that_receives(size_t leaders_max,
                             bool (*receive)(void *context, struct worker *worker, struct client *client)) {
    struct lane_options options = {.clients = &table,
                                   .room = &room,
                                   .wakeup = &wakeup,
                                   .leaders_max = leaders_max,
                                   .receive = receive,
                                   .serve = serve};
    cr_assert_eq(lane_init(&lane, &options), 0);
    cr_assert_eq(lane_watch_init(&watch, main_epoll_fd, &lane), 0);
    for (size_t i = 0; i < CLIENTS; i++) {
        let_wait(i);
    }
}

void open_lane(size_t leaders_max) {
    open_lane_that_receives(leaders_max, NULL);
}

void start_workers(size_t count) {
    struct threadpool_options options = {.thread_count = count,
                                         .queue_capacity = QUEUE_CAPACITY,
                                         .local_bytes = sizeof(struct worker *),
                                         .local_deinit = local_deinit,
                                         .serve = serve_from_queue,
                                         .lead = lead,
                                         .summon = summon};
    cr_assert_eq(threadpool_create(&pool, &options), 0);
}

void start_workers_and_stop_one(size_t count, enum stop_at place, size_t speakers) {
    atomic_store(&stop_at, STOP_BEFORE_WAITING);
    start_workers(count);
    await(&held, 1);
    await(&at_queue, count - 1);
    say_from(0, speakers);
    atomic_store(&stop_at, place);
    (void)sem_post(&go_on);
    await(&held, 1);
}

void lane_stage_tear_down(void) {
    lane_close(&lane);
    threadpool_destroy(pool);
    cr_expect_eq(atomic_load(&lane.leaders), 0, "somebody still leads");
    cr_expect_eq(atomic_load(&lane.sleepers), 0, "somebody still counts as asleep");
    cr_expect_not(lane_has_left(&lane), "somebody was forgotten");
    struct client *client = NULL;
    while ((client = waiting_room_take_any(&room)) != NULL) {
        client_table_remove(&table, client);
    }
    cr_expect_eq(client_table_count(&table), 0, "somebody got lost");
    lane_deinit(&lane);
    client_table_deinit(&table);
    waiting_room_deinit(&room);
    wakeup_close(&wakeup);
    (void)close(main_epoll_fd);
}

/* ---- What a test does ---------------------------------------------------------------------------------- */

void say_from(size_t begin, size_t end) {
    for (size_t i = begin; i < end; i++) {
        cr_assert_eq(send(peers[i], "x", 1, MSG_NOSIGNAL), 1);
    }
}

void say_to_all(void) {
    say_from(0, CLIENTS);
}

void submit_item(sem_t *done) {
    void *item = done;
    cr_assert_eq(threadpool_submit(pool, &item, 1), 1);
    lane_watch_wake(&watch);
}

void submit_items(void *items, size_t item_bytes, size_t count) {
    void *pointers[QUEUE_CAPACITY];
    for (size_t i = 0; i < count; i++) {
        pointers[i] = (char *)items + i * item_bytes;
    }
    cr_assert_eq(threadpool_submit(pool, pointers, count), count);
}

void expect_item_served(void) {
    static sem_t done;
    cr_assert_eq(sem_init(&done, 0, 0), 0);
    submit_item(&done);
    await(&done, 1);
}

void await(sem_t *semaphore, size_t count) {
    for (size_t i = 0; i < count; i++) {
        (void)sem_wait(semaphore);
    }
}

void await_sleeper(void) {
    while (atomic_load(&lane.sleepers) == 0) {
    }
}

void await_waiter(void) {
    while (atomic_load(&lane.waiter) == NULL) {
    }
}

size_t look_at_lane(size_t count) {
    size_t deposed = 0;
    for (size_t i = 0; i < count; i++) {
        if (watch.looked_ns != 0) {
            watch.looked_ns -= LANE_WATCH_LOOK_MS * CLOCK_NS_PER_MS; /* as if it were time */
        }
        deposed += lane_watch_look(&watch, pool, &is_deserted);
    }
    return deposed;
}

void let_turn_pass(void) {
    int64_t until_ns = clock_steady_ns() + LANE_QUEUE_TURN_NS;
    while (clock_steady_ns() < until_ns) {
    }
}

bool is_main_thread_called(void) {
    struct pollfd call = {.fd = wakeup.fd, .events = POLLIN};
    bool is_called = poll(&call, 1, 0) == 1;
    if (is_called) {
        wakeup_take(&wakeup);
        lane_watch_wake(&watch);
    }
    return is_called;
}

void depose_whoever_leads(void) {
    for (size_t i = 0; i < atomic_load(&lane.led_count); i++) {
        if (atomic_load(&lane.all[i].leads) && lane_depose(&lane, &lane.all[i])) {
            threadpool_call_leader(pool);
        }
    }
}
