/* SPDX-License-Identifier: MIT */
/* Under a service manager: what it is told, and the sockets that it hands over. The test is the manager. */
#include "tests/support/loopback.h"
#include "tests/support/stage.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum { MESSAGE_BYTES = 512 };

static int manager = -1; /* what NOTIFY_SOCKET names */
static char notify_socket[FOLDER_PATH_BYTES + 32];

static int bind_file(const char *name, int type) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct folder_path path = folder_path(&workplace, name);
    cr_assert_lt(strlen(path.text), sizeof address.sun_path);
    memcpy(address.sun_path, path.text, strlen(path.text) + 1);
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void set_up(void) {
    stage_set_up();
    manager = bind_file("notify", SOCK_DGRAM);
    (void)snprintf(notify_socket, sizeof notify_socket, "NOTIFY_SOCKET=%s",
                   folder_path(&workplace, "notify").text);
}

static void tear_down(void) {
    (void)close(manager);
    stage_tear_down();
}

TestSuite(service, .init = set_up, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

/* Wait for the message that begins so; others may come before. */
static void await_message(const char *beginning, char message[MESSAGE_BYTES]) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    do {
        cr_assert(deadline_wait(manager, POLLIN, deadline), "no message '%s'", beginning);
        ssize_t length = recv(manager, message, MESSAGE_BYTES - 1, 0);
        message[length > 0 ? length : 0] = '\0';
    } while (strncmp(message, beginning, strlen(beginning)) != 0);
}

static void expect_inside(const char *message, const char *part) {
    cr_expect(strstr(message, part) != NULL, "'%s' in '%s'", part, message);
}

static void configure(const char *settings) {
    char text[4096];
    (void)snprintf(text, sizeof text, "root = \"%s\"\naccess_log = off\n%s\n", site.path, settings);
    folder_write_text(&workplace, "lido.conf", text);
}

static void start(const int *sockets, size_t count, const char *watchdog) {
    struct folder_path path = folder_path(&workplace, "lido.conf");
    struct program_options options = {.arguments = LIST("--config", path.text),
                                      .environment = LIST(notify_socket, watchdog),
                                      .sockets = sockets,
                                      .socket_count = count,
                                      .socket_names = "web:file"};
    program_start(&lido, &options);
}

StageTest(service, manager_is_told_of_each_phase) {
    stage_needs_own_settings("the number of threads that it counts on");
    char message[MESSAGE_BYTES];
    configure("listen = \"127.0.0.1:0\"\nthreads = 3");
    start(NULL, 0, NULL);
    await_message("READY=1", message);
    expect_inside(message, "STATUS=0 of 3 threads busy, 0 connections");
    program_signal(&lido, SIGHUP);
    await_message("RELOADING=1", message);
    expect_inside(message, "MONOTONIC_USEC=");
    await_message("READY=1", message);
    configure("nonsense = 1");
    program_signal(&lido, SIGHUP);
    await_message("RELOADING=1", message);
    await_message("READY=1", message); /* it serves as before */
    program_signal(&lido, SIGTERM);
    await_message("STOPPING=1", message);
    expect_inside(message, "EXTEND_TIMEOUT_USEC=");
    cr_expect_eq(program_wait(&lido), 0);
}

/* Told once a second: of what was before, too. */
static void await_status(const char *part) {
    char message[MESSAGE_BYTES];
    do {
        await_message("STATUS=", message);
    } while (strstr(message, part) == NULL);
}

StageTest(service, manager_is_told_how_busy_the_pool_is) {
    struct client client;
    configure("listen = \"127.0.0.1:0\"");
    start(NULL, 0, NULL);
    client_connect(&client, lido.port);
    round_trip(&client);
    await_status(", 1 connection");
    client_close(&client);
    await_status(", 0 connections");
}

StageTest(service, signs_of_life_come_while_nobody_does_anything_and_stop_with_the_main_loop) {
    char message[MESSAGE_BYTES];
    configure("listen = \"127.0.0.1:0\"");
    start(NULL, 0, "WATCHDOG_USEC=300000");
    for (int i = 0; i < 5; i++) {
        await_message("WATCHDOG=1", message);
    }
    program_signal(&lido, SIGSTOP);
    while (deadline_wait(manager, POLLIN, deadline_in(1000))) { /* those that were under way */
        (void)recv(manager, message, sizeof message, 0);
    }
    program_signal(&lido, SIGCONT);
    await_message("WATCHDOG=1", message);
}

StageTest(service, more_time_is_asked_for_while_answers_are_under_way) {
    char message[MESSAGE_BYTES];
    struct client client;
    configure("listen = \"127.0.0.1:0\"\nshutdown_timeout = 30s");
    folder_truncate(&site, "large", (off_t)64 * 1024 * 1024);
    start(NULL, 0, NULL);
    client_connect_narrow(&client, lido.port);
    client_send(&client, "GET /large HTTP/1.0\r\n\r\n");
    client_read_head(&client, &answer);
    program_signal(&lido, SIGTERM);
    await_message("STOPPING=1", message);
    await_message("STATUS=stopping: ", message);
    expect_inside(message, "1 connection");
    expect_inside(message, "EXTEND_TIMEOUT_USEC=");
    client_close(&client);
    cr_expect_eq(program_wait(&lido), 0);
}

static void expect_answer_at_file(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct client client;
    struct folder_path path = folder_path(&workplace, name);
    memcpy(address.sun_path, path.text, strlen(path.text) + 1);
    cr_assert_eq(client_connect_to(&client, (const struct sockaddr *)&address, sizeof address), 0);
    client_send(&client, "GET / HTTP/1.0\r\n\r\n");
    client_read_answer(&client, "GET", &answer);
    cr_expect_eq(answer.status, 200);
    client_close(&client);
}

StageTest(service, sockets_that_are_handed_over_are_served_and_nothing_else_unless_it_is_named) {
    int sockets[] = {listening_on(AF_INET), bind_file("s", SOCK_STREAM)};
    cr_assert_eq(listen(sockets[1], 8), 0);
    configure("");
    start(sockets, 2, NULL);
    cr_assert_eq(lido.port, port_of(sockets[0]));
    cr_assert_eq(lido.port_ipv6, 0, "the default address beside them");
    cr_expect_eq(get("/"), 200);
    expect_answer_at_file("s");
    program_stop(&lido);
    cr_expect_eq(access(folder_path(&workplace, "s").text, F_OK), 0, "it is not the program's");
}

StageTest(service, a_socket_is_matched_to_the_address_that_the_settings_name) {
    char settings[128];
    int sockets[] = {listening_on(AF_INET), listening_on(AF_INET)};
    (void)snprintf(settings, sizeof settings, "listen = \"127.0.0.1:%u\"\nadmin = \"127.0.0.1:%u\"",
                   (unsigned)port_of(sockets[0]), (unsigned)port_of(sockets[1]));
    configure(settings);
    start(sockets, 2, NULL);
    cr_assert_eq(lido.port, port_of(sockets[0]));
    folder_write_text(&site, "file", "text");
    cr_expect_eq(get("/file"), 200);
    cr_expect_eq(get("/.lido/health"), 404);
    lido.port = port_of(sockets[1]);
    cr_expect_eq(get("/.lido/health"), 200);
    cr_expect_eq(get("/file"), 404);
}

StageTest(service, sockets_stay_over_a_reload_whatever_it_names) {
    char message[MESSAGE_BYTES];
    int fd = listening_on(AF_INET);
    configure("");
    start(&fd, 1, NULL);
    for (int i = 0; i < 4; i++) {
        configure(i % 2 == 0 ? "listen = \"127.0.0.1:0\"" : "");
        await_message("READY=1", message);
        program_signal(&lido, SIGHUP);
        await_message("RELOADING=1", message);
        cr_expect_eq(get("/"), 200);
    }
}

static void expect_refused(int fd, const char *why) {
    struct folder_path path = folder_path(&workplace, "lido.conf");
    struct program_options options = {
        .arguments = LIST("--config", path.text), .sockets = &fd, .socket_count = 1, .socket_names = "web"};
    cr_expect_eq(program_run(&lido, &options), 2);
    expect_inside(lido.err.text, why);
    cr_assert_eq(close(fd), 0);
}

/* The fault: the site had no address, and nobody was told. */
StageTest(service, a_socket_that_admin_alone_names_leaves_none_for_the_site_and_is_refused) {
    int fd = listening_on(AF_INET);
    char settings[64];
    (void)snprintf(settings, sizeof settings, "admin = \"127.0.0.1:%u\"", (unsigned)port_of(fd));
    configure(settings);
    expect_refused(fd, "lido.conf:3: admin: '127.0.0.1:");
    expect_inside(lido.err.text, "none is left for the site");
}

/* The fault: after a reload it stayed the admin's, and had nothing but the status pages. */
StageTest(service, a_socket_that_admin_names_no_more_is_the_sites_as_after_a_start) {
    char settings[64];
    char message[MESSAGE_BYTES];
    int sockets[] = {listening_on(AF_INET), listening_on(AF_INET)};
    (void)snprintf(settings, sizeof settings, "admin = \"127.0.0.1:%u\"", (unsigned)port_of(sockets[1]));
    configure(settings);
    folder_write_text(&site, "file", "text");
    start(sockets, 2, NULL);
    lido.port = port_of(sockets[1]);
    cr_expect_eq(get("/file"), 404);
    await_message("READY=1", message);
    configure("");
    program_signal(&lido, SIGHUP);
    await_message("RELOADING=1", message);
    await_message("READY=1", message);
    cr_expect_eq(get("/file"), 200);
}

StageTest(service, a_descriptor_that_nobody_can_connect_to_is_refused_in_words) {
    struct sockaddr_storage any = loopback_address(AF_INET, 0);
    configure("");
    expect_refused(
        bound_socket(&any),
        "descriptor 3 ('web'), which the program was started with, does not listen; set Accept=no");
    expect_refused(open(site.path, O_RDONLY | O_CLOEXEC),
                   "descriptor 3 ('web'), which the program was started with, is no socket");
    expect_refused(
        bind_file("datagrams", SOCK_DGRAM),
        "descriptor 3 ('web'), which the program was started with, is no stream socket; open it by ListenStream=");
}
