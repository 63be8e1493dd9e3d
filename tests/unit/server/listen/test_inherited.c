/* SPDX-License-Identifier: MIT */
/* Which addresses an inherited socket serves, and what becomes of it. That they are taken: integration/running. */
#include "server/listen/inherited.h"
#include "server/listen/succession.h"
#include "server/net/socket_address.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BACKLOG = 8, PORT = 8080 };

static struct listener_set set;
static struct listener_set inherited;
static char error[LISTENER_ERROR_BYTES];

static void tear_down(void) {
    listener_set_close(&set);
    listener_set_close(&inherited);
}

TestSuite(inherited, .fini = tear_down, .timeout = 60);

static void inherit(int fd, const struct sockaddr_storage *address) {
    inherited.items = realloc(inherited.items, (inherited.count + 1) * sizeof *inherited.items);
    inherited.items[inherited.count++] =
        (struct listener){.fd = fd, .address = *address, .is_inherited = true, .entry = LISTENER_NO_ENTRY};
}

static int inherit_listening(const char *host) {
    struct sockaddr_storage address = numeric_address(host, 0);
    int fd = listening_socket(&address);
    address = numeric_address(host, port_of(fd));
    inherit(fd, &address);
    return fd;
}

static void open_at(const char *host, uint16_t port) {
    char text[64];
    (void)snprintf(text, sizeof text, "%s:%u", host, (unsigned)port);
    cr_assert_eq(listener_set_open(&set, text, BACKLOG, error), LISTENER_OK, "%s: %s", text, error);
}

Test(inherited, sockets_serve_the_addresses_that_lead_to_them) {
    static const struct {
        const char *host;
        bool is_dual_stack;
        const char *asked;
        uint16_t port;
        bool serves;
    } rows[] = {
        {"127.0.0.1", false, "127.0.0.1", PORT, true},
        {"127.0.0.1", false, "127.0.0.1", PORT + 1, false},
        {"127.0.0.1", false, "127.0.0.2", PORT, false},
        {"127.0.0.1", false, "0.0.0.0", PORT, false}, /* it would have only some of the clients */
        {"0.0.0.0", false, "127.0.0.1", PORT, true},
        {"0.0.0.0", false, "0.0.0.0", PORT, true},
        {"0.0.0.0", false, "::1", PORT, false},
        {"::", false, "::1", PORT, true},
        {"::", false, "127.0.0.1", PORT, false},
        {"::", true, "127.0.0.1", PORT, true},
        {"::", true, "0.0.0.0", PORT, true},
        {"::", true, "0.0.0.0", PORT + 1, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listener listener = {.address = numeric_address(rows[i].host, PORT),
                                    .is_inherited = true,
                                    .is_dual_stack = rows[i].is_dual_stack};
        struct sockaddr_storage asked = numeric_address(rows[i].asked, rows[i].port);
        cr_expect_eq(inherited_serves(&listener, &asked), rows[i].serves, "%s for %s:%u", rows[i].host,
                     rows[i].asked, (unsigned)rows[i].port);
        listener.is_inherited = false;
        cr_expect_not(inherited_serves(&listener, &asked), "none of ours");
    }
}

Test(inherited, sockets_are_matched_to_their_addresses_and_the_others_added) {
    int named = inherit_listening("127.0.0.1");
    int other = inherit_listening("127.0.0.1");
    uint16_t port = port_of(named);
    set.former = &inherited;
    open_at("127.0.0.1", port);
    cr_assert_eq(set.count, 1);
    cr_expect_eq(set.items[0].fd, named);
    cr_expect_eq(set.items[0].entry, 0);
    cr_assert_eq(inherited_settle(&set, &inherited), 0);
    cr_assert_eq(set.count, 2);
    cr_expect_eq(set.items[1].fd, other);
    cr_expect_eq(set.items[1].entry, LISTENER_NO_ENTRY);
    cr_expect_eq(inherited.count, 0);
    cr_expect(inherited_is_any(&set));
}

Test(inherited, socket_for_all_addresses_is_enough_for_each) {
    int all = inherit_listening("0.0.0.0");
    uint16_t port = port_of(all);
    set.former = &inherited;
    open_at("127.0.0.1", port);
    open_at("127.0.0.2", port);
    cr_assert_eq(inherited_settle(&set, &inherited), 0);
    cr_assert_eq(set.count, 1);
    cr_expect_eq(set.items[0].fd, all);
}

Test(inherited, sockets_stay_whatever_the_next_set_listens_at) {
    int fd = inherit_listening("127.0.0.1");
    set.former = &inherited;
    open_at("127.0.0.1", port_of(fd));
    cr_assert_eq(inherited_settle(&set, &inherited), 0);
    struct listener_set next = {.former = &set};
    cr_assert_eq(listener_set_open(&next, "127.0.0.1:0", BACKLOG, error), LISTENER_OK, "%s", error);
    cr_assert_eq(succession_settle(&next), 0);
    succession_complete(&next, &set, BACKLOG);
    set = next;
    cr_assert_eq(set.count, 2);
    cr_expect_eq(set.items[1].fd, fd);
    cr_expect_not(set.items[1].is_leaving);
    cr_expect_not(succession_is_over(&set.items[1]));
}

/* A backlog of 0 would hold for all who share the socket. */
Test(inherited, sockets_keep_their_backlog_at_the_end) {
    int fd = inherit_listening("127.0.0.1");
    struct sockaddr_storage address = numeric_address("127.0.0.1", port_of(fd));
    int clients[4];
    cr_assert_eq(inherited_settle(&set, &inherited), 0);
    listener_set_end_backlog(&set);
    for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
        clients[i] = connected_socket(&address);
    }
    for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
        (void)close(clients[i]);
    }
}

Test(inherited, socket_files_are_left_alone) {
    struct folder folder;
    folder_create(&folder);
    struct folder_path path = folder_path(&folder, "s");
    struct sockaddr_storage address = socket_address_of_path(path.text);
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    cr_assert_eq(bind(fd, (const struct sockaddr *)&address, socket_address_length(&address)), 0);
    inherit(fd, &address);
    listener_set_close(&inherited);
    cr_expect_eq(access(path.text, F_OK), 0);
    folder_remove(&folder);
}

static enum listener_result take_of_this_process(void) {
    char pid[32];
    (void)snprintf(pid, sizeof pid, "%ld", (long)getpid());
    cr_assert_eq(setenv("LISTEN_PID", pid, 1), 0);
    return inherited_take(&inherited, error);
}

/* As sd_listen_fds(3) says. */
Test(inherited, sockets_are_none_without_their_number) {
    cr_assert_eq(unsetenv("LISTEN_FDS"), 0);
    cr_assert_eq(take_of_this_process(), LISTENER_OK, "%s", error);
    cr_expect_eq(inherited.count, 0);
    cr_expect_null(getenv("LISTEN_PID"), "a child would take it for its own");
}

Test(inherited, sockets_without_a_true_number_are_a_mistake) {
    static const char *const numbers[] = {"", "-1", "x", "1x", "1025", "99999999999999999999"};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        cr_assert_eq(setenv("LISTEN_FDS", numbers[i], 1), 0);
        cr_expect_eq(take_of_this_process(), LISTENER_MISTAKE, "'%s'", numbers[i]);
        cr_expect_str_eq(error, "LISTEN_FDS: not a number from 0 to 1024", "'%s'", numbers[i]);
    }
}

Test(inherited, sockets_of_another_process_are_not_taken) {
    cr_assert_eq(setenv("LISTEN_PID", "1", 1), 0);
    cr_assert_eq(setenv("LISTEN_FDS", "1", 1), 0);
    cr_assert_eq(inherited_take(&inherited, error), LISTENER_OK, "%s", error);
    cr_expect_eq(inherited.count, 0);
    cr_expect_null(getenv("LISTEN_FDS"), "a child would take it for its own");
}
