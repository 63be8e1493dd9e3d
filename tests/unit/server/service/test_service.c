/* SPDX-License-Identifier: MIT */
/* What is sent when, by a clock that the test sets: linked with --wrap=clock_gettime. */
#include "server/service/service.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

static int64_t now_ms = 1000000;

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    (void)clock;
    *now = (struct timespec){.tv_sec = now_ms / 1000, .tv_nsec = now_ms % 1000 * 1000000};
    return 0;
}

static struct service service;
static struct service_load load = {.busy = 3, .threads = 8, .connections = 12};
static int manager = -1;

static void set_up(void) {
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
    service = (struct service){.notify.fd = ends[0], .alive_every_ms = 10000};
    manager = ends[1];
}

static void tear_down(void) {
    service_close(&service);
    (void)close(manager);
}

TestSuite(service, .init = set_up, .fini = tear_down, .timeout = 60);

static void expect(const char *message) {
    char text[512] = "";
    ssize_t length = recv(manager, text, sizeof text - 1, 0);
    cr_expect_str_eq(length > 0 ? text : "nothing", message);
}

static bool look_after(int64_t ms) {
    now_ms += ms;
    return service_look(&service, &load);
}

Test(service, tells_each_phase) {
    service_tell_ready(&service, &load);
    expect("READY=1\nSTATUS=3 of 8 threads busy, 12 connections");
    service_tell_reloading(&service);
    expect("RELOADING=1\nMONOTONIC_USEC=1000000000");
    load.connections = 1;
    service_tell_ready(&service, &load);
    expect("READY=1\nSTATUS=3 of 8 threads busy, 1 connection");
    service_tell_stopping(&service, &load);
    expect("STOPPING=1\nEXTEND_TIMEOUT_USEC=10000000\nSTATUS=stopping: 3 of 8 threads busy, 1 connection");
    service_tell_stopping(&service, &load);
    expect("nothing");
}

Test(service, gives_signs_of_life_in_time_and_no_more) {
    service_tell_ready(&service, &load);
    expect("READY=1\nSTATUS=3 of 8 threads busy, 12 connections");
    cr_expect_not(look_after(1));
    expect("WATCHDOG=1");
    cr_expect_not(look_after(9999));
    expect("nothing");
    cr_expect_not(look_after(1));
    expect("WATCHDOG=1");
}

Test(service, tells_a_line_that_has_changed_every_five_seconds_at_most) {
    service.alive_every_ms = 0;
    service_tell_ready(&service, &load);
    expect("READY=1\nSTATUS=3 of 8 threads busy, 12 connections");
    load.busy = 4;
    cr_expect(look_after(1000), "it is to be told later");
    expect("nothing");
    cr_expect_not(look_after(4000));
    expect("STATUS=4 of 8 threads busy, 12 connections");
    cr_expect_not(look_after(60000));
    expect("nothing");
}

Test(service, asks_for_more_time_as_long_as_it_stops) {
    service.alive_every_ms = 0;
    service_tell_ready(&service, &load);
    expect("READY=1\nSTATUS=3 of 8 threads busy, 12 connections");
    service_tell_stopping(&service, &load);
    expect("STOPPING=1\nEXTEND_TIMEOUT_USEC=10000000\nSTATUS=stopping: 3 of 8 threads busy, 12 connections");
    (void)look_after(999);
    expect("nothing");
    (void)look_after(1);
    expect("STATUS=stopping: 3 of 8 threads busy, 12 connections\nEXTEND_TIMEOUT_USEC=10000000");
}

Test(service, finds_what_the_manager_wants_in_the_environment) {
    static const struct {
        const char *usec;
        const char *pid;
        int64_t every_ms;
    } rows[] = {
        {NULL, NULL, 0}, {"30000000", NULL, 10000}, {"30000000", "1", 0},   {"nonsense", NULL, 0},
        {"-5", NULL, 0}, {"1000", NULL, 1},         {"30000000x", NULL, 0}, {"0", NULL, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct service found;
        (void)(rows[i].usec != NULL ? setenv("WATCHDOG_USEC", rows[i].usec, 1) : unsetenv("WATCHDOG_USEC"));
        (void)(rows[i].pid != NULL ? setenv("WATCHDOG_PID", rows[i].pid, 1) : unsetenv("WATCHDOG_PID"));
        (void)setenv("NOTIFY_SOCKET", "/nowhere/at/all", 1);
        service_open(&found);
        cr_expect_eq(found.alive_every_ms, rows[i].every_ms, "row %zu", i);
        cr_expect_neq(found.failure, 0);
        cr_expect_not(service_is_watched(&found));
        cr_expect_eq(service_pulse_ms(&found), 0, "nobody waits for it");
        cr_expect_null(getenv("NOTIFY_SOCKET"));
        cr_expect_null(getenv("WATCHDOG_USEC"));
        service_close(&found);
    }
}
