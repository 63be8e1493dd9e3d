/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/reactor/stage.h"

#include "http/base/clock.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 64 };

struct reactor *reactor;
struct threadpool *pool;
struct reactor_stats stats;
const char overload[] = "HTTP/1.0 503 Service Unavailable\r\n\r\n";

sem_t at_gate;
sem_t gate;
sem_t queued;
sem_t refused;
sem_t served;
sem_t door_closed;
sem_t door_opened;
sem_t left_loop;

atomic_size_t rounds;
atomic_size_t wait_count;
atomic_int registration_error;
atomic_int served_fd = -1;
void (*before_submit)(void);

static struct listener_set listeners;
struct sockaddr_storage stage_address;
static int address_fd = -1;          /* of the listener; a number to compare with once it is closed */
static struct generation generation; /* holds timeouts */
static struct generation_place place;
static struct connection_service service;
static pthread_t main_thread; /* of the server */
static int run_result;
static int descriptors_before;
static size_t stream_left;

static atomic_bool hold;
static sem_t held;
static sem_t release;

/* ---- What the linker wraps ----------------------------------------------------------------------------- */

int __real_epoll_ctl(int epoll_fd, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll_fd, int operation, int fd, struct epoll_event *event);
int __real_epoll_wait(int epoll_fd, struct epoll_event *events, int maximum, int timeout_ms);
int __wrap_epoll_wait(int epoll_fd, struct epoll_event *events, int maximum, int timeout_ms);
size_t __real_threadpool_submit(struct threadpool *to, void *const items[], size_t count);
size_t __wrap_threadpool_submit(struct threadpool *to, void *const items[], size_t count);
bool __real_threadpool_put_back(struct threadpool *to, void *item);
bool __wrap_threadpool_put_back(struct threadpool *to, void *item);

int __wrap_epoll_ctl(int epoll_fd, int operation, int fd, struct epoll_event *event) {
    if (event == NULL) { /* EPOLL_CTL_DEL */
        return __real_epoll_ctl(epoll_fd, operation, fd, event);
    }
    bool is_client = (event->events & (EPOLLET | EPOLLONESHOT)) != 0;
    int error = is_client ? atomic_exchange(&registration_error, 0) : 0;
    if (error != 0) {
        errno = error;
        return -1;
    }
    int result = __real_epoll_ctl(epoll_fd, operation, fd, event);
    if (operation == EPOLL_CTL_MOD && !is_client) { /* of a listener */
        (void)sem_post(event->events == 0 ? &door_closed : &door_opened);
    }
    return result;
}

int __wrap_epoll_wait(int epoll_fd, struct epoll_event *events, int maximum, int timeout_ms) {
    if (epoll_fd == reactor_lane(reactor)->epoll_fd) {
        return __real_epoll_wait(epoll_fd, events, maximum, timeout_ms);
    }
    atomic_fetch_add(&wait_count, 1);
    if (atomic_load(&hold)) {
        (void)sem_post(&held);
        (void)sem_wait(&release);
    }
    return __real_epoll_wait(epoll_fd, events, maximum, timeout_ms);
}

size_t __wrap_threadpool_submit(struct threadpool *to, void *const items[], size_t count) {
    if (before_submit != NULL) {
        before_submit();
        before_submit = NULL;
    }
    size_t taken = __real_threadpool_submit(to, items, count);
    for (size_t i = 0; i < taken; i++) {
        (void)sem_post(&queued);
    }
    if (taken < count) {
        (void)sem_post(&refused);
    }
    return taken;
}

bool __wrap_threadpool_put_back(struct threadpool *to, void *item) {
    bool was_taken = __real_threadpool_put_back(to, item);
    (void)sem_post(was_taken ? &queued : &refused);
    return was_taken;
}

/* ---- In the workers ------------------------------------------------------------------------------------ */

static enum connection_verdict echo_and_stay(struct connection *connection, char letter) {
    connection->phase = CONNECTION_IDLE;
    connection->deadline_ms = clock_steady_coarse_ms() + HOUR_MS;
    return send(connection->fd, &letter, 1, MSG_NOSIGNAL) == 1 ? CONNECTION_WAIT_READABLE : CONNECTION_DONE;
}

static enum connection_verdict stream(struct connection *connection) {
    char bytes[16 * 1024];
    memset(bytes, STREAM, sizeof bytes);
    connection->phase = CONNECTION_SENDING;
    while (stream_left > 0) {
        size_t size = stream_left < sizeof bytes ? stream_left : sizeof bytes;
        ssize_t n = send(connection->fd, bytes, size, MSG_NOSIGNAL);
        if (n == -1) {
            return errno == EAGAIN ? CONNECTION_WAIT_WRITABLE : CONNECTION_DONE;
        }
        stream_left -= (size_t)n;
    }
    return CONNECTION_DONE;
}

static bool goes_round(void) {
    if (atomic_load(&rounds) == 0) {
        return false;
    }
    atomic_fetch_sub(&rounds, 1);
    (void)sem_post(&at_gate);
    (void)sem_wait(&gate);
    return true;
}

static enum connection_verdict follow(struct connection *connection, char letter) {
    switch (letter) {
    case GATE:
        (void)sem_post(&at_gate);
        (void)sem_wait(&gate);
        return echo_and_stay(connection, letter);
    case BEGIN:
        connection->phase = CONNECTION_READING;
        return CONNECTION_WAIT_READABLE;
    case STREAM:
        stream_left = STREAM_BYTES;
        return stream(connection);
    case PART:
        (void)sem_post(&at_gate);
        (void)sem_wait(&gate);
        (void)send(connection->fd, &letter, 1, MSG_NOSIGNAL);
        return CONNECTION_DONE;
    case LEAVE:
        (void)send(connection->fd, &letter, 1, MSG_NOSIGNAL);
        return CONNECTION_DONE;
    default:
        return echo_and_stay(connection, letter);
    }
}

static enum connection_verdict follow_next(struct connection *connection) {
    char letter = 0;
    if (connection->expired) {
        (void)send(connection->fd, &(char){EXPIRED}, 1, MSG_NOSIGNAL);
        return CONNECTION_DONE;
    }
    if (connection->phase == CONNECTION_SENDING) {
        return stream(connection);
    }
    ssize_t n = recv(connection->fd, &letter, 1, MSG_PEEK);
    if (n == -1 && errno == EAGAIN) {
        return CONNECTION_WAIT_READABLE;
    }
    if (n == 1 && letter == AGAIN && goes_round()) {
        return CONNECTION_AGAIN;
    }
    if (n != 1 || recv(connection->fd, &letter, 1, 0) != 1) {
        return CONNECTION_DONE;
    }
    return follow(connection, letter);
}

static void serve_client(void *context, struct worker *worker, struct client *client) {
    (void)context;
    (void)worker;
    atomic_store(&served_fd, client->connection.fd);
    reactor_return(reactor, client, follow_next(&client->connection));
    (void)sem_post(&served);
}

static void serve(void *context, struct worker *worker, void *item) {
    serve_client(context, worker, item);
}

static bool lead(void *context, struct worker *worker) {
    (void)context;
    *(struct worker **)worker_local(worker) = worker;
    return lane_lead(reactor_lane(reactor), worker);
}

static void local_deinit(void *context, void *local) {
    (void)context;
    lane_step_out(reactor_lane(reactor), *(struct worker **)local);
}

static bool summon(void *context) {
    (void)context;
    return lane_summon(reactor_lane(reactor));
}

static void on_room(void *context) {
    (void)context;
    reactor_on_room(reactor);
}

/* ---- The stage ----------------------------------------------------------------------------------------- */

static void *run(void *argument) {
    (void)argument;
    run_result = reactor_run(reactor, pool);
    (void)sem_post(&left_loop);
    return NULL;
}

static void open_listener(void) {
    char error[LISTENER_ERROR_BYTES];
    cr_assert_eq(listener_set_open(&listeners, "127.0.0.1:0", BACKLOG, error), LISTENER_OK, "%s", error);
    stage_address = listeners.items[0].address;
    address_fd = listeners.items[0].fd;
}

static void init_semaphores(void) {
    sem_t *const all[] = {&at_gate,     &gate,        &queued,    &refused, &served,
                          &door_closed, &door_opened, &left_loop, &held,    &release};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        cr_assert_eq(sem_init(all[i], 0, 0), 0);
    }
}

static struct reactor_options reactor_options(const struct stage_options *options) {
    int64_t shutdown_ms = options->shutdown_timeout_ms;
    return (struct reactor_options){
        .listeners = &listeners,
        .service = &service,
        .max_connections = options->max_connections > 0 ? options->max_connections : 1000,
        .reject_when_full = options->reject_when_full,
        .on_rejected = options->on_rejected,
        .on_shortage = options->on_shortage,
        .on_tick = options->on_tick,
        .pulse_ms = options->pulse_ms,
        .serve = serve_client,
        .context = options->context,
        .shutdown_timeout_ms = shutdown_ms > 0    ? shutdown_ms
                               : shutdown_ms == 0 ? HOUR_MS
                                                  : 0,
    };
}

void stage_open(const struct stage_options *options) {
    struct reactor_options for_reactor = reactor_options(options);
    struct threadpool_options for_pool = {
        .thread_count = options->threads > 0 ? options->threads : 1,
        .queue_capacity = options->queue > 0 ? options->queue : 64,
        .serve = serve,
        .on_room = on_room,
        .local_bytes = sizeof(struct worker *),
        .local_deinit = local_deinit,
        .lead = lead,
        .summon = summon,
    };
    descriptors_before = count_descriptors();
    init_semaphores();
    generation.timeouts = (struct timeouts){
        .header_ms = options->header_timeout_ms > 0 ? options->header_timeout_ms : HOUR_MS,
        .linger_ms = options->linger_timeout_ms > 0 ? options->linger_timeout_ms : HOUR_MS,
    };
    atomic_init(&generation.holds, 2); /* never destroyed */
    generation_place_init(&place, &generation);
    service.generations = &place;
    text_append(&service.overload, overload);
    open_listener();
    cr_assert_eq(reactor_create(&reactor, &for_reactor), 0);
    cr_assert_eq(threadpool_create(&pool, &for_pool), 0);
    cr_assert_eq(pthread_create(&main_thread, NULL, run, NULL), 0);
}

void ask_to_stop(void) {
    cr_assert_eq(kill(getpid(), SIGTERM), 0);
}

int finish(int sockets_of_the_test) {
    cr_assert_eq(pthread_join(main_thread, NULL), 0);
    threadpool_stop(pool);
    reactor_cut_clients(reactor);
    reactor_read_stats(reactor, &stats);
    threadpool_destroy(pool);
    reactor_destroy(reactor);
    text_deinit(&service.overload);
    int expected = descriptors_before + sockets_of_the_test;
    cr_expect_eq(count_descriptors(), expected, "%d descriptors instead of %d are open", count_descriptors(),
                 expected);
    return run_result;
}

void hold_reactor(void) {
    atomic_store(&hold, true);
    reactor_on_room(reactor); /* out of the epoll_wait(2) in which it may be */
    (void)sem_wait(&held);
}

void release_reactor(void) {
    atomic_store(&hold, false);
    (void)sem_post(&release);
}

bool service_is_closing(void) {
    return atomic_load(&service.closing);
}

int listener_fd(void) {
    return address_fd;
}
