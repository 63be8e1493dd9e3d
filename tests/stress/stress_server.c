/* SPDX-License-Identifier: MIT */
/*
 * Hunts for races in the whole server; meant for ThreadSanitizer, with which Criterion does not go.
 *
 * The server runs in this process and serves a temporary folder, with few threads, a tiny queue and short
 * deadlines. A crowd loads it over loopback: some pipeline, some ask once, some send in pieces and finish
 * with their last request, some read slowly, some vanish, some never finish their head, some say nothing. In
 * the middle of transfers it is asked to stop. No answer may come torn, whatever happens, and in the end the
 * counters, the log and the descriptors must agree. Each with when_full = wait and reject, and with more and
 * less threads and room.
 *
 * Usage: stress_server [SECONDS]. Prints one line; exit status 0 if all was well, 1 if not.
 */
#include "conf/config.h"
#include "server/server.h"
#include "tests/stress/check.h"
#include "tests/stress/crowd.h"
#include "tests/stress/talk.h"
#include "tests/stress/workplace.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECONDS_DEFAULT = 5, SMALL_BYTES = 200 };

/* That epoll_wait(2) reports a socket only after the epoll_ctl(2) that armed it is known to ThreadSanitizer
 * for EPOLL_CTL_ADD, but not for EPOLL_CTL_MOD: it takes the close of the socket for a race. Other compilers
 * ignore this. */
const char *__tsan_default_suppressions(void);

const char *__tsan_default_suppressions(void) {
    return "race_top:epoll_ctl\n";
}

struct round {
    const char *when_full;
    const char *threads;
    const char *queue;
};

static bool configure(struct config *config, const char *folder, const struct round *round) {
    char log[2 * WORKPLACE_BYTES];
    char error[CONFIG_ERROR_BYTES];
    (void)snprintf(log, sizeof log, "%s/%s%s.log", folder, round->when_full, round->threads);
    const struct {
        const char *name;
        const char *value;
    } settings[] = {
        {"listen", "127.0.0.1:0"},       {"root", folder},
        {"threads", round->threads},     {"queue", round->queue},
        {"when_full", round->when_full}, {"max_connections", "12"},
        {"header_timeout", "300ms"},     {"keepalive_timeout", "300ms"},
        {"send_timeout", "10s"},         {"linger_timeout", "200ms"},
        {"shutdown_timeout", "20s"},     {"access_log", log},
    };
    bool is_good = config_init(config) == 0;
    for (size_t i = 0; is_good && i < sizeof settings / sizeof settings[0]; i++) {
        is_good = config_set(config, settings[i].name, settings[i].value, "stress", error);
    }
    return check(is_good, is_good ? "" : error);
}

static void compare(const struct crowd *crowd, const struct server_totals *totals, uint64_t log_lines) {
    const struct reactor_stats *reactor = &totals->reactor;
    (void)check(atomic_load(&crowd->answered) > 0, "nobody was answered");
    (void)check(totals->requests >= atomic_load(&crowd->answered), "answers were not counted");
    (void)check(reactor->rejected >= atomic_load(&crowd->rejected), "rejections were not counted");
    (void)check(crowd->may_be_rejected || reactor->rejected == 0, "rejected though told to wait");
    (void)check(log_lines + totals->log_lines_dropped == totals->requests + reactor->rejected,
                "the log has other requests than were counted");
    (void)check(totals->pool.submitted == totals->pool.served, "the pool lost clients");
    (void)check(reactor->cut == 0, "transfers were cut");
    (void)check(reactor->expired > 0, "no deadline passed");
}

static void run_round(const char *folder, const struct round *round, int64_t duration_ms) {
    struct crowd crowd = {.may_be_rejected = strcmp(round->when_full, "reject") == 0};
    struct config config;
    struct server *server = NULL;
    struct server_totals totals;
    char error[SERVER_ERROR_BYTES];
    size_t descriptors = count_descriptors();
    if (!configure(&config, folder, round) ||
        !check(server_create(&server, &config, error) == SERVER_OK, error) ||
        !check(server_start(server, error) == SERVER_OK, error)) {
        return;
    }
    crowd.address = server_listeners(server)->items[0].address;
    crowd_begin(&crowd, duration_ms);
    (void)check(server_run(server, error) == SERVER_OK, error);
    crowd_end(&crowd);
    server_read_totals(server, &totals);
    server_destroy(server);
    compare(&crowd, &totals, count_log_lines(config.access_log));
    config_deinit(&config);
    (void)check(count_descriptors() == descriptors, "descriptors are left open");
    (void)printf("%s, %s threads: %" PRIu64 " requests, %" PRIu64 " rejected, %" PRIu64 " expired, %" PRIu64
                 " gave way, %" PRIu64 " pauses; ",
                 round->when_full, round->threads, totals.requests, totals.reactor.rejected,
                 totals.reactor.expired, totals.reactor.gave_way,
                 totals.reactor.paused_full + totals.reactor.paused_connections);
}

int main(int argc, char *argv[]) {
    static const struct round rounds[] = {
        {"wait", "4", "2"}, {"reject", "4", "2"}, {"wait", "2", "1"}, {"reject", "2", "1"}};
    char folder[WORKPLACE_BYTES];
    int64_t seconds = argc > 1 ? strtol(argv[1], NULL, 10) : SECONDS_DEFAULT;
    if (seconds < 1) {
        (void)fprintf(stderr, "usage: stress_server [SECONDS]\n");
        return 1;
    }
    for (size_t i = 0; i < LARGE_BYTES; i++) {
        large[i] = (char)(i % 251);
    }
    if (!workplace_create(folder)) {
        return 1;
    }
    workplace_write(folder, "small.txt", large, SMALL_BYTES);
    workplace_write(folder, "large.bin", large, LARGE_BYTES);
    for (size_t i = 0; i < sizeof rounds / sizeof rounds[0]; i++) {
        run_round(folder, &rounds[i], seconds * 1000 / (int64_t)(sizeof rounds / sizeof rounds[0]));
    }
    workplace_remove(folder);
    (void)printf("%u failures\n", count_failures());
    return count_failures() == 0 ? 0 : 1;
}
