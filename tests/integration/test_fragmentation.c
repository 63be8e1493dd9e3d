/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <signal.h>
#include <string.h>
#include <sys/socket.h>

/*
 * However the network cuts a request, the answer is the same. To be sure that the cut is seen, and the two
 * pieces are not received as one, each piece is followed by a round trip of another client: there is one
 * worker, which has looked at the piece before it serves that client.
 */

struct reply {
    size_t length;
    char bytes[32 * 1024];
};

static struct client pacer;

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "<p>content\n");
    folder_touch(&site, "index.html",
                 784111777); /* its tag would change as soon as it is not young any more */
    folder_mkdir(&site, "sub");
    serve(LIST("LIDO_THREADS=1", "LIDO_MAX_FIELDS=4"));
    client_connect(&pacer, lido.port);
}

static void tear_down(void) {
    client_close(&pacer);
    stage_tear_down();
}

TestSuite(fragmentation, .init = set_up_site, .fini = tear_down, .timeout = 2.0 * STAGE_TIMEOUT_S);

/* Each makes the server close, and its outcome is not clear before the last byte, lest a reset eat the
 * answer. */
static const char *const requests[] = {
    "GET / HTTP/1.0\r\n\r\n",
    "GET /\r\n",
    "HEAD / HTTP/1.0\r\nUser-Agent: x\r\n\r\n",
    "OPTIONS * HTTP/1.0\r\n\r\n",
    "GET /none HTTP/1.0\r\n\r\n",
    "GET /sub?a=b HTTP/1.0\r\n\r\n",
    "\r\n\nGET / HTTP/1.0\nA: b\n\n",
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET /sub HTTP/1.0\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbodyGET / HTTP/1.0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: u\r\n\r\nGET / HTTP/1.0\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n",
    "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "GET / HTTP/1.0\r\nExpect: miracles\r\n\r\n",
    "GET /%zz HTTP/1.0\r\n\r\n",
    "GET / HTTP/2.0\r\n\r\n",
    "get / HTTP/1.0\r\n\r\n",
    "BREW /pot HTTP/1.0\r\n\r\n",
    "PROPFIND / HTTP/1.0\r\n\r\n",
};
enum { REQUEST_COUNT = sizeof requests / sizeof *requests };

/* Dates pass on while the test runs: blank them. */
static void blank_date(struct reply *reply, const char *name) {
    size_t date_length = 29;
    char *end = reply->bytes + reply->length;
    for (char *at = reply->bytes; (at = memmem(at, (size_t)(end - at), name, strlen(name))) != NULL;) {
        at += strlen(name);
        cr_assert(end - at >= (ptrdiff_t)date_length);
        memset(at, '-', date_length);
    }
}

static void blank_dates(struct reply *reply) {
    blank_date(reply, "\r\nDate: ");
    blank_date(reply, "\r\nExpires: ");
}

/* Connect, and send the request in pieces: a cut after byte i where is_cut(i, cut). */
static void exchange(const char *request, bool (*is_cut)(size_t i, size_t cut), size_t cut,
                     struct reply *reply) {
    struct client client;
    size_t begin = 0;
    client_connect(&client, lido.port);
    for (size_t end = 1; end <= strlen(request); end++) {
        if (!is_cut(end, cut) && request[end] != '\0') {
            continue;
        }
        client_send_bytes(&client, request + begin, end - begin);
        begin = end;
        round_trip(&pacer);
        round_trip(&pacer); /* the first one may have overtaken a new connection */
    }
    cr_assert(client_read_to_end(&client) == CLIENT_CLOSED, "%s cut at %zu: reset", request, cut);
    cr_assert(client.length <= sizeof reply->bytes);
    reply->length = client.length;
    if (client.length > 0) {
        memcpy(reply->bytes, client.bytes, client.length);
    }
    blank_dates(reply);
    client_close(&client);
}

static bool nowhere(size_t i, size_t cut) {
    (void)i, (void)cut;
    return false;
}

static bool here(size_t i, size_t cut) {
    return i == cut;
}

static bool everywhere(size_t i, size_t cut) {
    (void)i, (void)cut;
    return true;
}

static void expect_same(const char *request, size_t cut, const struct reply *whole,
                        const struct reply *pieces) {
    cr_assert(whole->length == pieces->length && memcmp(whole->bytes, pieces->bytes, whole->length) == 0,
              "%s\ncut at %zu gave\n%.*s\nand whole\n%.*s", request, cut, (int)pieces->length, pieces->bytes,
              (int)whole->length, whole->bytes);
}

StageTest(fragmentation, at_any_one_place_changes_no_answer) {
    static struct reply whole;
    static struct reply pieces;
    for (size_t i = 0; i < REQUEST_COUNT; i++) {
        exchange(requests[i], nowhere, 0, &whole);
        cr_assert(whole.length > 0, "%s: no answer", requests[i]);
        for (size_t cut = 1; cut < strlen(requests[i]); cut++) {
            exchange(requests[i], here, cut, &pieces);
            expect_same(requests[i], cut, &whole, &pieces);
        }
    }
}

StageTest(fragmentation, into_single_bytes_changes_no_answer) {
    static struct reply whole;
    static struct reply pieces;
    for (size_t i = 0; i < REQUEST_COUNT; i++) {
        exchange(requests[i], nowhere, 0, &whole);
        exchange(requests[i], everywhere, 1, &pieces);
        expect_same(requests[i], 1, &whole, &pieces);
    }
}

/* A byte that TCP was told to be urgent is one of the request like the others, wherever it is. */
StageTest(fragmentation, takes_urgent_bytes_for_what_they_are) {
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    struct client client;
    client_connect(&client, lido.port);
    for (size_t cut = 1; cut < sizeof request; cut++) {
        program_signal(&lido, SIGSTOP); /* so that all is there when it looks */
        cr_assert(send(client.fd, request, cut, MSG_OOB) == (ssize_t)cut);
        client_send_bytes(&client, request + cut, sizeof request - 1 - cut);
        program_signal(&lido, SIGCONT);
        client_read_answer(&client, "GET", &answer);
        cr_assert(answer.status == 200, "urgent at byte %zu: status %d", cut, answer.status);
    }
    client_close(&client);
}
