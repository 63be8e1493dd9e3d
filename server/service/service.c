/* SPDX-License-Identifier: MIT */
#include "server/service/service.h"

#include "http/base/clock.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    MESSAGE_BYTES = 256,
    PATIENCE_MS = 1000,
    LINE_EVERY_MS = 5000, /* at most so often, as the manager tells others */
    STOPPING_EVERY_MS = 1000,
    ALIVE_SHARE = 3 /* signs of life within the time in which the manager wants one */
};

/* To stop, from each message on: 10 s, enough for the next one, or for the last lines of the log. */
#define MORE_TIME "EXTEND_TIMEOUT_USEC=10000000"

/* The number in a variable, or 0. */
static int64_t read_number(const char *variable) {
    const char *text = getenv(variable);
    char *end = NULL;
    errno = 0;
    long long number = text != NULL ? strtoll(text, &end, 10) : 0;
    return text == NULL || end == text || *end != '\0' || errno != 0 || number < 0 ? 0 : number;
}

static int64_t read_alive_every_ms(void) {
    int64_t pid = read_number("WATCHDOG_PID");
    int64_t within_ms = read_number("WATCHDOG_USEC") / 1000;
    if (within_ms == 0 || (pid != 0 && pid != getpid())) {
        return 0;
    }
    int64_t every_ms = within_ms / ALIVE_SHARE;
    every_ms = every_ms > 0 ? every_ms : 1;
    return every_ms < INT_MAX ? every_ms : INT_MAX;
}

void service_open(struct service *service) {
    *service = (struct service){.alive_every_ms = read_alive_every_ms()};
    service->failure = notify_open(&service->notify, getenv("NOTIFY_SOCKET"));
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
}

bool service_is_watched(const struct service *service) {
    return service->notify.fd != -1;
}

int service_pulse_ms(const struct service *service) {
    return service_is_watched(service) ? (int)service->alive_every_ms : 0;
}

static void write_line(const struct service *service, const struct service_load *load,
                       char line[SERVICE_LINE_BYTES]) {
    (void)snprintf(line, SERVICE_LINE_BYTES, "%s%zu of %zu threads busy, %zu connection%s",
                   service->phase == SERVICE_STOPPING ? "stopping: " : "", load->busy, load->threads,
                   load->connections, load->connections == 1 ? "" : "s");
}

static void tell_phase(struct service *service, enum service_phase phase, const char *message,
                       const struct service_load *load) {
    char text[MESSAGE_BYTES];
    service->phase = phase;
    service->told_ms = clock_steady_coarse_ms();
    write_line(service, load, service->line);
    (void)snprintf(text, sizeof text, "%s\nSTATUS=%s", message, service->line);
    (void)notify_send(&service->notify, text, PATIENCE_MS);
}

void service_tell_ready(struct service *service, const struct service_load *load) {
    tell_phase(service, SERVICE_READY, "READY=1", load);
}

void service_tell_reloading(struct service *service) {
    char text[MESSAGE_BYTES];
    service->phase = SERVICE_RELOADING;
    (void)snprintf(text, sizeof text, "RELOADING=1\nMONOTONIC_USEC=%lld", (long long)clock_steady_us());
    (void)notify_send(&service->notify, text, PATIENCE_MS);
}

void service_tell_stopping(struct service *service, const struct service_load *load) {
    if (service->phase != SERVICE_STOPPING) {
        tell_phase(service, SERVICE_STOPPING, "STOPPING=1\n" MORE_TIME, load);
    }
}

static void look_at_life(struct service *service, int64_t now_ms) {
    if (service->alive_every_ms > 0 && now_ms - service->alive_ms >= service->alive_every_ms &&
        notify_send(&service->notify, "WATCHDOG=1", 0)) {
        service->alive_ms = now_ms;
    }
}

/* Returns whether there is a line that waits for its time. */
static bool look_at_line(struct service *service, const struct service_load *load, int64_t now_ms) {
    char line[SERVICE_LINE_BYTES];
    char text[MESSAGE_BYTES];
    bool is_stopping = service->phase == SERVICE_STOPPING;
    int64_t every_ms = is_stopping ? STOPPING_EVERY_MS : LINE_EVERY_MS;
    write_line(service, load, line);
    if (!is_stopping && strcmp(line, service->line) == 0) {
        return false;
    }
    if (now_ms - service->told_ms < every_ms) {
        return true;
    }
    (void)snprintf(text, sizeof text, "STATUS=%s%s", line, is_stopping ? "\n" MORE_TIME : "");
    if (!notify_send(&service->notify, text, 0)) {
        return true;
    }
    service->told_ms = now_ms;
    memcpy(service->line, line, sizeof line);
    return false;
}

bool service_look(struct service *service, const struct service_load *load) {
    int64_t now_ms = clock_steady_coarse_ms();
    if (!service_is_watched(service) || service->phase == SERVICE_STARTING) {
        return false;
    }
    look_at_life(service, now_ms);
    return look_at_line(service, load, now_ms);
}

void service_close(struct service *service) {
    notify_close(&service->notify);
}
