/* SPDX-License-Identifier: MIT */
/* The status pages of the running program: who gets them, and that their numbers are those that a client counted. */
#include "tests/support/deadline.h"
#include "tests/support/prometheus.h"
#include "tests/support/stage.h"
#include "tests/support/status_json.h"

#include <ifaddrs.h>
#include <jansson.h>
#include <net/if.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

static const char *const names[] = {"/.lido/", "/.lido/health", "/.lido/metrics", "/.lido/status.json",
                                    "/.lido/status.json?series=1"};

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
}

TestSuite(status, .init = set_up_site, .fini = stage_tear_down, .timeout = 2.0 * STAGE_TIMEOUT_S);

/* --- asking ---------------------------------------------------------------------------------------------- */

static void expect_number(const json_t *all, const char *path, double expected) {
    cr_expect_eq(status_json_number(all, path), expected, "%s: %g instead of %g", path,
                 status_json_number(all, path), expected);
}

static int get_from(const struct sockaddr *address, socklen_t length, const char *target) {
    struct client client = {.fd = -1};
    cr_assert_eq(client_connect_to(&client, address, length), 0);
    client_send(&client, "GET ");
    client_send(&client, target);
    client_send(&client, " HTTP/1.0\r\n\r\n");
    client_read_answer(&client, "GET", &answer);
    client_close(&client);
    return answer.status;
}

/* --- tests ---------------------------------------------------------------------------------------------- */

StageTest(status, is_there_for_this_machine) {
    serve(NULL);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_expect_eq(get(names[i]), 200, "%s", names[i]);
        cr_expect(answer_field_is(&answer, "Cache-Control", "no-store"));
    }
    cr_expect_eq(get("/.lido/health"), 200);
    cr_expect_str_eq(answer.body, "ok\n");
    ask("GET /.lido/health HTTP/1.0\r\nAccept: application/json\r\n\r\n");
    cr_expect_str_eq(answer.body, "{\"status\": \"ok\", \"reasons\": []}\n");
    cr_expect_eq(get("/.lido/none"), 404);
}

/* So that a proxy sends nobody here any more. */
StageTest(status, says_that_the_server_is_about_to_stop) {
    struct client half;
    struct client idle;
    serve(LIST("LIDO_SHUTDOWN_TIMEOUT=300s", "LIDO_HEADER_TIMEOUT=300s"));
    client_connect(&idle, lido.port);
    client_connect(&half, lido.port);
    client_send(&half, "GET /.lido/health HT");
    round_trip(&idle);
    program_signal(&lido, SIGTERM);
    client_expect_end(&idle); /* now the program is stopping */
    client_send(&half, "TP/1.0\r\nAccept: application/json\r\n\r\n");
    client_read_answer(&half, "GET", &answer);
    cr_expect_eq(answer.status, 503);
    cr_expect_str_eq(answer.body, "{\"status\": \"draining\", \"reasons\": "
                                  "[\"the server is about to stop and finishes what it has begun\"]}\n");
    client_expect_end(&half);
    client_close(&half);
    client_close(&idle);
    cr_expect_eq(program_wait(&lido), 0);
}

StageTest(status, counts_what_a_client_counted) {
    stage_needs_own_settings("the number of threads that it counts on");
    serve(LIST("LIDO_THREADS=3", "LIDO_QUEUE=17"));
    int64_t begin_ms = clock_now_ms();
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(get("/"), 200);
    }
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(get("/missing"), 404);
    }
    json_t *all = status_json_read_of(25, 0);
    double status_requests = status_json_number(all, "counts.status_requests");
    expect_number(all, "counts.accepted", 26 + status_requests);
    expect_number(all, "counts.incomplete", 0);
    expect_number(all, "counts.rejected", 0);
    expect_number(all, "counts.timeouts.reading", 0);
    expect_number(all, "statuses.200", 20 + status_requests);
    expect_number(all, "statuses.404", 5);
    expect_number(all, "pool.threads", 3);
    expect_number(all, "queue.capacity", 17);
    expect_number(all, "connections.open", 1);
    if (clock_now_ms() - begin_ms < 9000) { /* nothing is said about a run that was held up for longer */
        expect_number(all, "windows.10s.requests", 25 + status_requests);
    }
    expect_number(all, "windows.5m.service.count", 25); /* without those for the status */
    expect_number(all, "windows.5m.wait.count", 25);
    cr_expect_eq(json_array_size(json_object_get(all, "workers")), 3);
    json_decref(all);
}

StageTest(status, has_the_same_numbers_as_metrics) {
    stage_needs_own_settings("the number of threads that it counts on");
    serve(LIST("LIDO_THREADS=3"));
    for (int i = 0; i < 9; i++) {
        cr_assert_eq(get(i < 7 ? "/" : "/missing"), i < 7 ? 200 : 404);
    }
    json_decref(status_json_read_of(9, 0));
    cr_assert_eq(get("/.lido/metrics"), 200);
    cr_expect(answer_field_is(&answer, "Content-Type", "text/plain; version=0.0.4; charset=utf-8"));
    prometheus_check(answer.body);
    double status_requests = prometheus_value(answer.body, "lido_status_requests_total");
    cr_expect_eq(prometheus_value(answer.body, "lido_requests_total"), 9 + status_requests);
    cr_expect_eq(prometheus_value(answer.body, "lido_responses_total{status=\"200\"}"), 7 + status_requests);
    cr_expect_eq(prometheus_value(answer.body, "lido_responses_total{status=\"404\"}"), 2);
    cr_expect_eq(prometheus_value(answer.body, "lido_request_service_seconds_count"), 9);
    cr_expect_eq(prometheus_value(answer.body, "lido_threads"), 3);
}

StageTest(status, has_the_points_of_the_plots_on_demand) {
    serve(NULL);
    json_t *all = status_json_read();
    cr_expect_null(json_object_get(all, "series"));
    json_decref(all);
    cr_assert_eq(get("/.lido/status.json?series=1"), 200);
    all = json_loads(answer.body, 0, NULL);
    const json_t *seconds = json_object_get(json_object_get(all, "series"), "seconds");
    cr_expect_eq(json_array_size(json_object_get(seconds, "requests")),
                 json_array_size(json_object_get(seconds, "wait_p99_s")));
    cr_expect_eq(json_integer_value(json_object_get(seconds, "step_s")), 1);
    json_decref(all);
}

StageTest(status, is_not_logged) {
    serve(NULL);
    cr_assert_eq(get("/.lido/health"), 200);
    cr_assert_eq(get("/.lido/status.json"), 200);
    cr_assert_eq(get("/?this"), 200);
    program_await_line(&lido, &lido.out, "/?this", NULL);
    cr_expect_eq(program_count_lines(&lido.out), 1);
}

StageTest(status, is_logged_if_wanted) {
    serve(LIST("LIDO_STATUS_LOG=on"));
    cr_assert_eq(get("/.lido/health"), 200);
    program_await_line(&lido, &lido.out, "GET /.lido/health", NULL);
}

StageTest(status, can_be_elsewhere_or_nowhere) {
    serve(LIST("LIDO_STATUS=/pool"));
    cr_expect_eq(get("/pool/health"), 200);
    cr_expect_eq(get("/.lido/health"), 404);
    program_stop(&lido);
    serve(LIST("LIDO_STATUS=off"));
    cr_expect_eq(get("/.lido/health"), 404);
}

/* Serve with these settings and the status pages at a UNIX socket, whose address is returned. */
static struct sockaddr_un serve_with_admin(const char *first, const char *second, const char *third) {
    char option[FOLDER_PATH_BYTES + sizeof "LIDO_ADMIN=unix:"];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(option, sizeof option, "LIDO_ADMIN=unix:%s", folder_path(&workplace, "admin").text);
    struct folder_path path = folder_path(&workplace, "admin");
    cr_assert_lt(strlen(path.text), sizeof address.sun_path);
    memcpy(address.sun_path, path.text, strlen(path.text));
    serve(LIST(option, first, second, third));
    return address;
}

StageTest(status, has_an_address_of_its_own) {
    struct sockaddr_un address = serve_with_admin(NULL, NULL, NULL);
    cr_expect_eq(get("/.lido/health"), 404, "not where the files are");
    cr_expect_eq(get("/"), 200);
    static const char *const there[] = {"/.lido/health", "/health", "/status.json"};
    for (size_t i = 0; i < sizeof there / sizeof *there; i++) {
        cr_expect_eq(get_from((const struct sockaddr *)(const void *)&address, sizeof address, there[i]), 200,
                     "%s", there[i]);
    }
    cr_expect_eq(get_from((const struct sockaddr *)(const void *)&address, sizeof address, "/index.html"),
                 404);
}

/* Whoever looks after the server is let in while others are turned away. */
StageTest(status, is_not_turned_away_at_an_address_of_its_own) {
    enum { ENTRIES = 1500, FLOOD = 100, LOOKS = 10 };
    static struct client flood[FLOOD];
    folder_write_many(&site, "list/entry-%04d.txt", ENTRIES, 0);
    struct sockaddr_un address = serve_with_admin("LIDO_THREADS=1", "LIDO_QUEUE=1", "LIDO_WHEN_FULL=reject");
    for (int i = 0; i < FLOOD; i++) {
        client_connect(&flood[i], lido.port);
        client_send(&flood[i], "GET /list/ HTTP/1.0\r\n\r\n");
    }
    for (int i = 0; i < LOOKS; i++) {
        cr_expect_eq(get_from((const struct sockaddr *)(const void *)&address, sizeof address, "/metrics"),
                     200);
    }
    cr_expect_gt(prometheus_value(answer.body, "lido_rejected_total"), 0, "others were");
    for (int i = 0; i < FLOOD; i++) {
        client_close(&flood[i]);
    }
}

/* An address of this machine that is not on the loopback interface. */
static bool find_other_address(struct sockaddr_storage *found) {
    struct ifaddrs *list = NULL;
    bool is_found = false;
    cr_assert_eq(getifaddrs(&list), 0);
    for (const struct ifaddrs *entry = list; entry != NULL && !is_found; entry = entry->ifa_next) {
        is_found = entry->ifa_addr != NULL && entry->ifa_addr->sa_family == AF_INET &&
                   (entry->ifa_flags & IFF_LOOPBACK) == 0;
        if (is_found) {
            memcpy(found, entry->ifa_addr, sizeof(struct sockaddr_in));
        }
    }
    freeifaddrs(list);
    return is_found;
}

StageTest(status, is_not_there_for_other_machines) {
    struct sockaddr_storage other = {0};
    if (!find_other_address(&other)) {
        stage_skip("this machine has no address but the loopback one");
    }
    serve(LIST("LIDO_LISTEN=*:0"));
    const char *port = strstr(lido.err.text, "localhost:");
    cr_assert_not_null(port, "%s", lido.err.text);
    lido.port = (uint16_t)strtoul(port + strlen("localhost:"), NULL, 10);
    ((struct sockaddr_in *)(void *)&other)->sin_port = htons(lido.port);
    const struct sockaddr *address = (const struct sockaddr *)(const void *)&other;
    cr_expect_eq(get_from(address, sizeof(struct sockaddr_in), "/"), 200);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_expect_eq(get_from(address, sizeof(struct sockaddr_in), names[i]), 404, "%s", names[i]);
    }
    cr_expect_eq(get_from(address, sizeof(struct sockaddr_in), "http://localhost/.lido/health"), 404);
    cr_expect_eq(get("/.lido/health"), 200, "but for this one");
}
