/* SPDX-License-Identifier: MIT */
/* No descriptors for clients: somebody gives one back, and the main thread closes none, as that may hang. */
#include "tests/unit/server/reactor/stage.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_bool is_short; /* of descriptors */
static atomic_bool gives_back;
static atomic_int shortages;

int __real_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);
int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags);

int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
    if (atomic_load(&is_short)) {
        errno = EMFILE;
        return -1;
    }
    return __real_accept4(fd, address, length, flags);
}

static bool on_shortage(void *context) {
    (void)context;
    atomic_fetch_add(&shortages, 1);
    return atomic_load(&gives_back);
}

TestSuite(reactor_shortage, .timeout = 60);

static int open_with_one_idle(void) {
    stage_open(&(struct stage_options){.on_shortage = on_shortage});
    int idle = connect_and_say(STAY);
    cr_assert_eq(hear(idle), STAY);
    atomic_store(&is_short, true);
    return idle;
}

static void stop(void) {
    ask_to_stop();
    cr_expect_eq(finish(0), 0);
    cr_expect_geq(stats.paused_resources, 1);
    cr_expect_geq(atomic_load(&shortages), 1);
}

Test(reactor_shortage, waits_for_what_is_being_given_back) {
    atomic_store(&gives_back, true);
    int idle = open_with_one_idle();
    int next = connect_and_say(STAY);
    await(&door_closed, 1);
    atomic_store(&is_short, false);
    reactor_wake(reactor);
    cr_expect_eq(hear(next), STAY);
    say(idle, STAY);
    cr_expect_eq(hear(idle), STAY, "it had to leave for nothing");
    (void)close(idle);
    (void)close(next);
    stop();
    cr_expect_eq(stats.gave_way, 0);
}

/* By a worker: it tells so. */
Test(reactor_shortage, lets_a_worker_see_off_who_gives_way) {
    int idle = open_with_one_idle();
    int next = connect_and_say(STAY);
    cr_expect_eq(hear(idle), EXPIRED);
    cr_expect_eq(hear(idle), END);
    atomic_store(&is_short, false);
    cr_expect_eq(hear(next), STAY);
    (void)close(idle);
    (void)close(next);
    stop();
    cr_expect_eq(stats.gave_way, 1);
}
