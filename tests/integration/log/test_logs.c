/* SPDX-License-Identifier: MIT */
/* Several logs, and outputs that make difficulties: answers go on, and what is lost is counted. */
#include "tests/support/stage.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char text[PROGRAM_OUTPUT_BYTES];

static void set_up(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "four");
}

TestSuite(logs, .init = set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

/* Start the program with a config in which '%' stands for the workplace. */
static void start(const char *config) {
    char file[4096];
    size_t length = (size_t)snprintf(file, sizeof file, "root = \"%s\"\n", site.path);
    for (; *config != '\0'; config++) {
        length += *config == '%' ? (size_t)snprintf(file + length, sizeof file - length, "%s", workplace.path)
                                 : (size_t)snprintf(file + length, sizeof file - length, "%c", *config);
    }
    folder_write_text(&workplace, "lido.conf", file);
    program_start(&lido,
                  &(struct program_options){
                      .arguments = LIST("--port=0", "--config", folder_path(&workplace, "lido.conf").text)});
}

static const char *read_log(const char *name) {
    folder_read_text(&workplace, name, text, sizeof text);
    return text;
}

/* What the log says was lost, or 0. */
static unsigned long told_in(const char *log) {
    unsigned long sum = 0;
    for (const char *at = log; (at = strstr(at, "lido: ")) != NULL; at++) {
        unsigned long count = 0;
        sum += sscanf(at, "lido: %lu log lines were dropped", &count) == 1 ? count : 0;
    }
    return sum;
}

static size_t count_of(const char *in, const char *needle) {
    size_t count = 0;
    for (const char *at = in; (at = strstr(at, needle)) != NULL; at++) {
        count++;
    }
    return count;
}

/* The counter of the status pages. */
static unsigned long lost_by_now(void) {
    unsigned long count = 0;
    cr_assert_eq(get("/.lido/metrics"), 200);
    const char *line = strstr(answer.body, "\nlido_log_lines_dropped_total ");
    cr_assert_not_null(line);
    cr_assert_eq(sscanf(line, "\nlido_log_lines_dropped_total %lu", &count), 1);
    return count;
}

static void await_lost(unsigned long count) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    unsigned long lost = 0;
    while ((lost = lost_by_now()) != count) {
        cr_assert(clock_now_ms() < deadline, "%lu lost instead of %lu", lost, count);
    }
}

static void ask_times(size_t count, const char *target) {
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(get(target), 200);
    }
}

StageTest(logs, are_several_with_forms_and_filters_of_their_own) {
    start("access_log = \"%/all\"\nlog_format = \"{status} {target}\"\n"
          "access_log \"%/errors\" { status = \"4xx 5xx\"  format = json }\n"
          "access_log \"%/docs\" { path = \"/docs/*\" }\n");
    (void)get("/");
    (void)get("/none");
    (void)get("/docs/none?q");
    program_stop(&lido);
    cr_expect_str_eq(read_log("all"), "200 /\n404 /none\n404 /docs/none?q\n");
    cr_expect_eq(count_of(read_log("errors"), "\"status\":404"), 2);
    cr_expect_eq(count_of(text, "\n"), 2);
    cr_expect_str_eq(read_log("docs"), "404 /docs/none?q\n");
}

StageTest(logs, go_to_a_service_of_the_machine) {
    char datagram[512] = "";
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct folder_path path = folder_path(&workplace, "socket");
    cr_assert_lt(strlen(path.text), sizeof address.sun_path);
    memcpy(address.sun_path, path.text, strlen(path.text) + 1);
    int service = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(service, (const struct sockaddr *)&address, sizeof address), 0);
    start("access_log = \"journal:@%/socket\"\nlog_format = \"{status} {target}\"\n");
    (void)get("/");
    cr_assert_gt(recv(service, datagram, sizeof datagram - 1, 0), 0);
    cr_expect_str_eq(datagram, "SYSLOG_IDENTIFIER=lido\nPRIORITY=6\nMESSAGE=200 /\n");
    (void)close(service);
}

StageTest(logs, to_a_full_disk_are_counted) {
    start("access_log = /dev/full\n");
    ask_times(30, "/");
    await_lost(30);
    program_await_line(&lido, &lido.err, "log '/dev/full' loses lines: No space left on device", NULL);
}

StageTest(logs, to_a_fifo_without_a_reader_are_counted_and_come_when_there_is_one) {
    folder_fifo(&workplace, "fifo");
    start("access_log = \"%/fifo\"\nlog_format = \"{target}\"\n");
    ask_times(20, "/?lost");
    await_lost(20);
    int reader = open(folder_path(&workplace, "fifo").text, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    cr_assert_neq(reader, -1);
    ask_times(10, "/?read");
    program_stop(&lido);
    ssize_t length = read(reader, text, sizeof text - 1);
    cr_assert_gt(length, 0);
    text[length] = '\0';
    cr_expect_eq(count_of(text, "/?read\n"), 10, "%s", text);
    cr_expect_eq(told_in(text), 20, "%s", text);
    (void)close(reader);
}

StageTest(logs, in_a_deleted_folder_are_counted_and_come_when_there_is_one) {
    folder_mkdir(&workplace, "logs");
    start("sandbox = off\naccess_log = \"%/logs/log\"\nlog_format = \"{target}\"\n");
    ask_times(5, "/?first");
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (count_of(read_log("logs/log"), "/?first\n") < 5) {
        cr_assert(clock_now_ms() < deadline, "'%s'", text);
    }
    cr_assert_eq(unlink(folder_path(&workplace, "logs/log").text), 0);
    cr_assert_eq(rmdir(folder_path(&workplace, "logs").text), 0);
    ask_times(20, "/?lost");
    await_lost(20);
    folder_mkdir(&workplace, "logs");
    ask_times(10, "/?new");
    program_stop(&lido);
    cr_expect_eq(count_of(read_log("logs/log"), "/?new\n"), 10, "%s", text);
    cr_expect_eq(count_of(text, "/?lost"), 0);
    cr_expect_eq(told_in(text), 20, "%s", text);
}

/* Answer other requests, which have no line, for as long as the main thread takes to look after its logs twice. */
static void let_it_look(void) {
    int64_t until = deadline_in(2500);
    while (clock_now_ms() < until) {
        (void)lost_by_now();
    }
}

/* Each line lost by itself, with a while between them. */
StageTest(logs, in_a_deleted_folder_are_told_of_once_with_the_reason_until_a_line_gets_out) {
    folder_mkdir(&workplace, "logs");
    start("sandbox = off\naccess_log = \"%/logs/log\"\nlog_format = \"{target}\"\n");
    cr_assert_eq(unlink(folder_path(&workplace, "logs/log").text), 0);
    cr_assert_eq(rmdir(folder_path(&workplace, "logs").text), 0);
    for (unsigned long lost = 1; lost <= 2; lost++) {
        ask_times(1, "/?lost");
        await_lost(lost);
        program_await_line(&lido, &lido.err, "/logs/log' loses lines: No such file or directory", NULL);
        let_it_look();
    }
    folder_mkdir(&workplace, "logs");
    ask_times(1, "/?new");
    program_await_line(&lido, &lido.err, "/logs/log' takes lines again; lines lost: 2", NULL);
    program_stop(&lido);
    cr_expect_eq(count_of(lido.err.text, " loses lines"), 1, "%s", lido.err.text);
    cr_expect_str_eq(read_log("logs/log"),
                     "/?new\nlido: 2 log lines were dropped: No such file or directory\n");
}

/* A network of our own in which the only name server takes every question and never answers. */
static bool enter_silent_network(int *server) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(53)};
    struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    if (unshare(CLONE_NEWNET | CLONE_NEWNS) == -1 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1) {
        return false;
    }
    folder_write_text(&workplace, "resolv.conf", "nameserver 127.0.0.1\noptions timeout:5 attempts:2\n");
    folder_write_text(&workplace, "hosts", "127.0.0.2 localhost\n");
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *server = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return mount(folder_path(&workplace, "resolv.conf").text, "/etc/resolv.conf", NULL, MS_BIND, NULL) == 0 &&
           mount(folder_path(&workplace, "hosts").text, "/etc/hosts", NULL, MS_BIND, NULL) == 0 &&
           ioctl(*server, SIOCSIFFLAGS, &loopback) == 0 &&
           bind(*server, (const struct sockaddr *)&address, sizeof address) == 0;
}

/* How long the slowest of some requests took. */
static int64_t slowest_of(size_t count) {
    int64_t slowest = 0;
    for (size_t i = 0; i < count; i++) {
        int64_t begin = clock_now_ms();
        cr_assert_eq(get("/"), 200);
        int64_t took = clock_now_ms() - begin;
        slowest = took > slowest ? took : slowest;
    }
    return slowest;
}

StageTest(logs, ask_a_dead_name_server_at_no_answers_cost) {
    enum { COUNT = 100, TIMEOUT_MS = 5000 };
    int server = -1;
    if (!enter_silent_network(&server)) {
        stage_skip("no network and mount namespace can be made here, or no loopback device in it");
    }
    start("listen = \"127.0.0.1:8080\"\naccess_log = \"%/log\"\nlog_hostnames = on\nhostname_timeout = 5s\n");
    int64_t slowest = slowest_of(COUNT);
    cr_expect_lt(slowest, TIMEOUT_MS, "a request took %lld ms", (long long)slowest);
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (count_of(read_log("log"), "127.0.0.1 - - [") < COUNT) {
        cr_assert(clock_now_ms() < deadline, "%zu lines", count_of(text, "\n"));
    }
    cr_expect_eq(count_of(text, "\n"), COUNT);
    cr_expect_eq(lost_by_now(), 0);
    cr_expect_gt(recv(server, text, sizeof text, MSG_DONTWAIT), 0, "nobody asked");
    (void)close(server);
}

StageTest(logs, have_names_that_lead_back_to_their_address) {
    if (unshare(CLONE_NEWNS) == -1 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1) {
        stage_skip("no mount namespace can be made here");
    }
    folder_write_text(&workplace, "hosts", "127.0.0.1 visitor.example\n");
    folder_write_text(&workplace, "nsswitch.conf", "hosts: files\n");
    if (mount(folder_path(&workplace, "hosts").text, "/etc/hosts", NULL, MS_BIND, NULL) == -1 ||
        mount(folder_path(&workplace, "nsswitch.conf").text, "/etc/nsswitch.conf", NULL, MS_BIND, NULL) ==
            -1) {
        stage_skip("/etc/hosts or /etc/nsswitch.conf cannot be replaced here");
    }
    start("listen = \"127.0.0.1:8080\"\naccess_log = \"%/log\"\nlog_hostnames = on\nhostname_timeout = 60s\n"
          "access_log \"%/json\" { format = json }\n");
    ask_times(3, "/");
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (count_of(read_log("log"), "visitor.example - - [") < 3) {
        cr_assert(clock_now_ms() < deadline, "'%s'", text);
    }
    program_stop(&lido);
    cr_expect_eq(count_of(read_log("json"), "\"client\":\"127.0.0.1\""), 3);
    cr_expect_eq(count_of(text, "\"name\":\"visitor.example\""), 3);
}
