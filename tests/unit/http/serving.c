/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/serving.h"

#include "http/handler/handler.h"
#include "tests/support/filling.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct folder root;
struct connection_service service;
struct connection_worker worker;
struct answered answers[ANSWERS_MAX];
size_t answer_count;
uint64_t told_body_bytes;
char steps[STEPS_MAX];
struct socket_pair pair;
struct connection connection = {.fd = -1};
struct answer answer;

enum { LINE_LIMIT = 8 * 1024, HEAD_LIMIT = 16 * 1024, BODY_LIMIT = 64 * 1024 };

static struct site *site;
static struct generation generation; /* never destroyed: its first hold stays */
static struct generation_place place;
static int descriptors_before;

/* --- what the worker tells ------------------------------------------------------------------------------ */

static void copy_view(char *out, size_t size, struct view view) {
    (void)snprintf(out, size, "%.*s", (int)view.length, view.bytes != NULL ? view.bytes : "");
}

static void on_sent(void *context, uint64_t body_bytes) {
    cr_assert_eq(context, &answers);
    cr_expect_gt(body_bytes, 0);
    told_body_bytes += body_bytes;
}

static void on_answered(void *context, const struct answer_record *record) {
    cr_assert_eq(context, &answers);
    cr_assert_eq(record->client, &connection.client);
    cr_assert_lt(answer_count, (size_t)ANSWERS_MAX);
    struct answered *copy = &answers[answer_count++];
    *copy = (struct answered){
        .status = record->status,
        .body_bytes = record->body_bytes,
        .new_body_bytes = record->new_body_bytes,
        .duration_ns = record->duration_ns,
        .complete = record->complete,
        .error = record->error,
        .has_line = record->request_line.bytes != NULL,
    };
    copy_view(copy->line, sizeof copy->line, record->request_line);
    copy_view(copy->referer, sizeof copy->referer, record->referer);
    copy_view(copy->user_agent, sizeof copy->user_agent, record->user_agent);
}

static void on_step(void *context, enum connection_step step) {
    static const char letters[] = {
        [CONNECTION_STEP_READ] = 'r', [CONNECTION_STEP_RESOLVE] = 'x', [CONNECTION_STEP_SEND] = 's'};
    cr_assert_eq(context, &answers);
    size_t length = strlen(steps);
    cr_assert_lt(length + 1, sizeof steps);
    steps[length] = letters[step];
}

/* --- the stage ------------------------------------------------------------------------------------------ */

static void create_site(void) {
    struct site_options options = {.root = root.path,
                                   .listing = true,
                                   .media_types = {.charset = "utf-8"},
                                   .rules = {.folder_download = true}};
    folder_create(&root);
    folder_write_text(&root, "small", "content");
    folder_write_pattern(&root, "large", 0, LARGE_BYTES);
    cr_assert_eq(site_create(&site, &options), 0);
}

void serving_set_up(void) {
    descriptors_before = count_descriptors();
    create_site();
    generation = (struct generation){
        .site = site,
        .limits = {.head = {.request_line_bytes = LINE_LIMIT, .head_bytes = HEAD_LIMIT, .field_count = 100},
                   .body_bytes = BODY_LIMIT},
        .timeouts = {.header_ms = HEADER_TIMEOUT_MS,
                     .keepalive_ms = KEEPALIVE_TIMEOUT_MS,
                     .send_ms = SEND_TIMEOUT_MS,
                     .linger_ms = LINGER_TIMEOUT_MS},
    };
    atomic_init(&generation.holds, 2);
    generation_place_init(&place, &generation);
    service = (struct connection_service){.generations = &place};
    cr_assert_eq(handler_write_overload(&service.overload), 0);
    worker = (struct connection_worker){.service = &service,
                                        .on_step = on_step,
                                        .on_sent = on_sent,
                                        .on_answered = on_answered,
                                        .context = &answers};
    pair = (struct socket_pair){-1, -1};
    connect_client();
}

static void open_connection(sa_family_t family) {
    struct client_address client = {.family = family};
    connection_open(&connection, pair.ours, &client, HEADER_TIMEOUT_MS);
    pair.ours = -1; /* the connection's now */
}

static void disconnect(void) {
    connection_close(&connection);
    socket_pair_close(&pair);
}

void serving_tear_down(void) {
    disconnect();
    connection_worker_deinit(&worker);
    text_deinit(&service.overload);
    site_destroy(site);
    folder_remove(&root);
    if (count_descriptors() != descriptors_before) {
        (void)fprintf(stderr, "%d descriptors instead of %d\n", count_descriptors(), descriptors_before);
        abort(); /* Criterion does not count an assertion in .fini */
    }
}

void connect_client(void) {
    disconnect();
    socket_pair_open(&pair);
    open_connection(AF_UNIX);
}

void connect_client_by_tcp(void) {
    disconnect();
    socket_pair_open_tcp(&pair);
    open_connection(AF_INET);
}

void expect_served(enum connection_verdict verdict, enum connection_phase phase, int line) {
    enum connection_verdict given = connection_serve(&connection, &worker);
    cr_assert_eq(given, verdict, "line %d: verdict %d instead of %d", line, (int)given, (int)verdict);
    cr_assert_eq(connection.phase, phase, "line %d: phase %d instead of %d", line, (int)connection.phase,
                 (int)phase);
    cr_assert_not(connection.expired, "line %d", line);
    bool under_way = phase == CONNECTION_READING || phase == CONNECTION_SENDING;
    if (verdict == CONNECTION_WAIT_READABLE || verdict == CONNECTION_WAIT_WRITABLE) {
        bool holds = connection.exchange != NULL || connection.waiting.head != NULL;
        cr_assert_eq(holds, under_way, "line %d: a request is held, or is not", line);
        cr_assert_eq(connection.waiting.memory.bytes > 0, under_way, "line %d: and counted", line);
    }
}

/* --- the client ----------------------------------------------------------------------------------------- */

void expect_head(int status) {
    char head[ANSWER_HEAD_BYTES];
    size_t size = 0;
    while (answer_find_head(head, size) == 0) {
        cr_assert_lt(size, sizeof head);
        socket_pair_receive_all(&pair, head + size, 1);
        size++;
    }
    cr_assert(answer_read_head(&answer, head, size), "%s", answer.malformed);
    cr_assert_eq(answer.status, status, "status %d instead of %d", answer.status, status);
}

void expect_answer(int status) {
    expect_head(status);
    if (answer_has_body(&answer)) {
        cr_assert(answer.content_length >= 0 && answer.content_length <= ANSWER_BODY_BYTES);
        answer.body_size = (size_t)answer.content_length;
        socket_pair_receive_all(&pair, answer.body, answer.body_size);
    }
    answer.body[answer.body_size] = '\0';
}

void expect_silence(void) {
    char bytes[200];
    size_t size = socket_pair_receive_text(&pair, bytes, sizeof bytes);
    cr_assert_eq(size, 0, "%zu bytes: %s", size, bytes);
}

void expect_closed(void) {
    connection_close(&connection);
    int error = socket_pair_receive_end(&pair);
    cr_assert_eq(error, 0, "%s", strerror(error));
}

size_t receive_large(size_t offset) {
    static char bytes[LARGE_BYTES + 1];
    size_t received = 0;
    enum connection_verdict verdict = CONNECTION_AGAIN;
    while (verdict == CONNECTION_AGAIN || verdict == CONNECTION_WAIT_WRITABLE) {
        received += socket_pair_receive(&pair, bytes + received, sizeof bytes - received);
        verdict = connection_serve(&connection, &worker);
    }
    received += socket_pair_receive(&pair, bytes + received, sizeof bytes - received);
    cr_assert(filling_matches(bytes, (off_t)offset, received));
    return received;
}
