/* SPDX-License-Identifier: MIT */
/*
 * A guest that waits with epoll, see client_watch.h. The test plays both the worker, who lets it wait, and
 * the reactor, who looks at the events.
 *
 * Link with -Wl,--wrap=epoll_ctl,--wrap=waiting_room_enter: the registrations are counted, and an event can
 * come at the worst moment. Criterion runs each test in a process of its own, so these are plain variables.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_REACTOR_WATCH_H
#define LIDO_TESTS_UNIT_SERVER_REACTOR_WATCH_H

#include "server/reactor/client_turn.h"
#include "server/reactor/client_watch.h"
#include "tests/unit/server/reactor/guest.h"

#include <stdbool.h>
#include <stddef.h>

enum { PATIENCE_MS = 10 * 1000 };

extern int watch_fd; /* of epoll */
extern struct guest guest;

extern size_t add_count; /* calls of epoll_ctl(2) that worked: EPOLL_CTL_ADD */
extern size_t change_count;
extern int registration_error; /* what the next one fails with */

/* Happens within wait_for(), each time: when the guest is in the room but not registered yet, or when it has
 * just been registered. NULL: nothing. */
extern void (*meanwhile)(void);
extern bool is_meanwhile_when_armed;

/* For a TestSuite's .init and .fini. */
void watch_set_up(void);
void watch_tear_down(void);

/* Another guest, whom nobody knows. */
void begin_anew(int family);

/* What a worker does when it has nothing more to do. */
enum watch_result wait_for(enum watch_for what);
void expect_waits_for(enum watch_for what);
void expect_called(enum watch_for what);

/* What the reactor does. Returns how many events there were. */
int look_at_events(int timeout_ms, size_t *claimed_count);
void expect_handed_over(void);
void expect_no_event(void);

/* The event comes to nothing for now: the guest is somebody else's. */
void have_it_called(void);

/* The guest's peer says a byte, and the server reads it. */
void say_something(void);
void hear_something(void);

/* Send until nobody takes any more, and receive all of it. */
void fill_up(int fd);
void empty(int fd);

#endif
