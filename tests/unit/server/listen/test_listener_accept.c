/* SPDX-License-Identifier: MIT */
/* Clients at the door: what listener_accept() returns, and what the accepted sockets inherit. */
#include "server/listen/listener.h"
#include "server/net/socket_address.h"
#include "tests/support/deadline.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { BACKLOG = 16 };

static struct folder folder;
static struct listener_set set;

static void tear_down(void) {
    listener_set_close(&set);
    folder_remove(&folder);
}

TestSuite(listener_accept, .fini = tear_down, .timeout = 60);

static void open_tcp(const char *host, uint16_t port) {
    char text[64];
    char error[LISTENER_ERROR_BYTES];
    const char *form = strchr(host, ':') != NULL ? "[%s]:%u" : "%s:%u";
    (void)snprintf(text, sizeof text, form, host, (unsigned)port);
    cr_assert(listener_set_open(&set, text, BACKLOG, error) == LISTENER_OK, "%s: %s", text, error);
}

/* Wait until somebody is there, then accept. */
static int accept_client(const struct listener *listener, struct sockaddr_storage *address) {
    int fd = -1;
    socklen_t length = 0;
    cr_assert(deadline_wait(listener->fd, POLLIN, deadline_in(PATIENCE_MS)), "nobody came");
    enum accept_result result = listener_accept(listener, &fd, address, &length);
    cr_assert(result == ACCEPT_ACCEPTED, "%d: %s", (int)result, strerror(errno));
    return fd;
}

/* A client that has said something, since TCP_DEFER_ACCEPT keeps silent ones away. */
static int talkative_client(const struct sockaddr_storage *address) {
    int fd = connected_socket(address);
    cr_assert_eq(write(fd, "x", 1), 1);
    return fd;
}

static void expect_that_clients_get_in(const char *host) {
    open_tcp(host, 0);
    const struct listener *listener = &set.items[set.count - 1];
    int client = talkative_client(&listener->address);
    struct sockaddr_storage address;
    struct sockaddr_storage expected = numeric_address(host, port_of(client));
    int fd = accept_client(listener, &address);
    cr_expect(socket_address_equal(&address, &expected), "%s: the client's address", host);

    int no_delay = 0;
    socklen_t length = sizeof no_delay;
    cr_expect(fcntl(fd, F_GETFL) & O_NONBLOCK, "%s: non-blocking", host);
    cr_expect(fcntl(fd, F_GETFD) & FD_CLOEXEC, "%s: close-on-exec", host);
    cr_expect(getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &no_delay, &length) == 0 && no_delay != 0,
              "%s: TCP_NODELAY is inherited", host);
    int is_inline = 0;
    cr_expect(getsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &is_inline, &length) == 0 && is_inline != 0,
              "%s: SO_OOBINLINE is inherited", host);
    (void)close(fd);
    (void)close(client);
}

Test(listener_accept, lets_ipv4_clients_in) {
    expect_that_clients_get_in("127.0.0.1");
}

Test(listener_accept, lets_ipv6_clients_in) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    expect_that_clients_get_in("::1");
}

/* Give a client that takes nothing as much as its socket takes. Returns what the kernel then holds of it. */
static int fill_a_stalled_client(int fd) {
    static const char zeros[64 * 1024];
    while (write(fd, zeros, sizeof zeros) > 0) {
    }
    cr_assert_eq(errno, EAGAIN, "%s", strerror(errno));
    int queued = -1;
    cr_assert_eq(ioctl(fd, SIOCOUTQ, &queued), 0);
    return queued;
}

Test(listener_accept, lets_the_kernel_hold_only_so_much_for_a_client_that_takes_nothing) {
    enum { QUEUED_MAX_BYTES = 512 * 1024 }; /* megabytes without a bound */
    open_tcp("127.0.0.1", 0);
    int client = talkative_client(&set.items[0].address);
    struct sockaddr_storage address;
    int fd = accept_client(&set.items[0], &address);
    int queued = fill_a_stalled_client(fd);
    cr_expect(queued > 0 && queued <= QUEUED_MAX_BYTES, "%d bytes", queued);
    (void)close(fd);
    (void)close(client);
}

Test(listener_accept, accepts_nobody_when_nobody_is_there) {
    open_tcp("127.0.0.1", 0);
    struct sockaddr_storage address;
    socklen_t length = 99;
    int fd = -2;
    cr_expect_eq(listener_accept(&set.items[0], &fd, &address, &length), ACCEPT_AGAIN);
    cr_expect(fd == -2 && length == 99, "untouched");
}

Test(listener_accept, pauses_when_descriptors_run_out_and_goes_on_afterwards) {
    open_tcp("127.0.0.1", 0);
    int client = talkative_client(&set.items[0].address);
    cr_assert(deadline_wait(set.items[0].fd, POLLIN, deadline_in(PATIENCE_MS)));

    struct rlimit before;
    cr_assert(getrlimit(RLIMIT_NOFILE, &before) == 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    cr_assert(setrlimit(RLIMIT_NOFILE, &none) == 0);
    struct sockaddr_storage address;
    socklen_t length;
    int fd = -1;
    enum accept_result result = listener_accept(&set.items[0], &fd, &address, &length);
    int accept_errno = errno;
    cr_assert(setrlimit(RLIMIT_NOFILE, &before) == 0);
    cr_expect_eq(result, ACCEPT_PAUSE);
    cr_expect_eq(accept_errno, EMFILE);

    (void)close(accept_client(&set.items[0], &address));
    (void)close(client);
}

Test(listener_accept, stops_when_the_listener_is_shut_down_or_closed) {
    open_tcp("127.0.0.1", 0);
    struct sockaddr_storage address;
    socklen_t length;
    int fd = -1;
    cr_assert(shutdown(set.items[0].fd, SHUT_RDWR) == 0);
    cr_expect_eq(listener_accept(&set.items[0], &fd, &address, &length), ACCEPT_STOP);
    struct listener closed = {.fd = -1};
    cr_expect_eq(listener_accept(&closed, &fd, &address, &length), ACCEPT_STOP);
}

Test(listener_accept, takes_its_port_again_at_once_after_a_client_was_served) {
    open_tcp("127.0.0.1", 0);
    uint16_t port = socket_address_port(&set.items[0].address);
    struct sockaddr_storage address;
    int client = talkative_client(&set.items[0].address);
    (void)close(
        accept_client(&set.items[0], &address)); /* closed by the server: its end goes into TIME_WAIT */
    (void)close(client);
    listener_set_close(&set);
    open_tcp("127.0.0.1", port);
}

/* ---- How many are there -------------------------------------------------------------------------------- */

enum { CLIENTS = 5, LIMIT = 64 };

/* Wait for the next one to come, of several: an edge each. */
static void await_another(int watch_fd) {
    struct epoll_event event;
    cr_assert_eq(epoll_wait(watch_fd, &event, 1, PATIENCE_MS), 1, "nobody came");
}

static int watch_edges(const struct listener *listener) {
    int watch_fd = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN | EPOLLET};
    cr_assert_eq(epoll_ctl(watch_fd, EPOLL_CTL_ADD, listener->fd, &event), 0);
    return watch_fd;
}

static void expect_counted(const char *host) {
    int clients[CLIENTS];
    open_tcp(host, 0);
    const struct listener *listener = &set.items[set.count - 1];
    int watch_fd = watch_edges(listener);
    cr_expect_eq(listener_count_waiting(listener, LIMIT), 1, "%s: nobody, and one to be sure", host);
    for (size_t i = 0; i < CLIENTS; i++) {
        clients[i] = talkative_client(&listener->address);
        await_another(watch_fd);
    }
    cr_expect_eq(listener_count_waiting(listener, CLIENTS - 1), CLIENTS - 1, "%s: no more than asked for",
                 host);
    for (size_t left = CLIENTS; left > 0; left--) {
        struct sockaddr_storage address;
        cr_expect_eq(listener_count_waiting(listener, LIMIT), left, "%s", host);
        (void)close(accept_client(listener, &address));
        (void)close(clients[left - 1]);
    }
    cr_expect_eq(listener_count_waiting(listener, LIMIT), 1, "%s: all are in", host);
    (void)close(watch_fd);
}

Test(listener_accept, counts_those_who_wait) {
    expect_counted("127.0.0.1");
    if (loopback_has_ipv6()) {
        expect_counted("::1");
    }
}

/* What accept(2) says of it stops the server; 0 would hide it for good. */
Test(listener_accept, has_a_dead_listener_looked_at) {
    struct sockaddr_storage address;
    socklen_t length = 0;
    int fd = -1;
    open_tcp("127.0.0.1", 0);
    cr_assert(shutdown(set.items[0].fd, SHUT_RDWR) == 0);
    cr_expect_geq(listener_count_waiting(&set.items[0], LIMIT), 1);
    cr_expect_eq(listener_accept(&set.items[0], &fd, &address, &length), ACCEPT_STOP);
    struct listener closed = {.fd = -1};
    cr_expect_eq(listener_count_waiting(&closed, LIMIT), LIMIT, "no telling");
}

Test(listener_accept, knows_whether_anybody_waits_and_takes_nobody_else_in_the_end) {
    open_tcp("127.0.0.1", 0);
    cr_expect_not(listener_has_waiting(&set.items[0]));
    struct sockaddr_storage address = set.items[0].address;
    int first = talkative_client(&address);
    int second = talkative_client(&address);
    struct sockaddr_storage peer;
    cr_assert(deadline_wait(set.items[0].fd, POLLIN, deadline_in(PATIENCE_MS)));
    cr_expect(listener_has_waiting(&set.items[0]));
    listener_set_end_backlog(&set);
    int late = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    cr_assert(connect(late, (const struct sockaddr *)&address, sizeof(struct sockaddr_in)) == -1);
    cr_expect_eq(errno, EINPROGRESS, "the kernel does not answer");
    (void)close(accept_client(&set.items[0], &peer));
    (void)close(accept_client(&set.items[0], &peer));
    cr_expect_not(listener_has_waiting(&set.items[0]));
    (void)close(first);
    (void)close(second);
    (void)close(late);
}

/* ---- UNIX sockets -------------------------------------------------------------------------------------- */

Test(listener_accept, lets_clients_of_a_unix_socket_in) {
    folder_create(&folder);
    char listen_address[FOLDER_PATH_BYTES + sizeof "unix:"];
    char error[LISTENER_ERROR_BYTES];
    struct folder_path path = folder_path(&folder, "lido.sock");
    (void)snprintf(listen_address, sizeof listen_address, "unix:%s", path.text);
    cr_assert(listener_set_open(&set, listen_address, BACKLOG, error) == LISTENER_OK, "%s", error);

    int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_storage where = socket_address_of_path(path.text);
    cr_expect_eq(listener_count_waiting(&set.items[0], LIMIT), LIMIT, "no telling");
    cr_assert(connect(client, (const struct sockaddr *)&where, socket_address_length(&where)) == 0);
    struct sockaddr_storage peer;
    char text[SOCKET_ADDRESS_TEXT_BYTES];
    (void)close(accept_client(&set.items[0], &peer));
    socket_address_format(&peer, text);
    cr_expect_str_eq(text, "unix:");
    (void)close(client);
}
