/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>

enum { READERS = 5 };

static const off_t large = (off_t)48 * 1024 * 1024;
static struct client readers[READERS];
static struct client idle; /* between requests, and so the first to hear of a stop */

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_write_pattern(&site, "large.bin", 0, large);
    idle.fd = -1;
    for (int i = 0; i < READERS; i++) {
        readers[i].fd = -1;
    }
}

static void tear_down(void) {
    client_close(&idle);
    for (int i = 0; i < READERS; i++) {
        client_close(&readers[i]);
    }
    stage_tear_down();
}

TestSuite(stopping, .init = set_up_site, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

static void begin_downloads(void) {
    client_connect(&idle, lido.port);
    round_trip(&idle);
    for (int i = 0; i < READERS; i++) {
        client_connect_narrow(&readers[i], lido.port);
        client_send(&readers[i], "GET /large.bin HTTP/1.0\r\n\r\n");
        client_read_head(&readers[i], &answer);
        cr_assert(answer.status == 200, "status %d", answer.status);
    }
}

/* Send the signal, wait until it has begun to take effect, and connect until nobody listens any more. */
static void signal_and_expect_refusal(int signal_number) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(lido.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int64_t deadline = deadline_in(PATIENCE_MS);
    struct client late;
    int error;
    program_signal(&lido, signal_number);
    client_expect_end(&idle);
    while ((error = client_connect_to(&late, (const struct sockaddr *)&address, sizeof address)) == 0) {
        client_abort(&late);
        cr_assert(clock_now_ms() < deadline, "the program still listens");
    }
    cr_assert(error == -ECONNREFUSED, "connect: %s", strerror(-error));
}

static void expect_exit(int status) {
    int actual = program_wait(&lido);
    cr_assert(actual == status, "exit status %d; err: '%s'", actual, lido.err.text);
}

static void expect_one_summary(void) {
    const char *summary = strstr(lido.err.text, "lido: stopped");
    cr_assert(summary != NULL, "err: '%s'", lido.err.text);
    const char *end = strchr(summary, '\n');
    cr_assert(end != NULL && end[1] == '\0', "it is not the last line: '%s'", summary);
}

static void stops_in_the_middle_of_downloads(int signal_number) {
    serve(LIST("LIDO_SHUTDOWN_TIMEOUT=60s"));
    begin_downloads();
    signal_and_expect_refusal(signal_number);
    for (int i = 0; i < READERS; i++) {
        client_widen(&readers[i]);
        cr_assert(client_read_pattern(&readers[i], 0, large) == large, "download %d is not whole", i);
        client_expect_end(&readers[i]);
    }
    expect_exit(0);
    expect_one_summary();
}

StageTest(stopping, on_sigterm_lets_downloads_finish_and_refuses_newcomers) {
    stops_in_the_middle_of_downloads(SIGTERM);
}

StageTest(stopping, on_sigint_does_the_same) {
    stops_in_the_middle_of_downloads(SIGINT);
}

StageTest(stopping, on_sigquit_does_the_same) {
    stops_in_the_middle_of_downloads(SIGQUIT);
}

StageTest(stopping, on_sigalrm_does_the_same) {
    stops_in_the_middle_of_downloads(SIGALRM);
}

StageTest(stopping, is_not_what_other_signals_ask_for) {
    static const int signals[] = {SIGHUP, SIGUSR1, SIGUSR2};
    serve(LIST("LIDO_ACCESS_LOG=off"));
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        program_signal(&lido, signals[i]);
        cr_assert(get("/") == 200, "signal %d", signals[i]);
    }
}

StageTest(stopping, cuts_those_who_stall_after_its_time) {
    serve(LIST("LIDO_SHUTDOWN_TIMEOUT=300ms", "LIDO_SEND_TIMEOUT=300s"));
    begin_downloads();
    int64_t begin = clock_now_ms();
    program_signal(&lido, SIGTERM);
    int status = program_wait(&lido);
    int64_t taken = clock_now_ms() - begin;
    cr_assert(status == 0, "exit status %d; err: '%s'", status, lido.err.text);
    cr_assert(taken >= 290, "gone after %lld ms: nobody was given time", (long long)taken);
    cr_assert(taken < 300 + LATE_MS, "gone after %lld ms", (long long)taken);
    expect_one_summary();
    for (int i = 0; i < READERS; i++) {
        (void)client_read_to_end(&readers[i]);
        cr_assert((off_t)readers[i].length < large, "download %d is whole: the test cannot tell", i);
    }
}

StageTest(stopping, on_a_second_signal_cuts_at_once) {
    serve(LIST("LIDO_SHUTDOWN_TIMEOUT=300s", "LIDO_SEND_TIMEOUT=300s"));
    begin_downloads();
    signal_and_expect_refusal(SIGTERM);
    program_signal(&lido, SIGTERM);
    (void)program_wait(&lido); /* fails when it takes as long as it was given */
    expect_one_summary();
}

/* The kernel has taken their connections and their requests, and the program has not seen them yet. */
StageTest(stopping, answers_those_who_wait_to_be_accepted) {
    enum { CROWD = 200 };
    static struct client crowd[CROWD];
    serve(NULL);
    program_signal(&lido, SIGSTOP);
    for (int i = 0; i < CROWD; i++) {
        client_connect(&crowd[i], lido.port);
        client_send(&crowd[i], "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    }
    program_signal(&lido, SIGTERM);
    program_signal(&lido, SIGCONT);
    for (int i = 0; i < CROWD; i++) {
        client_read_answer(&crowd[i], "GET", &answer);
        cr_assert(answer.status == 200, "client %d: status %d", i, answer.status);
        client_expect_end(&crowd[i]);
        client_close(&crowd[i]);
    }
    expect_exit(0);
}

StageTest(stopping, closes_idle_connections_at_once) {
    serve(LIST("LIDO_SHUTDOWN_TIMEOUT=300s", "LIDO_KEEPALIVE_TIMEOUT=300s"));
    client_connect(&idle, lido.port);
    round_trip(&idle);
    program_signal(&lido, SIGTERM);
    client_expect_end(&idle);
    expect_exit(0);
    expect_one_summary();
}

StageTest(stopping, answers_a_request_that_has_begun) {
    struct client half;
    serve(LIST("LIDO_SHUTDOWN_TIMEOUT=300s", "LIDO_HEADER_TIMEOUT=300s"));
    client_connect(&idle, lido.port);
    client_connect(&half, lido.port);
    client_send(&half, "GET / HT");
    round_trip(&idle);
    round_trip(&idle);
    program_signal(&lido, SIGTERM);
    client_expect_end(&idle); /* now the program is stopping */
    client_send(&half, "TP/1.0\r\nConnection: keep-alive\r\n\r\n");
    client_read_answer(&half, "GET", &answer);
    cr_assert(answer.status == 200, "status %d", answer.status);
    cr_assert(answer_field_is(&answer, "Connection", "close"), "%s", answer_field(&answer, "Connection"));
    client_expect_end(&half);
    expect_exit(0);
    client_close(&half);
}

StageTest(stopping, tells_clients_in_its_last_answers_that_the_connection_ends) {
    serve(LIST("LIDO_SHUTDOWN_TIMEOUT=60s"));
    client_connect(&idle, lido.port);
    round_trip(&idle);
    client_connect_narrow(&readers[0], lido.port);
    client_send(&readers[0], "GET /large.bin HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
                             "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    client_read_head(&readers[0], &answer);
    signal_and_expect_refusal(SIGTERM);
    client_widen(&readers[0]);
    cr_assert(client_read_pattern(&readers[0], 0, large) == large);
    client_read_answer(&readers[0], "GET", &answer);
    cr_assert(answer_field_is(&answer, "Connection", "close"), "%s", answer_field(&answer, "Connection"));
    client_expect_end(&readers[0]);
    expect_exit(0);
}

StageTest(stopping, with_nobody_there_takes_no_time) {
    serve(LIST("LIDO_SHUTDOWN_TIMEOUT=300s"));
    program_signal(&lido, SIGTERM);
    expect_exit(0);
    expect_one_summary();
}

StageTest(stopping, closes_nothing_on_hangup_of_a_client_or_broken_pipes) {
    serve(NULL);
    program_signal(&lido, SIGPIPE);
    cr_assert(get("/") == 200, "status %d", answer.status);
}
