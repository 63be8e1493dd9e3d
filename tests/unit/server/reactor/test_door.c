/* SPDX-License-Identifier: MIT */
#include "server/net/socket_address.h"
#include "server/reactor/client.h"
#include "server/reactor/door.h"
#include "tests/support/deadline.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct listener_set set;
static struct door door;
static int epoll_fd = -1;

static void open_listener(void) {
    char error[LISTENER_ERROR_BYTES];
    cr_assert_eq(listener_set_open(&set, "127.0.0.1:0", 8, error), LISTENER_OK, "%s", error);
}

/* Two listeners, so that one can be taken for the other. */
static void open_door(void) {
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    open_listener();
    open_listener();
    cr_assert_eq(door_init(&door, epoll_fd, &set), 0);
}

static void tear_down(void) {
    door_deinit(&door);
    listener_set_close(&set);
}

TestSuite(door, .init = open_door, .fini = tear_down, .timeout = 60);

/* Somebody who is ready to be accepted: with something to say, because of TCP_DEFER_ACCEPT. */
static int knock(size_t index) {
    int fd = connected_socket(&set.items[index].address);
    cr_assert_eq(send(fd, "x", 1, 0), 1);
    cr_assert(deadline_wait(set.items[index].fd, POLLIN, deadline_in(PATIENCE_MS)));
    return fd;
}

/* The listener that epoll reports now, or NULL. */
static const struct listener *reported(void) {
    struct epoll_event event;
    int count = epoll_wait(epoll_fd, &event, 1, 0);
    cr_assert_geq(count, 0);
    if (count == 0) {
        return NULL;
    }
    cr_assert_eq(*(const enum event_source *)event.data.ptr, SOURCE_LISTENER);
    return door_listener_of(event.data.ptr);
}

Test(door, tells_which_listener_somebody_knocks_at) {
    cr_expect_null(reported());
    for (size_t i = 0; i < 2; i++) {
        int client = knock(i);
        cr_expect_eq(reported(), &set.items[i], "listener %zu", i);
        cr_expect_eq(reported(), &set.items[i], "and again until somebody is let in");
        (void)close(accept(set.items[i].fd, NULL, NULL));
        cr_expect_null(reported());
        (void)close(client);
    }
}

Test(door, lets_nobody_in_while_it_is_closed) {
    cr_expect(door_close_for(&door, DOOR_QUEUE_FULL));
    int first = knock(0);
    int second = knock(1);
    cr_expect_null(reported());
    door_reopen(&door, DOOR_QUEUE_FULL);
    cr_expect_not_null(reported(), "who knocked meanwhile is not forgotten");
    (void)close(first);
    (void)close(second);
}

Test(door, stays_closed_until_the_last_reason_is_gone) {
    static const enum door_reason reasons[] = {DOOR_QUEUE_FULL, DOOR_CONNECTIONS, DOOR_RESOURCES};
    enum { REASONS = sizeof reasons / sizeof reasons[0] };
    int client = knock(0);
    for (size_t first = 0; first < REASONS; first++) { /* in every order */
        for (size_t step = 1; step < REASONS; step++) {
            for (size_t i = 0; i < REASONS; i++) {
                cr_expect(door_close_for(&door, reasons[i]));
            }
            for (size_t i = 0; i < REASONS; i++) {
                cr_expect_null(reported(), "%zu reasons are left", REASONS - i);
                door_reopen(&door, reasons[(first + i * step) % REASONS]);
            }
            cr_expect_not_null(reported());
            cr_expect_eq(door.reasons, 0);
        }
    }
    (void)close(client);
}

Test(door, tells_whether_a_reason_is_new) {
    cr_expect(door_close_for(&door, DOOR_CONNECTIONS));
    cr_expect(!door_close_for(&door, DOOR_CONNECTIONS));
    cr_expect(door_close_for(&door, DOOR_RESOURCES),
              "another reason is new even though it is closed already");
    door_reopen(&door, DOOR_CONNECTIONS);
    cr_expect(door_close_for(&door, DOOR_CONNECTIONS), "and so is one that was gone");
}

Test(door, opens_once_however_often_it_was_closed_for_one_reason) {
    int client = knock(0);
    (void)door_close_for(&door, DOOR_QUEUE_FULL);
    (void)door_close_for(&door, DOOR_QUEUE_FULL);
    door_reopen(&door, DOOR_QUEUE_FULL);
    cr_expect_not_null(reported());
    (void)close(client);
}

Test(door, is_not_opened_by_a_reason_that_does_not_hold) {
    int client = knock(0);
    (void)door_close_for(&door, DOOR_QUEUE_FULL);
    door_reopen(&door, DOOR_CONNECTIONS);
    cr_expect_null(reported());
    door_reopen(&door, DOOR_QUEUE_FULL);
    door_reopen(&door, DOOR_QUEUE_FULL);
    cr_expect_not_null(reported());
    (void)close(client);
}

static int connect_error(const struct sockaddr_storage *address) {
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = connect(fd, (const struct sockaddr *)address, socket_address_length(address));
    int error = result == -1 ? errno : 0;
    (void)close(fd);
    return error;
}

Test(door, closes_for_good) {
    struct sockaddr_storage address = set.items[0].address;
    int before = count_descriptors();
    door_deinit(&door);
    cr_expect_eq(count_descriptors(), before - 2);
    cr_expect_eq(set.count, 0);
    cr_expect_eq(connect_error(&address), ECONNREFUSED);
}

Test(door, may_be_closed_for_good_twice_and_be_used_afterwards) {
    (void)door_close_for(&door, DOOR_QUEUE_FULL);
    door_deinit(&door);
    int before = count_descriptors();
    door_deinit(&door);
    cr_expect(door_close_for(&door, DOOR_RESOURCES));
    door_reopen(&door, DOOR_RESOURCES);
    door_reopen(&door, DOOR_QUEUE_FULL);
    cr_expect_eq(count_descriptors(), before);
    cr_expect_null(reported());
}

Test(door, says_why_it_cannot_be_watched) {
    struct door other;
    cr_expect_eq(door_init(&other, -1, &set), -EBADF);
    door_deinit(&other);
    cr_expect_eq(set.count, 0);
}

Test(door, may_be_a_wall) {
    struct listener_set none = {0};
    struct door wall;
    cr_expect_eq(door_init(&wall, epoll_fd, &none), 0);
    cr_expect(door_close_for(&wall, DOOR_QUEUE_FULL));
    door_reopen(&wall, DOOR_QUEUE_FULL);
    door_deinit(&wall);
}
