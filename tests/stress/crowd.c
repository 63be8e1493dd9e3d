/* SPDX-License-Identifier: MIT */
#include "tests/stress/crowd.h"

#include "tests/stress/check.h"
#include "tests/stress/talk.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    SLOW_STEP_BYTES = 4 * 1024,
    SLOW_AT_ONCE = 3,
    WAITING_AT_ONCE = 4,
    BATCH_MAX = 40,
    BATCHES = 4,
    PIECES = 3,
};

struct actor {
    pthread_t thread;
    struct crowd *crowd;
    void (*act)(struct actor *actor);
    uint32_t random; /* never 0 */
};

static int64_t now_ms(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

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
    int status = talk_read_answer(talk);
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
    uint32_t requests = 1 + random_below(&actor->random, BATCH_MAX);
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
        bool is_last = random_below(&actor->random, BATCHES) == 0;
        for (uint32_t left = send_batch(actor, &talk, is_last); goes_on && left > 0; left--) {
            int status = talk_read_answer(&talk);
            count(actor, status);
            (void)check(status == 200 || status == 503 || status == 0, "a pipelined answer is another one");
            goes_on = status == 200;
        }
        (void)check(!goes_on || !is_last || !talk_receive(&talk, 1), "the last answer was not the last");
        goes_on = goes_on && !is_last;
    }
    talk_end(&talk);
}

/* Pieces of a request are events, each, that come while a worker is at the one before; the end comes with the
 * last one. */
static void speak_in_pieces(struct actor *actor) {
    static const char request[] = SMALL "\r\n";
    size_t step = (sizeof request - 1) / PIECES;
    uint32_t requests = 1 + random_below(&actor->random, BATCHES);
    struct talk talk;
    if (!begin(actor, &talk, "")) {
        return;
    }
    int status = 200;
    for (uint32_t i = 1; status == 200 && i <= requests; i++) {
        for (size_t piece = 0; piece < PIECES; piece++) {
            bool is_last = piece + 1 == PIECES;
            size_t length = is_last ? sizeof request - 1 - piece * step : step;
            int more = is_last && i == requests ? MSG_MORE : 0;
            (void)send(talk.fd, request + piece * step, length, MSG_NOSIGNAL | more);
        }
        if (i == requests) {
            (void)shutdown(talk.fd, SHUT_WR);
        }
        status = talk_read_answer(&talk);
        count(actor, status);
        (void)check(status == 200 || status == 503 || status == 0, "an answer is another one");
    }
    (void)check(!talk_receive(&talk, 1), "an answer that nobody asked for");
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
        bool is_there = begin(actor, &downloads->talks[i], LARGE_ONCE);
        int status = is_there ? talk_read_head(&downloads->talks[i], &body_bytes) : 0;
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
    if (!begin(actor, &talk, texts[random_below(&actor->random, sizeof texts / sizeof texts[0])])) {
        return;
    }
    if (random_below(&actor->random, 2) == 0) { /* at some point of what the server does for it */
        struct pollfd poll_fd = {.fd = talk.fd, .events = POLLIN};
        (void)poll(&poll_fd, 1, (int)random_below(&actor->random, 20));
    }
    talk_vanish(&talk);
}

/* Wait for the end of one that says no more. The kernel lets a client that has said nothing yet believe that
 * it is connected (TCP_DEFER_ACCEPT), and tells it nothing when the listener closes: so they go when the
 * server stops. */
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

static void (*const cast[])(struct actor *actor) = {
    ask_once,    ask_once,    pipeline, pipeline,         speak_in_pieces, speak_in_pieces,
    read_slowly, read_slowly, go_away,  send_half_a_head, say_nothing,     stop_at_the_end,
};

enum { ACTORS = sizeof cast / sizeof cast[0] };

static struct actor actors[ACTORS];

void crowd_begin(struct crowd *crowd, int64_t duration_ms) {
    (void)check(pipe(crowd->stop_fds) == 0, "pipe");
    crowd->end_ms = now_ms() + duration_ms;
    for (size_t i = 0; i < ACTORS; i++) {
        actors[i] = (struct actor){.crowd = crowd, .act = cast[i], .random = (uint32_t)i + 1};
        (void)check(pthread_create(&actors[i].thread, NULL, play, &actors[i]) == 0, "pthread_create");
    }
}

void crowd_end(struct crowd *crowd) {
    for (size_t i = 0; i < ACTORS; i++) {
        (void)pthread_join(actors[i].thread, NULL);
    }
    (void)close(crowd->stop_fds[0]);
}
