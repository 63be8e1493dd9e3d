/* SPDX-License-Identifier: MIT */
/* Lines that lose packets, are slow, narrow or break: what comes over them is whole and right, who vanishes behind one is
 * let go, and nobody else notices. */
#include "http/base/clock.h"
#include "http/base/histogram.h"
#include "tests/hostile/line.h"
#include "tests/support/stage.h"

#include <criterion/logging.h>
#include <stdio.h>
#include <string.h>

enum {
    KIB = 1024,
    FAR = 4, /* clients at the other end */
    PORT = 8080,
    P99_MS_MAX = 100, /* 10 on an idle machine */
    TRIPS_WHILE_CUT = 300,
};

static const off_t large = (off_t)1024 * 1024 * 1024;
static struct line line;
static struct client far_clients[FAR];
static struct client good;
static struct histogram durations;

static void set_up(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_write_pattern(&site, "pattern.bin", 0, (off_t)2 * KIB * KIB);
    folder_truncate(&site, "large.bin", large);
    good.fd = -1;
    for (int i = 0; i < FAR; i++) {
        far_clients[i].fd = -1;
    }
}

static void tear_down(void) {
    client_close(&good);
    for (int i = 0; i < FAR; i++) {
        client_close(&far_clients[i]);
    }
    stage_tear_down();
}

TestSuite(networks, .init = set_up, .fini = tear_down, .timeout = 2.0 * STAGE_TIMEOUT_S);

/* The network is this test's own, so the port is free. Returns how many descriptors are open with the good one alone. */
static size_t serve_line(const char *const *settings) {
    program_start(&lido, &(struct program_options){.arguments = LIST("-p", "8080", "-b", LINE_NEAR_ADDRESS,
                                                                     "-b", "127.0.0.1", site.path),
                                                   .environment = settings});
    client_connect(&good, PORT);
    round_trip(&good);
    size_t count = program_descriptor_count(&lido);
    for (int i = 0; i < FAR; i++) {
        line_connect(&line, &far_clients[i], PORT);
    }
    return count;
}

#define open_line_or_skip(...)                                                             \
    do {                                                                                   \
        const char *why_not = line_open(&line, &(const struct line_quality){__VA_ARGS__}); \
        if (why_not != NULL) {                                                             \
            stage_skip("%s", why_not);                                                     \
        }                                                                                  \
    } while (0)

static void time_trips(int count) {
    for (int i = 0; i < count; i++) {
        int64_t begin_ns = clock_steady_ns();
        round_trip(&good);
        histogram_note(&durations, clock_steady_ns() - begin_ns);
    }
}

static void expect_prompt(void) {
    struct histogram_reading reading = {0};
    histogram_read(&durations, &reading);
    double p99_ms = (double)histogram_reading_quantile_ns(&reading, 0.99) / 1e6;
    cr_log_info("99 of 100 of those nearby had their answer within %.2f ms", p99_ms);
    cr_assert(p99_ms < P99_MS_MAX, "one of 100 waits for %.0f ms", p99_ms);
}

static void ask_for_range(struct client *client, off_t begin, off_t size) {
    char request[128];
    (void)snprintf(request, sizeof request, "GET /pattern.bin HTTP/1.0\r\nRange: bytes=%lld-%lld\r\n\r\n",
                   (long long)begin, (long long)(begin + size - 1));
    client_send(client, request);
}

/* All at once; each byte is looked at. */
static void expect_whole_bodies(off_t size) {
    int64_t begin = clock_now_ms();
    for (int i = 0; i < FAR; i++) {
        ask_for_range(&far_clients[i], i, size);
    }
    for (int i = 0; i < FAR; i++) {
        client_read_head(&far_clients[i], &answer);
        cr_assert(answer.status == 206 && answer.content_length == size, "status %d", answer.status);
        for (off_t taken = 0; taken < size;) {
            off_t count = size - taken < 64 * KIB ? size - taken : 64 * KIB;
            cr_assert(client_read_pattern(&far_clients[i], i + taken, count) == count, "cut off");
            taken += count;
            time_trips(20);
        }
        client_expect_end(&far_clients[i]);
        client_close(&far_clients[i]);
    }
    int64_t took = clock_now_ms() - begin;
    cr_log_info("%d times %lld KiB in %lld ms: %lld kbit/s", FAR, (long long)(size / KIB), (long long)took,
                (long long)(size * FAR * 8 / (took + 1)));
    expect_prompt();
}

StageTest(networks, that_lose_a_tenth_bring_every_byte) {
    open_line_or_skip(.loss_percent = 10, .delay_ms = 5);
    (void)serve_line(LIST("LIDO_THREADS=1"));
    expect_whole_bodies(256 * KIB);
}

StageTest(networks, of_a_megabit_and_50_ms_bring_every_byte) {
    open_line_or_skip(.rate_kbit = 1000, .delay_ms = 50);
    (void)serve_line(LIST("LIDO_THREADS=1"));
    expect_whole_bodies(100 * KIB);
}

StageTest(networks, of_small_packets_bring_every_byte) {
    open_line_or_skip(.mtu = 576, .delay_ms = 1);
    (void)serve_line(LIST("LIDO_THREADS=1"));
    expect_whole_bodies(1024 * KIB);
}

/* Nobody knows while it is down. TCP sends again what was lost. */
StageTest(networks, that_break_in_the_middle_and_come_back_bring_every_byte) {
    enum { SIZE = 1024 * KIB };
    open_line_or_skip(.rate_kbit = 20000, .delay_ms = 5);
    (void)serve_line(LIST("LIDO_THREADS=1"));
    ask_for_range(&far_clients[0], 0, SIZE);
    client_read_head(&far_clients[0], &answer);
    cr_assert(client_read_pattern(&far_clients[0], 0, SIZE / 8) == SIZE / 8);
    line_cut(&line);
    time_trips(TRIPS_WHILE_CUT);
    line_mend(&line);
    cr_assert(client_read_pattern(&far_clients[0], SIZE / 8, SIZE - SIZE / 8) == SIZE - SIZE / 8, "cut off");
    client_expect_end(&far_clients[0]);
    expect_prompt();
}

/* In the middle of a request, of an answer, and between two: each has a time after which it is taken for gone. */
StageTest(networks, behind_which_clients_vanish_keep_nothing_of_them) {
    open_line_or_skip(.delay_ms = 1);
    size_t before =
        serve_line(LIST("LIDO_THREADS=1", "LIDO_FILE_CACHE=off", "LIDO_HEADER_TIMEOUT=1s",
                        "LIDO_HEADER_MIN_RATE=0", "LIDO_SEND_TIMEOUT=1s", "LIDO_KEEPALIVE_TIMEOUT=1s"));
    client_send(&far_clients[0], "GET / HTTP/1.0\r\nUser-Ag");
    client_send(&far_clients[1], "GET /large.bin HTTP/1.0\r\n\r\n");
    client_read_head(&far_clients[1], &answer);
    round_trip(&far_clients[2]);
    client_send(&far_clients[3], "GET /?download=tar HTTP/1.0\r\n\r\n");
    client_read_head(&far_clients[3], &answer);
    line_cut(&line);
    int64_t begin = clock_now_ms();
    round_trip_until_descriptors(&good, before);
    int64_t took = clock_now_ms() - begin;
    cr_log_info("gone after %lld ms", (long long)took);
    cr_expect(took < PATIENCE_MS / 4, "%lld ms", (long long)took);
    time_trips(TRIPS_WHILE_CUT);
    expect_prompt();
}
