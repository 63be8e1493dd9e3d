/* SPDX-License-Identifier: MIT */
/*
 * A whole connection over a pair of sockets: whatever a client sends, and however it is cut, what comes back is
 * well-formed answers, one for each that was reported, and no descriptor is left. The settings change meanwhile.
 *
 * An input is pieces with a byte before each: how long it is, and whether the settings change before it.
 */
#include "http/base/text.h"
#include "http/connection.h"
#include "http/handler/handler.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/serving.h"
#include "tests/support/answer.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    INPUT_MAX_BYTES = 4096,
    PIECE_BITS = 0x7F,
    RECEIVED_BYTES = 64 * 1024,
    ANSWERS_MAX = 200,
    TURNS_MAX = 100000
};

struct reported {
    int status;
    bool is_head;
    bool is_whole;
    bool is_simple; /* HTTP/0.9: without a head */
};

static struct reported answers[ANSWERS_MAX];
static size_t answer_count;
static const struct site *site;
static struct generation_place place;
static struct connection_service service = {.generations = &place};
static struct text received;

static bool is_simple(struct view line) {
    size_t blanks = 0;
    for (size_t i = 0; i < line.length; i++) {
        blanks += line.bytes[i] == ' ';
    }
    return line.bytes != NULL && blanks < 2;
}

static void on_answered(void *context, const struct answer_record *record) {
    (void)context;
    fuzz_check(answer_count < ANSWERS_MAX);
    struct view line = record->request_line;
    answers[answer_count++] = (struct reported){
        .status = (int)record->status,
        .is_head = line.length > 5 && memcmp(line.bytes, "HEAD ", 5) == 0,
        .is_whole = record->complete,
        .is_simple = is_simple(line),
    };
}

static void destroy_generation(struct generation *generation) {
    free(generation);
}

static struct generation *make_generation(uint8_t choice) {
    struct generation *generation = calloc(1, sizeof *generation);
    fuzz_check(generation != NULL);
    *generation = (struct generation){
        .site = site,
        .limits = {.head = {.request_line_bytes = choice & 1 ? 40 : 2000,
                            .head_bytes = choice & 2 ? 300 : 3000,
                            .field_count = choice & 4 ? 3 : 100},
                   .body_bytes = choice & 8 ? 5 : 1000},
        .timeouts = {.header_ms = 1000000, .keepalive_ms = 1000000, .send_ms = 1000000, .linger_ms = 1000000},
        .splits_time = (choice & 16) != 0,
        .tells_time = (choice & 16) != 0,
        .destroy = destroy_generation,
    };
    atomic_init(&generation->holds, 1);
    return generation;
}

static void set_up(void) {
    if (site == NULL) {
        site = serving_create_site();
        generation_place_init(&place, make_generation(0));
        fuzz_check(handler_write_overload(&service.overload) == 0);
    }
}

/* Take what the server has sent. */
static void receive(int fd) {
    for (;;) {
        char *room = text_reserve(&received, RECEIVED_BYTES);
        fuzz_check(room != NULL);
        ssize_t count = recv(fd, room, RECEIVED_BYTES, 0);
        if (count <= 0) {
            return;
        }
        received.length += (size_t)count;
    }
}

/* Serve until it waits for the client. Returns whether the connection goes on. */
static bool serve(struct connection *connection, struct connection_worker *worker, int client_fd) {
    for (size_t turn = 0;; turn++) {
        fuzz_check(turn < TURNS_MAX);
        enum connection_verdict verdict = connection_serve(connection, worker);
        receive(client_fd);
        if (verdict == CONNECTION_WAIT_READABLE || verdict == CONNECTION_DONE) {
            return verdict == CONNECTION_WAIT_READABLE;
        }
    }
}

static void talk(struct fuzz_input *input, struct connection_worker *worker) {
    struct client_address client = {.family = AF_UNIX};
    struct connection connection;
    int fds[2];
    fuzz_check(serving_open_pair(fds));
    connection_open(&connection, fds[0], &client, 1000000);
    bool goes_on = true;
    while (goes_on && input->length > 0) {
        uint8_t choice = fuzz_byte(input);
        if (choice > PIECE_BITS) {
            generation_place_change(&place, make_generation(fuzz_byte(input)));
        }
        size_t piece = 1 + (size_t)(choice & PIECE_BITS);
        piece = piece < input->length ? piece : input->length;
        (void)send(fds[1], input->bytes, piece, MSG_NOSIGNAL);
        input->bytes += piece;
        input->length -= piece;
        goes_on = serve(&connection, worker, fds[1]);
    }
    if (goes_on) {
        (void)shutdown(fds[1], SHUT_WR);
        connection.expired = serve(&connection, worker, fds[1]);
        fuzz_check(!connection.expired || connection_serve(&connection, worker) != CONNECTION_WAIT_WRITABLE);
    }
    connection_close(&connection);
    receive(fds[1]);
    (void)close(fds[1]);
}

/* The answers as they were reported, one behind the other, and nothing else. */
static void check_answers(void) {
    static struct answer answer;
    size_t at = 0;
    for (size_t i = 0; i < answer_count; i++) {
        size_t head = answers[i].is_simple ? 0 : answer_find_head(received.bytes + at, received.length - at);
        if (answers[i].is_simple && head == 0) {
            fuzz_check(i + 1 == answer_count); /* it ends with the connection */
            return;
        }
        fuzz_check(head > 0 && answer_read_head(&answer, received.bytes + at, head));
        fuzz_check(answer.status == answers[i].status);
        at += head;
        if (!answers[i].is_head && answer_has_body(&answer)) {
            fuzz_check(answer.content_length >= 0);
            at += (size_t)answer.content_length;
        }
        fuzz_check(at <= received.length || !answers[i].is_whole);
    }
    fuzz_check(answer_count == 0 ? received.length == 0
                                 : at == received.length || !answers[answer_count - 1].is_whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    set_up();
    size_t descriptors = serving_count_descriptors();
    struct connection_worker worker = {.service = &service, .on_answered = on_answered};
    struct fuzz_input input = fuzz_begin(bytes, length < INPUT_MAX_BYTES ? length : INPUT_MAX_BYTES);
    answer_count = 0;
    talk(&input, &worker);
    connection_worker_deinit(&worker);
    check_answers();
    text_clear(&received, SIZE_MAX);
    fuzz_check(serving_count_descriptors() == descriptors);
    fuzz_end(&input);
    return 0;
}
