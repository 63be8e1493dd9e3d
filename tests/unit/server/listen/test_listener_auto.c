/* SPDX-License-Identifier: MIT */
/* Linked with --wrap for bind: the ports that are asked for are those of 8080 and what follows, some of
 * which other programs have; which port is bound in truth is left to the kernel. */
#include "server/listen/error.h"
#include "server/listen/listener.h"
#include "server/net/socket_address.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

enum { BACKLOG = 16, FIRST = 8080, BINDS_MAX = 256 };

int __real_bind(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_bind(int fd, const struct sockaddr *address, socklen_t length);

static struct {
    int family;
    uint16_t port;
} asked[BINDS_MAX];

static size_t asked_count;
static uint16_t taken_until; /* ports below are in use */
static int taken_family;     /* 0: of both families */

int __wrap_bind(int fd, const struct sockaddr *address, socklen_t length) {
    struct sockaddr_storage wanted = socket_address_copy(address, length);
    uint16_t port = socket_address_port(&wanted);
    cr_assert(asked_count < BINDS_MAX);
    asked[asked_count].family = wanted.ss_family;
    asked[asked_count++].port = port;
    bool is_taken = taken_family == 0 || taken_family == wanted.ss_family;
    if (is_taken && port >= FIRST && port < taken_until) {
        errno = EADDRINUSE;
        return -1;
    }
    socket_address_set_port(&wanted, 0);
    return __real_bind(fd, (const struct sockaddr *)&wanted, length);
}

static struct listener_set set;
static char error[LISTENER_ERROR_BYTES];

static void set_up(void) {
    asked_count = 0;
    taken_until = 0;
    taken_family = 0;
}

static void tear_down(void) {
    listener_set_close(&set);
}

TestSuite(listener_auto, .init = set_up, .fini = tear_down, .timeout = 60);

static enum listener_result open_address(const char *text) {
    return listener_set_open(&set, text, BACKLOG, error);
}

Test(listener_auto, takes_8080_when_it_is_free) {
    cr_assert(open_address("127.0.0.1:auto") == LISTENER_OK, "%s", error);
    cr_expect_eq(asked_count, 1);
    cr_expect_eq(asked[0].port, FIRST);
    cr_expect_not(listen_error_explain_passed(&set, error));
}

Test(listener_auto, passes_ports_that_others_have_and_tells_the_first) {
    taken_until = FIRST + 3;
    cr_assert(open_address("127.0.0.1:auto") == LISTENER_OK, "%s", error);
    cr_assert_eq(asked_count, 4);
    for (size_t i = 0; i < asked_count; i++) {
        cr_expect_eq(asked[i].port, FIRST + i);
    }
    cr_expect_eq(socket_address_port(&set.passed), FIRST);
    cr_assert(listen_error_explain_passed(&set, error));
    cr_expect(strncmp(error, "127.0.0.1:8080 is in use by ", strlen("127.0.0.1:8080 is in use by ")) == 0,
              "%s", error);
    cr_expect_not_null(strstr(error, "; the next free port is taken"), "%s", error);
}

Test(listener_auto, wants_the_port_at_all_addresses_of_a_name) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    taken_until = FIRST + 2;
    taken_family = AF_INET6;
    int before = count_descriptors();
    cr_assert(open_address("localhost:auto") == LISTENER_OK, "%s", error);
    cr_expect_eq(set.count, 2);
    cr_expect_eq(count_descriptors(), before + 2);
    size_t third = 0;
    for (size_t i = 0; i < asked_count; i++) {
        third += asked[i].port == FIRST + 2;
    }
    cr_expect_geq(third, 1);
    cr_expect_eq(set.passed.ss_family, AF_INET6);
}

Test(listener_auto, gives_up_after_a_hundred) {
    taken_until = FIRST + 200;
    int before = count_descriptors();
    cr_expect_eq(open_address("127.0.0.1:auto"), LISTENER_IN_USE);
    cr_expect_eq(asked[99].port, FIRST + 99);
    cr_expect_leq(asked_count, 150, "some more are tried for the way out that the message names");
    cr_expect_eq(set.count, 0);
    cr_expect_eq(count_descriptors(), before);
    cr_expect_not(listen_error_explain_passed(&set, error));
}

Test(listener_auto, does_not_pass_a_port_that_an_earlier_address_of_ours_has) {
    taken_until = FIRST + 1;
    cr_assert(open_address("127.0.0.1:0") == LISTENER_OK, "%s", error);
    struct sockaddr_storage own = loopback_address(AF_INET, FIRST);
    set.items[0].address = own;
    cr_expect_eq(open_address("*:auto"), LISTENER_MISTAKE);
    cr_expect_not_null(strstr(error, " overlaps 127.0.0.1:8080"), "%s", error);
    cr_expect_eq(set.count, 1);
}

Test(listener_auto, is_checked_without_being_opened) {
    cr_expect_eq(listener_check(&set, "localhost:auto", error), LISTENER_OK, "%s", error);
    cr_expect_eq(asked_count, 0);
}
