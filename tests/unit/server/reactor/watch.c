/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/reactor/watch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EVENTS_MAX = 8 };

/* ---- What the linker wraps ----------------------------------------------------------------------------- */

size_t add_count;
size_t change_count;
int registration_error;
void (*meanwhile)(void);
bool is_meanwhile_when_armed;

int __real_epoll_ctl(int epoll_fd, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_ctl(int epoll_fd, int operation, int fd, struct epoll_event *event);
void __real_waiting_room_enter(struct waiting_room *where, struct client *client);
void __wrap_waiting_room_enter(struct waiting_room *where, struct client *client);

static void let_it_happen(bool is_armed) {
    if (meanwhile != NULL && is_armed == is_meanwhile_when_armed) {
        meanwhile();
    }
}

int __wrap_epoll_ctl(int epoll_fd, int operation, int fd, struct epoll_event *event) {
    if (registration_error != 0) {
        errno = registration_error;
        registration_error = 0;
        return -1;
    }
    add_count += operation == EPOLL_CTL_ADD ? 1 : 0;
    change_count += operation == EPOLL_CTL_MOD ? 1 : 0;
    int result = __real_epoll_ctl(epoll_fd, operation, fd, event);
    let_it_happen(true);
    return result;
}

void __wrap_waiting_room_enter(struct waiting_room *where, struct client *client) {
    __real_waiting_room_enter(where, client);
    let_it_happen(false);
}

/* ---- The stage ----------------------------------------------------------------------------------------- */

int watch_fd = -1;
struct guest guest;
void watch_set_up(void) {
    open_room();
    watch_fd = epoll_create1(EPOLL_CLOEXEC);
    cr_assert_neq(watch_fd, -1);
    connect_guest(&guest, AF_INET);
    seat(&guest.client, 0);
}

void watch_tear_down(void) {
    clear_room();
    disconnect_guest(&guest);
    (void)close(watch_fd);
}

void begin_anew(int family) {
    disconnect_guest(&guest);
    connect_guest(&guest, family);
    add_count = 0;
    change_count = 0;
}

enum watch_result wait_for(enum watch_for what) {
    guest.client.connection.phase = CONNECTION_READING;
    guest.client.connection.deadline_ms = NOW_MS + TICK_MS;
    return client_watch_wait(watch_fd, &room, &guest.client, what);
}

void expect_waits_for(enum watch_for what) {
    cr_assert_eq(wait_for(what), WATCH_WAITS);
    cr_expect_eq(client_turn_of(&guest.client), TURN_WAITING);
    cr_expect_eq(room.count, 1);
}

void expect_called(enum watch_for what) {
    cr_assert_eq(wait_for(what), WATCH_CALLED);
    cr_expect_eq(client_turn_of(&guest.client), TURN_TAKEN, "it may wait when it has been looked at");
    cr_expect_eq(room.count, 0);
}

int look_at_events(int timeout_ms, size_t *claimed_count) {
    struct epoll_event events[EVENTS_MAX];
    struct client *claimed[EVENTS_MAX];
    int count = epoll_wait(watch_fd, events, EVENTS_MAX, timeout_ms);
    cr_assert_geq(count, 0);
    *claimed_count = client_watch_claim(&table, &room, events, (size_t)count, claimed);
    cr_expect(*claimed_count == 0 || claimed[0] == &guest.client);
    return count;
}

void expect_handed_over(void) {
    size_t claimed_count = 0;
    cr_assert_eq(look_at_events(PATIENCE_MS, &claimed_count), 1);
    cr_expect_eq(claimed_count, 1);
    cr_expect_neq(client_turn_of(&guest.client), TURN_WAITING);
    cr_expect_eq(room.count, 0);
}

void expect_no_event(void) {
    size_t claimed_count = 0;
    cr_expect_eq(look_at_events(0, &claimed_count), 0);
}

void have_it_called(void) {
    size_t claimed_count = 0;
    cr_assert_eq(look_at_events(PATIENCE_MS, &claimed_count), 1);
    cr_assert_eq(claimed_count, 0, "it was given to two");
    cr_assert_eq(client_turn_of(&guest.client), TURN_CALLED);
}

void say_something(void) {
    cr_assert_eq(send(guest.peer, "x", 1, MSG_NOSIGNAL), 1);
}

void hear_something(void) {
    char byte = 0;
    cr_assert_eq(recv(guest.client.connection.fd, &byte, 1, 0), 1);
}

void fill_up(int fd) {
    static const char bytes[64 * 1024];
    while (send(fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL) > 0) {
    }
}

void empty(int fd) {
    static char bytes[64 * 1024];
    while (recv(fd, bytes, sizeof bytes, MSG_DONTWAIT) > 0) {
    }
}
