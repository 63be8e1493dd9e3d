/* SPDX-License-Identifier: MIT */
/*
 * A waiting room and guests to put into it: clients with a real socket and the other end of it, but without a
 * server.
 *
 * Criterion runs each test in a process of its own, so there is one room and it is a plain variable.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_REACTOR_GUEST_H
#define LIDO_TESTS_UNIT_SERVER_REACTOR_GUEST_H

#include "server/reactor/client.h"
#include "server/reactor/client_table.h"
#include "server/reactor/waiting_room.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    NOW_MS = 1000 * 1000, /* when the room was opened */
    TICK_MS = WAITING_ROOM_TICK_MS,
    HORIZON_MS = WAITING_ROOM_SLOTS * TICK_MS,
    CROWD = 200,
};

/* A client and the socket at the other end. */
struct guest {
    struct client client;
    int peer;
};

extern struct waiting_room room;
extern struct client_table table; /* in which guests have a number */

/* Give a guest the first number of a block, for its events to find it. */
void seat(struct client *client, unsigned block);

/* For a TestSuite's .init and .fini. Guests must live until the latter. */
void open_room(void);
void clear_room(void);

/* Give the guest a connected pair of sockets: AF_UNIX, or AF_INET for TCP. */
void connect_guest(struct guest *guest, int family);
void disconnect_guest(struct guest *guest);

void enter(struct guest *guest, enum connection_phase phase, int64_t deadline_ms);
void leave(struct guest *guest);

/* Connect, and enter. */
void arrive(struct guest *guest, enum connection_phase phase, int64_t deadline_ms);

/* Whether the guest is marked as expired. Fails the test unless its socket is shut down exactly then. */
bool has_expired(const struct guest *guest);

#endif
