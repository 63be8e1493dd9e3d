/* SPDX-License-Identifier: MIT */
/*
 * Hunts for races in the whole server; meant for ThreadSanitizer, with which Criterion does not go.
 *
 * The server runs in this process and serves a temporary folder, with few threads, a tiny queue and short deadlines. A
 * crowd loads it over loopback: some pipeline, some ask once, some read slowly, some vanish, some never finish their
 * head, some say nothing. In the middle of transfers it is asked to stop. No answer may come torn, whatever happens, and
 * in the end the counters, the log and the descriptors must agree. First with when_full = wait, then with reject.
 *
 * Usage: stress_server [SECONDS]. Prints one line; exit status 0 if all was well, 1 if not.
 */
#include "conf/config.h"
#include "server/server.h"
#include "tests/stress/talk.h"
#include "tests/stress/workplace.h"

#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    SECONDS_DEFAULT = 5,
    SMALL_BYTES = 200,
    SLOW_STEP_BYTES = 4 * 1024,
    SLOW_AT_ONCE = 3,
    WAITING_AT_ONCE = 4,
    BATCH_MAX = 40,
    BATCHES = 4,
};

/* One round: a server and those who load it. */
struct crowd {
    struct sockaddr_storage address;
    bool may_be_rejected;
    int64_t end_ms;
    atomic_bool is_stopping; /* set before the signal */
    int stop_fds[2];         /* a pipe; the first one is readable from then on */
    atomic_uint_fast64_t answered;
    atomic_uint_fast64_t rejected;
};

struct actor {
    pthread_t thread;
    struct crowd *crowd;
    void (*act)(struct actor *actor);
    uint32_t random; /* never 0 */
};

/* That epoll_wait(2) reports a socket only after the epoll_ctl(2) that armed it is known to ThreadSanitizer for
 * EPOLL_CTL_ADD, but not for EPOLL_CTL_MOD: it takes the close of the socket for a race. Other compilers ignore this. */
const char *__tsan_default_suppressions(void);

const char *__tsan_default_suppressions(void) {
    return "race_top:epoll_ctl\n";
}

/* xorshift32: returns 0 .. below-1 */
static uint32_t random_below(struct actor *actor, uint32_t below) {
    actor->random ^= actor->random << 13;
    actor->random ^= actor->random >> 17;
    actor->random ^= actor->random << 5;
    return actor->random % below;
}

static int64_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- Those who load it ---- */

#define SMALL "GET /small.txt HTTP/1.1\r\nHost: test\r\n"
#define SMALL_ONCE "GET /small.txt HTTP/1.0\r\n\r\n"
#define LARGE_ONCE "GET /large.bin HTTP/1.0\r\n\r\n"

static bool is_stopping(const struct actor *actor) {
    return atomic_load(&actor->crowd->is_stopping);
}

static bool begin(const struct actor *actor, struct talk *talk, const char *text) {
    return talk_begin(talk, &actor->crowd->address, text) ||
           !check(is_stopping(actor), "a connection was refused");
}

static void count(const struct actor *actor, int status) {
    if (status == 503) {
        (void)check(actor->crowd->may_be_rejected, "a client was rejected");
        atomic_fetch_add(&actor->crowd->rejected, 1);
    } else if (status != 0) {
        atomic_fetch_add(&actor->crowd->answered, 1);
    }
}

/* Take the one answer that must come, and the end. Nobody may go away without one unless the server stops. */
static void read_only_answer(const struct actor *actor, struct talk *talk, int expected) {
    const int status = talk_read_answer(talk);
    count(actor, status);
    (void)check(status == expected || status == 503 || (status == 0 && is_stopping(actor)),
                "an answer is missing or another one");
    (void)check(!talk_receive(talk, 1), "more than one answer came");
    talk_end(talk);
}

static void ask_once(struct actor *actor) {
    struct talk talk;
    if (begin(actor, &talk, SMALL_ONCE)) {
        read_only_answer(actor, &talk, 200);
    }
}

/* Send up to BATCH_MAX requests at once. Returns how many. */
static uint32_t send_batch(struct actor *actor, const struct talk *talk, bool is_last) {
    char text[BATCH_MAX * sizeof SMALL * 2] = "";
    const uint32_t requests = 1 + random_below(actor, BATCH_MAX);
    size_t length = 0;
    for (uint32_t i = 0; i < requests; i++) {
        const char *rest = is_last && i + 1 == requests ? "Connection: close\r\n\r\n" : "\r\n";
        length += (size_t)snprintf(text + length, sizeof text - length, "%s%s", SMALL, rest);
    }
    (void)send(talk->fd, text, length, MSG_NOSIGNAL);
    return requests;
}

/* The connection may end between two answers at any time: it was idle for too long, or had to give way. */
static void pipeline(struct actor *actor) {
    struct talk talk;
    if (!begin(actor, &talk, "")) {
        return;
    }
    bool goes_on = true;
    for (int batch = 0; goes_on && batch < BATCHES; batch++) {
        const bool is_last = random_below(actor, BATCHES) == 0;
        for (uint32_t left = send_batch(actor, &talk, is_last); goes_on && left > 0; left--) {
            const int status = talk_read_answer(&talk);
            count(actor, status);
            (void)check(status == 200 || status == 503 || status == 0, "a pipelined answer is another one");
            goes_on = status == 200;
        }
        (void)check(!goes_on || !is_last || !talk_receive(&talk, 1), "the last answer was not the last");
        goes_on = goes_on && !is_last;
    }
    talk_end(&talk);
}

/* Several downloads, read in turn and in small steps, so that each makes the server wait. */
struct downloads {
    struct talk talks[SLOW_AT_ONCE];
    bool is_open[SLOW_AT_ONCE];
    size_t open_count;
};

static void read_in_turn(struct downloads *downloads, size_t from, size_t to) {
    for (size_t at = from; at < to; at += SLOW_STEP_BYTES) {
        for (size_t i = 0; i < SLOW_AT_ONCE; i++) {
            downloads->is_open[i] =
                downloads->is_open[i] &&
                talk_read_large(&downloads->talks[i], at, at + SLOW_STEP_BYTES, SLOW_STEP_BYTES);
        }
    }
}

static void begin_downloads(struct actor *actor, struct downloads *downloads) {
    downloads->open_count = 0;
    for (size_t i = 0; i < SLOW_AT_ONCE; i++) {
        size_t body_bytes = 0;
        const bool is_there = begin(actor, &downloads->talks[i], LARGE_ONCE);
        const int status = is_there ? talk_read_head(&downloads->talks[i], &body_bytes) : 0;
        count(actor, status);
        (void)check(status == 200 || status == 503 || (status == 0 && is_stopping(actor)), "no download");
        downloads->is_open[i] = status == 200 && check(body_bytes == LARGE_BYTES, "a length is wrong");
        downloads->open_count += downloads->is_open[i] ? 1 : 0;
    }
}

static void end_downloads(struct downloads *downloads) {
    for (size_t i = 0; i < SLOW_AT_ONCE; i++) {
        (void)check(!downloads->is_open[i] || !talk_receive(&downloads->talks[i], 1),
                    "a download is too long");
        talk_end(&downloads->talks[i]);
    }
}

static void read_slowly(struct actor *actor) {
    struct downloads downloads;
    begin_downloads(actor, &downloads);
    read_in_turn(&downloads, 0, LARGE_BYTES);
    end_downloads(&downloads);
}

static void go_away(struct actor *actor) {
    static const char *const texts[] = {"", "GET /sma", SMALL, LARGE_ONCE, SMALL "\r\n" SMALL "\r\n" SMALL};
    struct talk talk;
    if (!begin(actor, &talk, texts[random_below(actor, sizeof texts / sizeof texts[0])])) {
        return;
    }
    if (random_below(actor, 2) == 0) { /* at some point of what the server does for it */
        struct pollfd poll_fd = {.fd = talk.fd, .events = POLLIN};
        (void)poll(&poll_fd, 1, (int)random_below(actor, 20));
    }
    talk_vanish(&talk);
}

/* Wait for the end of one that says no more. The kernel lets a client that has said nothing yet believe that it is connected
 * (TCP_DEFER_ACCEPT), and tells it nothing when the listener closes: so they go when the server stops. */
static void wait_for_the_end(struct actor *actor, struct talk *talk, int expected) {
    struct pollfd poll_fds[] = {{.fd = talk->fd, .events = POLLIN},
                                {.fd = actor->crowd->stop_fds[0], .events = POLLIN}};
    (void)check(poll(poll_fds, 2, TALK_PATIENCE_MS) > 0, "the server is silent");
    if (poll_fds[0].revents != 0) {
        read_only_answer(actor, talk, expected);
    } else {
        talk_vanish(talk);
    }
}

static void wait_in_a_group(struct actor *actor, const char *text, int expected) {
    struct talk talks[WAITING_AT_ONCE];
    bool is_there[WAITING_AT_ONCE];
    for (size_t i = 0; i < WAITING_AT_ONCE; i++) {
        is_there[i] = begin(actor, &talks[i], text);
    }
    for (size_t i = 0; i < WAITING_AT_ONCE; i++) {
        if (is_there[i]) {
            wait_for_the_end(actor, &talks[i], expected);
        }
    }
}

static void send_half_a_head(struct actor *actor) {
    wait_in_a_group(actor, "GET /small.txt HTTP/1.0\r\nHost: te", 408);
}

static void say_nothing(struct actor *actor) {
    wait_in_a_group(actor, "", 0);
}

/* When the time is over, stop the server in the middle of transfers, which must end well. */
static void stop_at_the_end(struct actor *actor) {
    struct downloads downloads;
    if (now_ms() < actor->crowd->end_ms) {
        ask_once(actor);
        return;
    }
    begin_downloads(actor, &downloads);
    read_in_turn(&downloads, 0, LARGE_BYTES / 4);
    if (downloads.open_count > 0) { /* else all were rejected: try again */
        atomic_store(&actor->crowd->is_stopping, true);
        (void)close(actor->crowd->stop_fds[1]);
        (void)check(kill(getpid(), SIGTERM) == 0, "kill");
        read_in_turn(&downloads, LARGE_BYTES / 4, LARGE_BYTES);
    }
    end_downloads(&downloads);
}

static void *play(void *argument) {
    struct actor *actor = argument;
    while (!is_stopping(actor)) {
        actor->act(actor);
    }
    return NULL;
}

/* ---- The server ---- */

static void (*const cast[])(struct actor *actor) = {
    ask_once,    ask_once, pipeline,         pipeline,    read_slowly,
    read_slowly, go_away,  send_half_a_head, say_nothing, stop_at_the_end,
};

enum { ACTORS = sizeof cast / sizeof cast[0] };

static bool configure(struct config *config, const char *folder, const char *when_full) {
    char log[2 * WORKPLACE_BYTES];
    char error[CONFIG_ERROR_BYTES];
    (void)snprintf(log, sizeof log, "%s/%s.log", folder, when_full);
    const struct {
        const char *name;
        const char *value;
    } settings[] = {
        {"listen", "127.0.0.1:0"},
        {"root", folder},
        {"threads", "4"},
        {"queue", "2"},
        {"when_full", when_full},
        {"max_connections", "12"},
        {"header_timeout", "300ms"},
        {"keepalive_timeout", "300ms"},
        {"send_timeout", "10s"},
        {"linger_timeout", "200ms"},
        {"shutdown_timeout", "20s"},
        {"access_log", log},
    };
    bool is_good = config_init(config) == 0;
    for (size_t i = 0; is_good && i < sizeof settings / sizeof settings[0]; i++) {
        is_good = config_set(config, settings[i].name, settings[i].value, "stress", error);
    }
    return check(is_good, is_good ? "" : error);
}

static void compare(const struct crowd *crowd, const struct server_totals *totals, uint64_t log_lines) {
    const struct reactor_stats *reactor = &totals->reactor;
    (void)check(atomic_load(&crowd->answered) > 0, "nobody was answered");
    (void)check(totals->requests >= atomic_load(&crowd->answered), "answers were not counted");
    (void)check(reactor->rejected >= atomic_load(&crowd->rejected), "rejections were not counted");
    (void)check(crowd->may_be_rejected || reactor->rejected == 0, "rejected though told to wait");
    (void)check(log_lines + totals->log_lines_dropped == totals->requests + reactor->rejected,
                "the log has other requests than were counted");
    (void)check(totals->pool.submitted == totals->pool.served, "the pool lost clients");
    (void)check(reactor->cut == 0, "transfers were cut");
    (void)check(reactor->expired > 0, "no deadline passed");
}

static void run_round(const char *folder, const char *when_full, int64_t duration_ms) {
    static struct actor actors[ACTORS];
    struct crowd crowd = {.may_be_rejected = strcmp(when_full, "reject") == 0};
    struct config config;
    struct server *server = NULL;
    struct server_totals totals;
    char error[SERVER_ERROR_BYTES];
    const size_t descriptors = count_descriptors();
    if (!check(pipe(crowd.stop_fds) == 0, "pipe") || !configure(&config, folder, when_full) ||
        !check(server_create(&server, &config, error) == SERVER_OK, error)) {
        return;
    }
    crowd.address = server_listeners(server)->items[0].address;
    crowd.end_ms = now_ms() + duration_ms;
    for (size_t i = 0; i < ACTORS; i++) {
        actors[i] = (struct actor){.crowd = &crowd, .act = cast[i], .random = (uint32_t)i + 1};
        (void)check(pthread_create(&actors[i].thread, NULL, play, &actors[i]) == 0, "pthread_create");
    }
    (void)check(server_run(server, error) == SERVER_OK, error);
    for (size_t i = 0; i < ACTORS; i++) {
        (void)pthread_join(actors[i].thread, NULL);
    }
    server_read_totals(server, &totals);
    server_destroy(server);
    compare(&crowd, &totals, count_log_lines(config.access_log));
    config_deinit(&config);
    (void)close(crowd.stop_fds[0]);
    (void)check(count_descriptors() == descriptors, "descriptors are left open");
    (void)printf("%s: %" PRIu64 " requests, %" PRIu64 " rejected, %" PRIu64 " expired, %" PRIu64
                 " gave way, %" PRIu64 " pauses; ",
                 when_full, totals.requests, totals.reactor.rejected, totals.reactor.expired,
                 totals.reactor.gave_way, totals.reactor.paused_full + totals.reactor.paused_connections);
}

int main(int argc, char *argv[]) {
    char folder[WORKPLACE_BYTES];
    const int64_t seconds = argc > 1 ? strtol(argv[1], NULL, 10) : SECONDS_DEFAULT;
    if (seconds < 1) {
        (void)fprintf(stderr, "usage: stress_server [SECONDS]\n");
        return 1;
    }
    for (size_t i = 0; i < LARGE_BYTES; i++) {
        large[i] = (char)(i % 251);
    }
    if (!workplace_create(folder)) {
        return 1;
    }
    workplace_write(folder, "small.txt", large, SMALL_BYTES);
    workplace_write(folder, "large.bin", large, LARGE_BYTES);
    run_round(folder, "wait", seconds * 500);
    run_round(folder, "reject", seconds * 500);
    workplace_remove(folder);
    (void)printf("%u failures\n", count_failures());
    return count_failures() == 0 ? 0 : 1;
}
