/* SPDX-License-Identifier: MIT */
/*
 * Everybody who means no good at once, and one who does: the slow, the silent, those who break off, and too many.
 *
 * How prompt the good one's answers have to be, and how little the processor does for those who wait, depends on what else
 * the machine does. With TESTS_IDLE in the environment, for a machine that does nothing else, it is what Lido promises;
 * without, enough to tell one who is served from one who has to wait for others to time out.
 */
#include "http/base/clock.h"
#include "http/base/histogram.h"
#include "tests/support/stage.h"

#include <criterion/logging.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    EACH = 60,
    ROUNDS = 20,
    TRIPS_A_ROUND = 10,
    PROMISED_P99_MS = 10,
    SERVED_P99_MS = 1000,
    CROWD_MAX = 10 * 1000,
    DESCRIPTORS_LEFT = 200,
};

static struct client slow_heads[EACH];
static struct client slow_bodies[EACH];
static struct client slow_readers[EACH];
static struct client silent[EACH];
static struct client tiny[EACH];
static struct client good;
static int crowd[CROWD_MAX];

static void set_up(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_truncate(&site, "large.bin", (off_t)1024 * 1024 * 1024);
}

static void tear_down(void) {
    client_close(&good);
    stage_tear_down();
}

TestSuite(crowds, .init = set_up, .fini = tear_down, .timeout = 2.0 * STAGE_TIMEOUT_S);

static void connect_tiny(struct client *client) {
    int one = 1;
    client_connect(client, lido.port);
    cr_assert_eq(setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one), 0);
}

static void gather(void) {
    for (int i = 0; i < EACH; i++) {
        client_connect(&slow_heads[i], lido.port);
        client_send(&slow_heads[i], "GET / HTTP/1.0\r\nUser-Agent: ");
        client_connect(&slow_bodies[i], lido.port);
        client_send(&slow_bodies[i], "GET / HTTP/1.0\r\nContent-Length: 60000\r\n\r\n");
        client_connect_narrow(&slow_readers[i], lido.port);
        client_send(&slow_readers[i], "GET /large.bin HTTP/1.0\r\n\r\n");
        client_connect(&silent[i], lido.port);
        connect_tiny(&tiny[i]);
    }
}

static void break_off(void) {
    struct client client;
    client_connect_narrow(&client, lido.port);
    client_send(&client, "GET /large.bin HTTP/1.0\r\n\r\n");
    (void)client_receive(&client);
    client_abort(&client);
}

/* A byte of each, a bit of an answer, and one more who breaks off. */
static void do_harm(int round) {
    static const char line[] = "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
    char bytes[100];
    for (int i = 0; i < EACH; i++) {
        (void)client_try_send(&slow_heads[i], "x", 1);
        (void)client_try_send(&slow_bodies[i], "x", 1);
        (void)client_try_send(&tiny[i], line + round % (int)(sizeof line - 1), 1);
        (void)recv(slow_readers[i].fd, bytes, sizeof bytes, MSG_DONTWAIT);
    }
    break_off();
}

static void disperse(void) {
    for (int i = 0; i < EACH; i++) {
        client_close(&slow_heads[i]);
        client_close(&slow_bodies[i]);
        client_close(&slow_readers[i]);
        client_close(&silent[i]);
        client_close(&tiny[i]);
    }
}

static void time_trips(struct histogram *durations, int count) {
    for (int i = 0; i < count; i++) {
        int64_t begin_ns = clock_steady_ns();
        round_trip(&good);
        histogram_note(durations, clock_steady_ns() - begin_ns);
    }
}

static bool machine_is_idle(void) {
    return getenv("TESTS_IDLE") != NULL;
}

static void expect_prompt(struct histogram *durations) {
    struct histogram_reading reading = {0};
    histogram_read(durations, &reading);
    double p99_ms = (double)histogram_reading_quantile_ns(&reading, 0.99) / 1e6;
    cr_log_info("99 of 100 had their answer within %.2f ms", p99_ms);
    cr_assert(p99_ms < (machine_is_idle() ? PROMISED_P99_MS : SERVED_P99_MS), "one of 100 waits for %.1f ms",
              p99_ms);
}

static void good_one_notices_nothing(const char *threads) {
    static struct histogram durations;
    serve(LIST(threads));
    client_connect(&good, lido.port);
    round_trip(&good);
    gather();
    for (int round = 0; round < ROUNDS; round++) {
        do_harm(round);
        time_trips(&durations, TRIPS_A_ROUND);
    }
    expect_prompt(&durations);
    disperse();
    round_trip_until_descriptors(&good, 60);
}

StageTest(crowds, of_all_kinds_keep_one_thread_from_nobody) {
    good_one_notices_nothing("LIDO_THREADS=1");
}

StageTest(crowds, of_all_kinds_keep_two_threads_from_nobody) {
    good_one_notices_nothing("LIDO_THREADS=2");
}

/* --- too many ------------------------------------------------------------------------------------------- */

static int connect_plainly(void) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(lido.port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_neq(fd, -1);
    cr_assert_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* As many as this process may have descriptors for, and as the server lets in with the same limit, of which it sets half
 * aside for files. */
static int count_crowd(void) {
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    int64_t most = (int64_t)limit.rlim_cur / 2 - DESCRIPTORS_LEFT;
    return most < CROWD_MAX ? (int)most : CROWD_MAX;
}

/* Each says a byte, so that it is accepted. Who was there before goes on, the processor is hardly used while nothing
 * happens, and as soon as they have gone newcomers are let in. */
StageTest(crowds, of_ten_thousand_leave_the_good_one_alone) {
    static struct histogram durations;
    serve(LIST("LIDO_THREADS=2", "LIDO_HEADER_TIMEOUT=60s", "LIDO_KEEPALIVE_TIMEOUT=60s"));
    client_connect(&good, lido.port);
    int count = count_crowd();
    for (int i = 0; i < count; i++) {
        crowd[i] = connect_plainly();
        cr_assert_eq(send(crowd[i], "G", 1, MSG_NOSIGNAL), 1);
        if (i % 100 == 0) {
            time_trips(&durations, 2);
        }
    }
    time_trips(&durations, 100);
    cr_log_info("%d clients", count);
    expect_prompt(&durations);
    for (int i = 0; i < count; i++) {
        (void)close(crowd[i]);
    }
    struct client fresh;
    int64_t begin = clock_now_ms();
    client_connect(&fresh, lido.port);
    round_trip(&fresh);
    cr_log_info("a newcomer waited %lld ms", (long long)(clock_now_ms() - begin));
    client_close(&fresh);
}

/* Nobody who is there may go, and many want to come in: that costs next to nothing. */
StageTest(crowds, at_a_closed_door_cost_little) {
    enum {
        PLACES = 20,
        WAITING = 200,
        WATCHED_MS = 1000,
        PROMISED_SHARE = 20, /* 5 % */
        SHARE_MAX = 4,
    };
    serve(LIST("LIDO_THREADS=2", "LIDO_MAX_CONNECTIONS=20", "LIDO_HEADER_TIMEOUT=1h", "LIDO_SEND_TIMEOUT=1h",
               "LIDO_MIN_SEND_RATE=0"));
    for (int i = 0; i < PLACES; i++) {
        client_connect_narrow(&slow_readers[i], lido.port);
        client_send(&slow_readers[i], "GET /large.bin HTTP/1.0\r\n\r\n");
        (void)client_receive(&slow_readers[i]);
    }
    for (int i = 0; i < WAITING; i++) {
        crowd[i] = connect_plainly();
    }
    int64_t before_ms = program_processor_ms(&lido);
    bool is_let_in = deadline_wait(crowd[WAITING - 1], POLLIN | POLLRDHUP, clock_now_ms() + WATCHED_MS);
    cr_expect_not(is_let_in, "nobody has left");
    int64_t used_ms = program_processor_ms(&lido) - before_ms;
    cr_log_info("%lld ms of processor in %d ms", (long long)used_ms, WATCHED_MS);
    cr_expect(used_ms < WATCHED_MS / (machine_is_idle() ? PROMISED_SHARE : SHARE_MAX), "%lld ms in %d ms",
              (long long)used_ms, WATCHED_MS);
    for (int i = 0; i < PLACES; i++) {
        client_close(&slow_readers[i]);
    }
    for (int i = 0; i < WAITING; i++) {
        (void)close(crowd[i]);
    }
    client_connect(&good, lido.port);
    round_trip(&good);
}
