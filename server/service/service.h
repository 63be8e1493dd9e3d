/* SPDX-License-Identifier: MIT */
/*
 * What a service manager is told, systemd or another one that speaks sd_notify(3): that the server is ready, reads its
 * settings anew, stops; one line about the pool; and signs of life, if it wants them (WATCHDOG_USEC).
 *
 * A sign of life is sent by whoever turns the main loop and by nobody else, so that a loop that hangs is noticed. Without a
 * manager all of it does nothing. Reads no state of the server itself. The main thread only.
 */
#ifndef LIDO_SERVER_SERVICE_SERVICE_H
#define LIDO_SERVER_SERVICE_SERVICE_H

#include "server/service/notify.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SERVICE_LINE_BYTES = 96 };

enum service_phase {
    SERVICE_STARTING,
    SERVICE_READY,
    SERVICE_RELOADING,
    SERVICE_STOPPING,
};

/* How busy the server is. */
struct service_load {
    size_t busy;    /* threads that have something to do */
    size_t threads; /* of so many */
    size_t connections;
};

struct service {
    struct notify notify;
    int failure; /* 0, or a negative errno: there is a manager, but it cannot be reached */
    enum service_phase phase;
    int64_t alive_every_ms; /* how often a sign of life is due; 0: none is */
    int64_t alive_ms;       /* when the last one was sent */
    int64_t told_ms;        /* when the line was */
    char line[SERVICE_LINE_BYTES];
};

/* Find the manager by the environment (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID), connect, and forget the variables, so
 * that no child takes itself for the service. Before there are other threads, and before a sandbox. */
void service_open(struct service *service);

/* Whether there is a manager to be told anything. */
bool service_is_watched(const struct service *service);

/* How often service_look() has to be called even if nothing happens, in milliseconds; 0: never. */
int service_pulse_ms(const struct service *service);

/* The server has begun to serve, or has got through with a reload, whatever came of it. Blocks for a second at most, as do
 * the next two. */
void service_tell_ready(struct service *service, const struct service_load *load);

/* It reads its settings anew from now on. */
void service_tell_reloading(struct service *service);

/* It finishes what is under way, and ends then; a second call is as service_look(). */
void service_tell_stopping(struct service *service, const struct service_load *load);

/* Send what is due by now: a sign of life, the line if it has changed, or, while the server stops, a plea for more time.
 * Never blocks. Returns whether something is left for later, even if nothing else happens. */
bool service_look(struct service *service, const struct service_load *load);

/* Doing it again does nothing. */
void service_close(struct service *service);

#endif
