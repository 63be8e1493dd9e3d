/* SPDX-License-Identifier: MIT */
#include "server/listen/listener.h"
#include "server/listen/succession.h"
#include "server/net/socket_address.h"
#include "tests/support/deadline.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

enum { BACKLOG = 8 };

static struct folder folder;
static struct listener_set now;
static struct listener_set next;
static char error[LISTENER_ERROR_BYTES];
static int descriptors_before;

static void set_up(void) {
    folder_create(&folder);
    descriptors_before = count_descriptors();
}

static void tear_down(void) {
    listener_set_close(&next);
    listener_set_close(&now);
    cr_expect_eq(count_descriptors(), descriptors_before, "a socket is left, or was closed twice");
    folder_remove(&folder);
}

TestSuite(succession, .init = set_up, .fini = tear_down, .timeout = 60);

static void open_at(struct listener_set *set, const char *text) {
    cr_assert_eq(listener_set_open(set, text, BACKLOG, error), LISTENER_OK, "%s: %s", text, error);
}

/* host:port, with the port of the first of those that listen now. */
static const char *at_port(const char *host) {
    static char text[64];
    (void)snprintf(text, sizeof text, "%s:%u", host, (unsigned)socket_address_port(&now.items[0].address));
    return text;
}

static const char *at_path(void) {
    static char text[FOLDER_PATH_BYTES + sizeof "unix:"];
    (void)snprintf(text, sizeof text, "unix:%s", folder_path(&folder, "s").text);
    return text;
}

static void begin_next(void) {
    next.former = &now;
}

/* Turn to the next set as a door does, without anybody who waits. */
static void complete(void) {
    cr_assert_eq(succession_settle(&next), 0);
    succession_complete(&next, &now, BACKLOG);
    cr_assert_eq(now.count, 0);
    now = next;
    next = (struct listener_set){0};
}

static void expect(size_t index, int fd, size_t entry, bool is_leaving) {
    cr_assert_lt(index, now.count);
    cr_expect_eq(now.items[index].fd, fd, "socket %zu", index);
    cr_expect_eq(now.items[index].entry, entry, "socket %zu", index);
    cr_expect_eq(now.items[index].is_leaving, is_leaving, "socket %zu", index);
}

Test(succession, takes_a_listen_address_over_with_its_sockets) {
    open_at(&now, "127.0.0.1:0");
    open_at(&now, "127.0.0.1:0");
    int first = now.items[0].fd;
    int second = now.items[1].fd;
    begin_next();
    cr_assert_eq(succession_take_over(&next, 1), 0);
    cr_assert_eq(succession_take_over(&next, 0), 0);
    cr_expect_eq(succession_take_over(&next, 2), -ENOENT);
    complete();
    expect(0, second, 0, false);
    expect(1, first, 1, false);
    cr_expect_eq(now.count, 2);
}

Test(succession, takes_nothing_over_twice) {
    open_at(&now, "127.0.0.1:0");
    int fd = now.items[0].fd;
    begin_next();
    open_at(&next, at_port("127.0.0.1"));
    cr_expect_eq(succession_take_over(&next, 0), -ENOENT);
    complete();
    expect(0, fd, 0, false);
    cr_expect_eq(now.count, 1);
}

Test(succession, knows_an_address_again_that_is_written_otherwise) {
    open_at(&now, "127.0.0.1:0");
    int fd = now.items[0].fd;
    begin_next();
    open_at(&next, at_port("127.0.0.1"));
    complete();
    expect(0, fd, 0, false);
    cr_expect_eq(now.count, 1);
}

Test(succession, lets_what_is_left_over_leave) {
    open_at(&now, "127.0.0.1:0");
    open_at(&now, at_path());
    int tcp = now.items[0].fd;
    int file = now.items[1].fd;
    begin_next();
    open_at(&next, "127.0.0.1:0");
    int other = next.items[0].fd;
    complete();
    expect(0, other, 0, false);
    expect(1, tcp, LISTENER_NO_ENTRY, true);
    expect(2, file, LISTENER_NO_ENTRY, true);
    cr_expect_not(succession_is_over(&now.items[0]));
    cr_expect_not(succession_is_over(&now.items[1]), "the kernel may still know of somebody");
    cr_expect(succession_is_over(&now.items[2]));
    now.items[1].leaves_ms = 0;
    cr_expect(succession_is_over(&now.items[1]));
    struct sockaddr_storage address = now.items[1].address;
    int client = connected_socket(&address);
    cr_assert_eq(write(client, "x", 1), 1);
    cr_assert(deadline_wait(now.items[1].fd, POLLIN, deadline_in(PATIENCE_MS)));
    cr_expect_not(succession_is_over(&now.items[1]), "somebody waits");
    (void)close(client);
}

Test(succession, takes_back_what_was_leaving) {
    open_at(&now, "127.0.0.1:0");
    int fd = now.items[0].fd;
    char address[64];
    (void)snprintf(address, sizeof address, "%s", at_port("127.0.0.1"));
    begin_next();
    open_at(&next, at_path());
    complete();
    expect(1, fd, LISTENER_NO_ENTRY, true);
    begin_next();
    open_at(&next, address);
    complete();
    expect(0, fd, 0, false);
}

Test(succession, opens_a_wildcard_beside_one_of_its_addresses_and_the_other_way_round) {
    open_at(&now, "127.0.0.1:0");
    int one = now.items[0].fd;
    char address[64];
    (void)snprintf(address, sizeof address, "%s", at_port("127.0.0.1"));
    begin_next();
    open_at(&next, at_port("0.0.0.0"));
    int all = next.items[0].fd;
    complete();
    expect(0, all, 0, false);
    expect(1, one, LISTENER_NO_ENTRY, false);
    begin_next();
    open_at(&next, address);
    complete();
    expect(0, one, 0, false);
    expect(1, all, LISTENER_NO_ENTRY, true);
}

Test(succession, leaves_a_port_to_nobody_else_afterwards) {
    struct listener_set another_program = {0};
    open_at(&now, "127.0.0.1:0");
    begin_next();
    open_at(&next, at_port("0.0.0.0"));
    complete();
    cr_expect_eq(listener_set_open(&another_program, at_port("127.0.0.1"), BACKLOG, error), LISTENER_IN_USE);
    cr_expect_eq(listener_set_open(&another_program, at_port("127.0.0.2"), BACKLOG, error), LISTENER_IN_USE);
    listener_set_close(&another_program);
}

Test(succession, closes_only_what_is_new_when_it_comes_to_nothing) {
    open_at(&now, "127.0.0.1:0");
    open_at(&now, at_path());
    begin_next();
    cr_assert_eq(succession_take_over(&next, 0), 0);
    open_at(&next, at_path());
    open_at(&next, "127.0.0.1:0");
    open_at(&next, at_port("127.0.0.2"));
    cr_expect_eq(listener_set_open(&next, at_port("127.0.0.1"), BACKLOG, error), LISTENER_MISTAKE,
                 "it is taken over already");
    cr_assert_eq(succession_settle(&next), 0);
    listener_set_close(&next);
    cr_expect_eq(access(folder_path(&folder, "s").text, F_OK), 0);
    (void)close(connected_socket(&now.items[0].address));
}
