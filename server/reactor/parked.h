/* SPDX-License-Identifier: MIT */
/*
 * Why a connection is parked: what it waits for while no worker has it.
 *
 * Names only. Who is parked knows waiting_room.h; each kind has a time-out of its own, which conf/ sets.
 */
#ifndef LIDO_SERVER_REACTOR_PARKED_H
#define LIDO_SERVER_REACTOR_PARKED_H

enum parked {
    PARKED_IDLE,      /* for the next request of a kept connection: keepalive_timeout */
    PARKED_READING,   /* for a request, or the rest of one: header_timeout */
    PARKED_WRITING,   /* for the client to take more of its answer: send_timeout */
    PARKED_LINGERING, /* for the client to close, after the last answer: linger_timeout */
    PARKED_KINDS
};

#endif
