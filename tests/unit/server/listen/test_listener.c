/* SPDX-License-Identifier: MIT */
/* Linked with --wrap for bind, getaddrinfo and freeaddrinfo: a machine that lacks a family, where a port is
 * taken on one address only, or whose resolver repeats itself. */
#include "server/listen/listener.h"
#include "server/net/socket_address.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 16 };

int __real_bind(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_bind(int fd, const struct sockaddr *address, socklen_t length);

/* Let bind(2) fail: at addresses of this family, this often. */
static struct {
    int family;
    int error;
    int times;
} bind_fault;

static int binds;

int __wrap_bind(int fd, const struct sockaddr *address, socklen_t length) {
    binds++;
    if (bind_fault.times > 0 && address->sa_family == bind_fault.family) {
        bind_fault.times--;
        errno = bind_fault.error;
        return -1;
    }
    return __real_bind(fd, address, length);
}

int __real_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **list);
int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **list);
void __real_freeaddrinfo(struct addrinfo *list);
void __wrap_freeaddrinfo(struct addrinfo *list);

static struct sockaddr_storage repeated_address;
static struct addrinfo repetition[2];

/* "twice.example" has one address, listed twice, as a hosts file can make it. */
int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **list) {
    if (host == NULL || strcmp(host, "twice.example") != 0) {
        return __real_getaddrinfo(host, port, hints, list);
    }
    repeated_address = loopback_address(AF_INET, (uint16_t)strtoul(port, NULL, 10));
    for (size_t i = 0; i < 2; i++) {
        repetition[i] = (struct addrinfo){.ai_family = AF_INET,
                                          .ai_addr = (struct sockaddr *)&repeated_address,
                                          .ai_addrlen = sizeof(struct sockaddr_in)};
    }
    repetition[0].ai_next = &repetition[1];
    *list = &repetition[0];
    return 0;
}

void __wrap_freeaddrinfo(struct addrinfo *list) {
    if (list != &repetition[0]) {
        __real_freeaddrinfo(list);
    }
}

static struct folder folder;
static struct listener_set set;
static char error[LISTENER_ERROR_BYTES];

static void tear_down(void) {
    listener_set_close(&set);
    folder_remove(&folder);
}

TestSuite(listener, .fini = tear_down, .timeout = 60);

/* A listen address as it is written. */
struct address_text {
    char text[FOLDER_PATH_BYTES + sizeof "unix:"];
};

static struct address_text tcp_address(const char *host, uint16_t port) {
    struct address_text address;
    (void)snprintf(address.text, sizeof address.text, "%s:%u", host, (unsigned)port);
    return address;
}

static struct address_text unix_address(const char *name) {
    struct address_text address;
    (void)snprintf(address.text, sizeof address.text, "unix:%s", folder_path(&folder, name).text);
    return address;
}

static enum listener_result open_address(const char *text) {
    return listener_set_open(&set, text, BACKLOG, error);
}

static uint16_t port_at(size_t index) {
    return socket_address_port(&set.items[index].address);
}

static int family_at(size_t index) {
    return set.items[index].address.ss_family;
}

Test(listener, sets_the_options_of_its_socket) {
    cr_assert(open_address(loopback_has_ipv6() ? "[::1]:0" : "127.0.0.1:0") == LISTENER_OK, "%s", error);
    int fd = set.items[0].fd;
    const struct {
        const char *name;
        int level;
        int option;
    } rows[] = {
        {"SO_REUSEADDR", SOL_SOCKET, SO_REUSEADDR},
        {"SO_ACCEPTCONN", SOL_SOCKET, SO_ACCEPTCONN},
        {"TCP_DEFER_ACCEPT", IPPROTO_TCP, TCP_DEFER_ACCEPT},
        {"IPV6_V6ONLY", IPPROTO_IPV6, IPV6_V6ONLY},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].level == IPPROTO_IPV6 && family_at(0) != AF_INET6) {
            continue;
        }
        int value = 0;
        socklen_t length = sizeof value;
        cr_expect(getsockopt(fd, rows[i].level, rows[i].option, &value, &length) == 0 && value != 0, "%s",
                  rows[i].name);
    }
    cr_expect(fcntl(fd, F_GETFL) & O_NONBLOCK);
    cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC);
}

Test(listener, listens_at_every_address_of_a_name_on_one_port) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    cr_assert(open_address("localhost:0") == LISTENER_OK, "%s", error);
    cr_assert_eq(set.count, 2);
    cr_expect(family_at(0) != family_at(1));
    cr_expect(port_at(0) != 0 && port_at(0) == port_at(1));
    for (size_t i = 0; i < set.count; i++) {
        struct sockaddr_storage expected = loopback_address(family_at(i), port_at(i));
        cr_expect(socket_address_equal(&set.items[i].address, &expected), "address %zu", i);
        (void)close(connected_socket(&expected));
    }
}

Test(listener, listens_at_every_address_of_the_machine) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    cr_assert(open_address("*:0") == LISTENER_OK, "%s", error);
    cr_assert_eq(set.count, 2);
    cr_expect(family_at(0) != family_at(1));
    cr_expect(port_at(0) == port_at(1));
    cr_expect(socket_address_is_wildcard(&set.items[0].address));
    cr_expect(socket_address_is_wildcard(&set.items[1].address));
}

Test(listener, listens_once_at_an_address_that_is_listed_twice) {
    cr_assert(open_address("twice.example:0") == LISTENER_OK, "%s", error);
    cr_assert_eq(set.count, 1);
    uint16_t port = port_at(0);
    listener_set_close(&set);
    cr_assert(open_address(tcp_address("twice.example", port).text) == LISTENER_OK, "%s", error);
    cr_expect_eq(set.count, 1);
}

Test(listener, adds_one_listen_address_to_another) {
    cr_assert(open_address("127.0.0.1:0") == LISTENER_OK, "%s", error);
    cr_assert(open_address("127.0.0.1:0") == LISTENER_OK, "%s", error);
    cr_assert_eq(set.count, 2);
    cr_expect(port_at(0) != port_at(1));
}

Test(listener, asks_for_another_port_when_one_address_lacks_it) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    int before = count_descriptors();
    binds = 0;
    bind_fault.family = AF_INET6;
    bind_fault.error = EADDRINUSE;
    bind_fault.times = 3;
    cr_assert(open_address("localhost:0") == LISTENER_OK, "%s", error);
    cr_expect_eq(set.count, 2);
    cr_expect(port_at(0) == port_at(1));
    cr_expect_geq(binds, 5);
    cr_expect_eq(count_descriptors(), before + 2);
}

Test(listener, gives_up_looking_for_a_port_after_some_attempts) {
    int before = count_descriptors();
    bind_fault.family = AF_INET;
    bind_fault.error = EADDRINUSE;
    bind_fault.times = 1000;
    cr_expect(open_address("127.0.0.1:0") == LISTENER_IN_USE, "%s", error);
    cr_expect_leq(binds, 100);
    cr_expect_eq(set.count, 0);
    cr_expect_eq(count_descriptors(), before);
}

Test(listener, leaves_out_a_family_that_the_machine_lacks) {
    static const int errors[] = {EADDRNOTAVAIL, EAFNOSUPPORT};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        bind_fault.family = AF_INET6;
        bind_fault.error = errors[i];
        bind_fault.times = 1000;
        cr_assert(open_address("localhost:0") == LISTENER_OK, "%s", error);
        cr_expect_eq(set.count, 1);
        cr_expect_eq(family_at(0), AF_INET);
        listener_set_close(&set);
    }
}

Test(listener, fails_when_no_address_of_a_name_is_there) {
    bind_fault.family = AF_INET6;
    bind_fault.error = EAFNOSUPPORT;
    bind_fault.times = 1000;
    cr_expect_eq(open_address("[::1]:0"), LISTENER_FAILED);
    cr_expect(strstr(error, "needs IPv6, which this machine lacks") != NULL, "%s", error);
    cr_expect_eq(set.count, 0);
}

Test(listener, fails_as_a_whole_when_one_address_fails) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    static const int families[] = {AF_INET, AF_INET6}; /* one of them is the resolver's first, one its last */
    for (size_t i = 0; i < 2; i++) {
        struct sockaddr_storage any_port = loopback_address(families[i], 0);
        int taken = listening_socket(&any_port);
        int before = count_descriptors();
        cr_expect_eq(open_address(tcp_address("localhost", port_of(taken)).text), LISTENER_IN_USE);
        cr_expect(strstr(error, families[i] == AF_INET ? "127.0.0.1:" : "[::1]:") == error,
                  "names the address that is taken: %s", error);
        cr_expect_eq(set.count, 0);
        cr_expect_eq(count_descriptors(), before);
        (void)close(taken);
    }
}

Test(listener, names_the_program_that_has_the_port_and_a_way_out) {
    struct sockaddr_storage any_port = loopback_address(AF_INET, 0);
    struct other_program program;
    other_program_start(&program, "squatter", &any_port, false);
    enum listener_result result = open_address(tcp_address("127.0.0.1", program.port).text);
    other_program_stop(&program);

    char expected[128];
    (void)snprintf(expected, sizeof expected,
                   "127.0.0.1:%u is in use by squatter (pid %d); stop it, or choose another port",
                   program.port, (int)program.pid);
    cr_expect_eq(result, LISTENER_IN_USE);
    cr_expect(strncmp(error, expected, strlen(expected)) == 0, "%s", error);
}

Test(listener, tells_when_two_listen_addresses_overlap) {
    cr_assert(open_address("*:0") == LISTENER_OK, "%s", error);
    size_t count = set.count;
    cr_expect_eq(open_address(tcp_address("127.0.0.1", port_at(0)).text), LISTENER_MISTAKE);
    cr_expect(strstr(error, "127.0.0.1:") == error && strstr(error, " overlaps 0.0.0.0:") != NULL, "%s",
              error);
    cr_expect_eq(set.count, count, "the set is as before");
}

Test(listener, calls_names_that_do_not_exist_a_mistake) {
    cr_expect_eq(open_address("nohost.invalid:80"), LISTENER_MISTAKE);
    cr_expect(strstr(error, "'nohost.invalid'") != NULL, "%s", error);
    cr_expect_eq(open_address("localhost:no-such-service"), LISTENER_MISTAKE);
    cr_expect(strstr(error, "'no-such-service'") != NULL, "%s", error);
    cr_expect_eq(open_address("localhost:70000"), LISTENER_MISTAKE);
    cr_expect(strstr(error, "'localhost:70000'") != NULL, "%s", error);
}

Test(listener, calls_what_it_cannot_read_a_mistake) {
    cr_expect_eq(open_address("8080"), LISTENER_MISTAKE);
    cr_expect(strstr(error, "'8080': ") == error, "%s", error);
}

Test(listener, checks_an_address_without_opening_it) {
    static const struct {
        const char *text;
        enum listener_result result;
    } rows[] = {
        {"localhost:0", LISTENER_OK},   {"*:0", LISTENER_OK},       {"unix:/no/such/folder", LISTENER_OK},
        {"203.0.113.1:0", LISTENER_OK}, {"8080", LISTENER_MISTAKE}, {"nohost.invalid:80", LISTENER_MISTAKE},
    };
    int before = count_descriptors();
    binds = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char opening[LISTENER_ERROR_BYTES];
        struct listener_set seen = {0};
        cr_expect_eq(listener_check(&seen, rows[i].text, error), rows[i].result, "%s", rows[i].text);
        listener_set_close(&seen);
        if (rows[i].result != LISTENER_OK) {
            cr_expect_eq(listener_set_open(&set, rows[i].text, BACKLOG, opening), rows[i].result);
            cr_expect_str_eq(error, opening);
        }
    }
    cr_expect_eq(binds, 0);
    cr_expect_eq(count_descriptors(), before);
}

Test(listener, refuses_an_address_of_another_machine) {
    cr_expect_eq(open_address("203.0.113.1:0"), LISTENER_FAILED);
    cr_expect(strstr(error, "203.0.113.1:0 is not an address of this machine") != NULL, "%s", error);
}

Test(listener, removes_the_file_of_a_unix_socket_that_it_closes) {
    folder_create(&folder);
    struct folder_path path = folder_path(&folder, "lido.sock");
    cr_assert(open_address(unix_address("lido.sock").text) == LISTENER_OK, "%s", error);
    cr_assert_eq(set.count, 1);
    cr_expect_str_eq(socket_address_path(&set.items[0].address), path.text);

    listener_set_close(&set);
    cr_expect(access(path.text, F_OK) == -1 && errno == ENOENT, "%s is still there", path.text);
}

Test(listener, explains_what_is_wrong_with_a_unix_socket) {
    folder_create(&folder);
    folder_write_text(&folder, "file", "precious");
    cr_assert(open_address(unix_address("s").text) == LISTENER_OK, "%s", error);

    cr_expect_eq(open_address(unix_address("s").text), LISTENER_MISTAKE);
    cr_expect(strstr(error, "overlaps") != NULL, "%s", error);
    cr_expect_eq(open_address(unix_address("file").text), LISTENER_FAILED);
    cr_expect(strstr(error, "/file exists and is not a socket") != NULL, "%s", error);
    cr_expect_eq(open_address(unix_address("missing/s").text), LISTENER_FAILED);
    cr_expect(strstr(error, strerror(ENOENT)) != NULL, "%s", error);

    struct listener_set another_program = {0};
    cr_expect_eq(listener_set_open(&another_program, unix_address("s").text, BACKLOG, error),
                 LISTENER_IN_USE);
    cr_expect(strstr(error, "/s is in use") != NULL, "%s", error);
    listener_set_close(&another_program);
    cr_expect(access(folder_path(&folder, "s").text, F_OK) == 0, "a failed attempt removes nothing");
}
