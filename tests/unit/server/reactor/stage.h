/* SPDX-License-Identifier: MIT */
/*
 * A reactor at work, without HTTP: a real listener at a free port of 127.0.0.1, a real pool, and workers that
 * do what a client tells them by a letter. It runs in a thread of its own, so that a test can play the
 * clients.
 *
 * Link with -Wl,--wrap=epoll_ctl,--wrap=epoll_wait,--wrap=threadpool_submit,--wrap=threadpool_put_back: this
 * is how a test sees what the reactor does, instead of waiting for some time. Criterion runs each test in a
 * process of its own, so there is one of each and they are plain variables.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_REACTOR_STAGE_H
#define LIDO_TESTS_UNIT_SERVER_REACTOR_STAGE_H

#include "server/reactor/reactor.h"
#include "tests/unit/server/reactor/visitor.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* What a client can say, each a byte. Whoever is expired is told EXPIRED, and dropped. */
enum {
    STAY = 's',   /* echo it; the connection is idle then */
    LEAVE = 'l',  /* echo it, and close */
    GATE = 'g',   /* wait at the gate, then do as for STAY */
    PART = 'p',   /* wait at the gate, then do as for LEAVE */
    BEGIN = 'b',  /* say nothing: it stands in the middle of a request from now on */
    STREAM = 'S', /* send STREAM_BYTES of it, then close; for one client at a time */
    AGAIN = 'a',  /* `rounds` times: wait at the gate and go round with CONNECTION_AGAIN; then as for STAY */

    EXPIRED = 'x',
};

enum { STREAM_BYTES = 16 * 1024 * 1024, HOUR_MS = 3600 * 1000 };

struct stage_options {
    size_t threads;         /* 0: 1 */
    size_t queue;           /* 0: 64 */
    size_t max_connections; /* 0: 1000 */
    bool reject_when_full;
    int64_t header_timeout_ms;   /* 0: an hour; for who is new */
    int64_t linger_timeout_ms;   /* 0: an hour; for who was rejected */
    int64_t shutdown_timeout_ms; /* 0: an hour; -1: none */
    void (*on_rejected)(void *context, const struct connection *connection);
    bool (*on_shortage)(void *context);
    bool (*on_tick)(void *context);
    int pulse_ms;
    void *context;
};

extern struct reactor *reactor;
extern struct threadpool *pool;
extern struct reactor_stats stats; /* after finish() */
extern const char overload[];      /* what a rejected client is told */

/* What happens, as it happens: each posted once for each time. */
extern sem_t at_gate;     /* a worker waits at the gate */
extern sem_t gate;        /* post it to let one go on */
extern sem_t queued;      /* a client was put into the queue */
extern sem_t refused;     /* the queue had no room for some */
extern sem_t served;      /* a worker has given a client back */
extern sem_t door_closed; /* nobody is let in any more */
extern sem_t door_opened;
extern sem_t left_loop; /* reactor_run() has returned */

/* Wait until it was posted so often. */
static inline void await(sem_t *semaphore, size_t count) {
    for (size_t i = 0; i < count; i++) {
        (void)sem_wait(semaphore);
    }
}

extern atomic_size_t rounds;          /* for AGAIN */
extern atomic_size_t wait_count;      /* calls of epoll_wait(2) */
extern atomic_int registration_error; /* what the next epoll_ctl(2) of a client fails with */
extern atomic_int served_fd;          /* the socket that was served last */
extern void (*before_submit)(
    void); /* called once, before clients are queued; set while the reactor is held */

void stage_open(const struct stage_options *options);

/* Ask the reactor to stop (SIGTERM). */
void ask_to_stop(void);

/* Wait until it has stopped, stop the pool, and cut who is left; fills `stats`. Fails the test if a
 * descriptor is still open that was not before, but for the sockets of the test itself. Returns what
 * reactor_run() has returned. */
int finish(int sockets_of_the_test);

/* Hold the reactor before its next epoll_wait(2), and let it go on. Between the two it sees nothing. */
void hold_reactor(void);
void release_reactor(void);

/* Whether the connections have been told that the server is about to stop. */
bool service_is_closing(void);

/* The descriptor of the listener. */
int listener_fd(void);

extern struct sockaddr_storage stage_address; /* of the listener */

#endif
