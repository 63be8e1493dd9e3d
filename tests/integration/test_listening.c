/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/un.h>
#include <unistd.h>

static struct program second;

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
}

TestSuite(listening, .init = set_up_site, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

/* Ask for "/" at any address. Returns the status, or the negative errno of connect(2). */
static int get_at(const void *address, socklen_t size) {
    struct client client;
    int result = client_connect_to(&client, address, size);
    if (result != 0) {
        return result;
    }
    client_send(&client, "GET / HTTP/1.0\r\n\r\n");
    client_read_answer(&client, "GET", &answer);
    client_close(&client);
    return answer.status;
}

static int get_at_ipv4(const char *host, uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    cr_assert(inet_pton(AF_INET, host, &address.sin_addr) == 1);
    return get_at(&address, sizeof address);
}

static int get_at_ipv6(uint16_t port) {
    struct sockaddr_in6 address = {
        .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    return get_at(&address, sizeof address);
}

static struct sockaddr_un unix_address(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    cr_assert(strlen(path) < sizeof address.sun_path, "%s is too long", path);
    memcpy(address.sun_path, path, strlen(path) + 1);
    return address;
}

static int get_at_path(const char *path) {
    struct sockaddr_un address = unix_address(path);
    return get_at(&address, sizeof address);
}

static int bind_stream(int family, const void *address, socklen_t size) {
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(fd != -1 && bind(fd, address, size) == 0 && listen(fd, 1) == 0);
    return fd;
}

StageTest(listening, is_on_both_loopback_addresses_unless_told_otherwise) {
    serve(NULL);
    cr_assert(lido.port != 0, "%s", lido.err.text);
    cr_assert(get_at_ipv4("127.0.0.1", lido.port) == 200);
    cr_assert(get_at_ipv4("127.0.0.2", lido.port) < 0, "it listens at more than it says");
    if (lido.port_ipv6 == 0) {
        stage_skip("localhost has no IPv6 address here");
    }
    cr_assert(get_at_ipv6(lido.port_ipv6) == 200);
}

StageTest(listening, is_where_every_bind_option_says) {
    program_start(&lido, &(struct program_options){
                             .arguments = LIST("-b", "127.0.0.1:0", "--bind=127.0.0.2:0", site.path)});
    const char *at = strstr(lido.err.text, "http://127.0.0.2:");
    cr_assert(at != NULL, "%s", lido.err.text);
    uint16_t other_port = (uint16_t)strtoul(at + strlen("http://127.0.0.2:"), NULL, 10);
    cr_assert(get_at_ipv4("127.0.0.1", lido.port) == 200);
    cr_assert(get_at_ipv4("127.0.0.2", other_port) == 200);
    cr_assert(lido.port_ipv6 == 0, "%s", lido.err.text);
}

static uint16_t port_of_localhost(void) {
    const char *at = strstr(lido.err.text, "localhost:");
    uint16_t port = lido.port;
    if (port == 0 && at != NULL) {
        port = (uint16_t)strtoul(at + strlen("localhost:"), NULL, 10);
    }
    cr_assert(port != 0, "no port in '%s'", lido.err.text);
    return port;
}

StageTest(listening, on_every_address_reaches_both_families) {
    program_start(&lido, &(struct program_options){.arguments = LIST("-b", "*:0", site.path)});
    uint16_t port = port_of_localhost();
    cr_assert(get_at_ipv4("127.0.0.1", port) == 200);
    cr_assert(get_at_ipv4("127.0.0.2", port) == 200);
}

StageTest(listening, takes_the_port_of_the_environment) {
    program_start(&lido,
                  &(struct program_options){.arguments = LIST(site.path), .environment = LIST("PORT=0")});
    cr_assert(lido.port != 0 && lido.port != 8080, "%s", lido.err.text);
    cr_assert(get("/") == 200);
}

/* Give this process a network of its own, without IPv6. Returns false where that is not allowed. */
static bool switch_ipv6_off(void) {
    static const char path[] = "/proc/sys/net/ipv6/conf/all/disable_ipv6";
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    if (unshare(CLONE_NEWNET) == -1) {
        return false;
    }
    int switch_fd = open(path, O_WRONLY | O_CLOEXEC);
    if (switch_fd != -1 && write(switch_fd, "1", 1) == -1) {
        (void)close(switch_fd);
        return false;
    }
    (void)close(switch_fd);
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is_up = fd != -1 && ioctl(fd, SIOCSIFFLAGS, &loopback) == 0;
    (void)close(fd);
    return is_up;
}

StageTest(listening, at_ipv6_where_it_is_switched_off_fails_when_asked_for_by_name) {
    static const char *const addresses[] = {"[::]:0", "[::1]:0"};
    if (!switch_ipv6_off()) {
        stage_skip("this process may not have a network of its own");
    }
    for (size_t i = 0; i < 2; i++) {
        int status =
            program_run(&lido, &(struct program_options){.arguments = LIST("-b", addresses[i], site.path)});
        cr_assert(status == 1, "%s: exit status %d; err: '%s'", addresses[i], status, lido.err.text);
        cr_assert(program_count_lines(&lido.err) == 1, "err: '%s'", lido.err.text);
        cr_assert(strstr(lido.err.text, addresses[i]) != NULL, "err: '%s'", lido.err.text);
    }
    program_start(&lido, &(struct program_options){.arguments = LIST("-b", "*:0", site.path)});
    cr_assert(lido.port_ipv6 == 0 && get_at_ipv4("127.0.0.1", port_of_localhost()) == 200, "err: '%s'",
              lido.err.text);
}

/* Descriptors that are free at the start must become neither a listener nor the root: log and banner would be
 * written to them. */
StageTest(listening, takes_no_standard_stream_that_was_closed) {
    struct folder_path path = folder_path(&workplace, "lido.sock");
    char address[FOLDER_PATH_BYTES + sizeof "unix:"];
    (void)snprintf(address, sizeof address, "unix:%s", path.text);
    program_launch(&lido, &(struct program_options){.arguments = LIST("-b", address, site.path),
                                                    .without_streams = true});
    int64_t deadline = deadline_in(PATIENCE_MS);
    int status = 0;
    while ((status = get_at_path(path.text)) < 0) {
        cr_assert(clock_now_ms() < deadline, "nobody listens: %s", strerror(-status));
    }
    cr_assert(status == 200, "%d", status);
    for (int fd = 0; fd <= 2; fd++) {
        char link[64];
        char target[64] = "";
        (void)snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)lido.pid, fd);
        cr_assert_neq(readlink(link, target, sizeof target - 1), -1, "%s", link);
        cr_expect_str_eq(target, "/dev/null", "%s", link);
    }
}

StageTest(listening, at_a_busy_port_fails_and_names_the_holder) {
    char option[32];
    char number[32];
    serve(NULL);
    (void)snprintf(option, sizeof option, "--port=%d", lido.port);
    int status = program_run(&second, &(struct program_options){.arguments = LIST(option, site.path)});
    cr_assert(status == 1, "exit status %d; err: '%s'", status, second.err.text);
    cr_assert(program_count_lines(&second.err) == 1, "err: '%s'", second.err.text);
    cr_assert(strstr(second.err.text, option + strlen("--port=")) != NULL, "no port: '%s'", second.err.text);
    (void)snprintf(number, sizeof number, "%d", (int)lido.pid);
    cr_assert(strstr(second.err.text, number) != NULL, "no process id %s: '%s'", number, second.err.text);
    cr_assert(strstr(second.err.text, "lido (pid") != NULL, "no name: '%s'", second.err.text);
    cr_assert(get("/") == 200, "the first one is disturbed");
}

StageTest(listening, at_what_is_no_address_of_this_machine_fails) {
    int status =
        program_run(&lido, &(struct program_options){.arguments = LIST("-b", "192.0.2.1:0", site.path)});
    cr_assert(status == 1, "exit status %d; err: '%s'", status, lido.err.text);
    cr_assert(strstr(lido.err.text, "192.0.2.1") != NULL, "err: '%s'", lido.err.text);
}

StageTest(listening, at_a_path_serves_and_leaves_nothing) {
    char option[FOLDER_PATH_BYTES + 8];
    struct folder_path path = folder_path(&workplace, "socket");
    (void)snprintf(option, sizeof option, "unix:%s", path.text);
    program_start(&lido, &(struct program_options){.arguments = LIST("-b", option, site.path)});
    cr_assert(strstr(lido.err.text, option) != NULL, "%s", lido.err.text);
    cr_assert(get_at_path(path.text) == 200);
    program_stop(&lido);
    cr_assert(access(path.text, F_OK) != 0, "the socket's file is still there");
}

StageTest(listening, at_a_path_replaces_what_a_crash_has_left) {
    char option[FOLDER_PATH_BYTES + 8];
    struct folder_path path = folder_path(&workplace, "socket");
    struct sockaddr_un address = unix_address(path.text);
    (void)snprintf(option, sizeof option, "unix:%s", path.text);
    (void)close(bind_stream(AF_UNIX, &address, sizeof address));
    cr_assert(access(path.text, F_OK) == 0);
    program_start(&lido, &(struct program_options){.arguments = LIST("-b", option, site.path)});
    cr_assert(get_at_path(path.text) == 200);
}

StageTest(listening, at_a_path_takes_nothing_away_from_others) {
    char option[FOLDER_PATH_BYTES + 8];
    struct folder_path path = folder_path(&workplace, "socket");
    struct sockaddr_un address = unix_address(path.text);
    (void)snprintf(option, sizeof option, "unix:%s", path.text);
    int fd = bind_stream(AF_UNIX, &address, sizeof address);
    int status = program_run(&lido, &(struct program_options){.arguments = LIST("-b", option, site.path)});
    cr_assert(status == 1, "a live socket: exit status %d; err: '%s'", status, lido.err.text);
    cr_assert(access(path.text, F_OK) == 0, "the socket of another program is gone");
    (void)close(fd);

    char text[16];
    folder_write_text(&workplace, "file", "precious");
    (void)snprintf(option, sizeof option, "unix:%s", folder_path(&workplace, "file").text);
    status = program_run(&lido, &(struct program_options){.arguments = LIST("-b", option, site.path)});
    cr_assert(status == 1, "a file: exit status %d; err: '%s'", status, lido.err.text);
    folder_read_text(&workplace, "file", text, sizeof text);
    cr_assert(strcmp(text, "precious") == 0, "'%s'", text);
}

StageTest(listening, can_be_resumed_at_once_after_a_stop) {
    char option[32];
    serve(NULL);
    cr_assert(get("/") == 200);
    (void)snprintf(option, sizeof option, "--port=%d", lido.port);
    program_stop(&lido); /* leaves connections in TIME_WAIT */
    program_start(&lido, &(struct program_options){.arguments = LIST(option, site.path)});
    cr_assert(get("/") == 200);
}

StageTest(listening, serves_a_client_of_the_other_family_as_such) {
    static char line[PROGRAM_LINE_BYTES];
    serve(NULL);
    if (lido.port_ipv6 == 0) {
        stage_skip("localhost has no IPv6 address here");
    }
    cr_assert(get_at_ipv6(lido.port_ipv6) == 200);
    program_await_line(&lido, &lido.out, "GET /", line);
    cr_assert(strncmp(line, "::1 - - [", 9) == 0, "'%s'", line);
}

/* Of two, each has a port of its own; the second says who has the one that it has passed by. */
StageTest(listening, takes_the_next_free_port_with_auto) {
    struct program_options options = {.arguments = LIST("-p", "auto", "-b", "127.0.0.1", site.path)};
    program_start(&lido, &options);
    program_start(&second, &options);
    cr_expect(lido.port >= 8080 && lido.port < 8180, "%u", lido.port);
    cr_expect(second.port > lido.port && second.port < 8180, "%u after %u", second.port, lido.port);
    cr_expect(get_at_ipv4("127.0.0.1", lido.port) == 200 && get_at_ipv4("127.0.0.1", second.port) == 200);
    program_await_line(&second, &second.err, "lido: 127.0.0.1:8080 is in use by ", NULL);
    program_stop(&second);
    program_stop(&lido);
}

/* The network may look into the home folder: that is done, and said. */
StageTest(listening, says_when_the_network_can_read_the_home_folder) {
    char home[FOLDER_PATH_BYTES + sizeof "HOME="];
    (void)snprintf(home, sizeof home, "HOME=%s", site.path);
    struct program_options options = {.arguments = LIST("-p", "0", "-b", "*", "-q", site.path),
                                      .environment = LIST(home)};
    program_launch(&lido, &options);
    program_await_line(&lido, &lido.err, "lido: warning: other machines can read your home folder", NULL);
    program_stop(&lido);
    options.arguments = LIST("-p", "0", "-b", "localhost", site.path);
    program_start(&lido, &options);
    program_stop(&lido);
    cr_expect(strstr(lido.err.text, "warning") == NULL, "%s", lido.err.text);
}
