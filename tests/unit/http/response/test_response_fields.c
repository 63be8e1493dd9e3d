/* SPDX-License-Identifier: MIT */
/* The head of an answer where the owner has fields of his own. Which of them hold is decided in
 * header_fields.h. */
#include "tests/unit/http/response/partial.h"
#include "tests/unit/http/response/shared_file.h"
#include "tests/unit/support/bodies.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { OWN_MAX = 8 };

static const struct response_form closed = {.date = PARTIAL_DATE};
static const struct response_form bare = {.bare = true, .date = PARTIAL_DATE};

TestSuite(response_fields, .init = partial_set_up, .fini = partial_tear_down, .timeout = 60);

/* Up to the first one without a name. */
static void set_own(const struct own_field own[OWN_MAX]) {
    response.own.count = 0;
    for (size_t i = 0; i < OWN_MAX && own[i].name != NULL; i++) {
        response.own.fields[response.own.count++] = &own[i];
    }
}

static void expect_head(const char *name, const char *expected) {
    cr_expect(response.head.length == strlen(expected) &&
                  memcmp(response.head.bytes, expected, response.head.length) == 0,
              "%s: expected\n%s\nand got\n%.*s", name, expected, (int)response.head.length,
              response.head.bytes);
}

#define STATUS_LINE "HTTP/1.0 200 OK\r\n"
#define DATE_LINE "Date: " PARTIAL_DATE "\r\n"
#define FRAME "Content-Length: 0\r\nConnection: close\r\n"

Test(response_fields, of_the_owner_replace_those_of_the_server) {
    static const struct {
        const char *name;
        struct own_field own[OWN_MAX];
        const char *head;
    } rows[] = {
        {"none",
         {{0}},
         STATUS_LINE "Server: Lido\r\n" DATE_LINE
                     "X-A: theirs\r\nVary: Accept\r\nContent-Type: text/plain\r\n" FRAME "\r\n"},
        {"one more, and last",
         {{"X-B", "own"}},
         STATUS_LINE "Server: Lido\r\n" DATE_LINE
                     "X-A: theirs\r\nVary: Accept\r\nContent-Type: text/plain\r\n" FRAME "X-B: own\r\n\r\n"},
        {"several of one name",
         {{"Set-Cookie", "a"}, {"Set-Cookie", "b"}},
         STATUS_LINE "Server: Lido\r\n" DATE_LINE
                     "X-A: theirs\r\nVary: Accept\r\nContent-Type: text/plain\r\n" FRAME
                     "Set-Cookie: a\r\nSet-Cookie: b\r\n\r\n"},
        {"replaced in any letter case",
         {{"x-a", "own"}, {"server", "Own"}, {"content-type", "own/type"}},
         STATUS_LINE DATE_LINE "Vary: Accept\r\n" FRAME
                               "x-a: own\r\nserver: Own\r\ncontent-type: own/type\r\n\r\n"},
        {"removed",
         {{"X-A", NULL}, {"Server", NULL}, {"Content-Type", NULL}, {"Vary", NULL}},
         STATUS_LINE DATE_LINE FRAME "\r\n"},
        {"RFC 9110 section 12.5.5: Vary adds up",
         {{"Vary", "Cookie"}},
         STATUS_LINE "Server: Lido\r\n" DATE_LINE
                     "X-A: theirs\r\nVary: Accept\r\nContent-Type: text/plain\r\n" FRAME
                     "Vary: Cookie\r\n\r\n"},
        {"an empty value",
         {{"Server", ""}},
         STATUS_LINE DATE_LINE "X-A: theirs\r\nVary: Accept\r\nContent-Type: text/plain\r\n" FRAME
                               "Server: \r\n\r\n"},
        {"RFC 9112 section 6.3: what frames stays as it is",
         {{"content-length", "7"},
          {"Connection", "keep-alive"},
          {"Date", "now"},
          {"Transfer-Encoding", "chunked"},
          {"CONTENT-RANGE", "bytes 0-1/2"}},
         STATUS_LINE "Server: Lido\r\n" DATE_LINE
                     "X-A: theirs\r\nVary: Accept\r\nContent-Type: text/plain\r\n" FRAME "\r\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        set_own(rows[i].own);
        response_begin(&response, &closed, HTTP_OK);
        response_add_field(&response, "X-A", "theirs");
        response_add_field(&response, "Vary", "Accept");
        finish_with_text(&response, "", "text/plain");
        expect_head(rows[i].name, rows[i].head);
        response_clear(&response);
        cr_expect_eq(response.own.count, 0, "%s", rows[i].name);
    }
}

static void with_file(void) {
    struct resource file = partial_open_file(0, &(struct range_set){.count = 0});
    finish_with_file(&response, &file, NULL, NULL);
}

static void with_contents(void) {
    struct resource file = shared_file_filled(0);
    finish_with_file(&response, &file, NULL, NULL);
}

static void with_text(void) {
    finish_with_text(&response, "", NULL);
}

Test(response_fields, of_the_owner_are_in_every_kind_of_answer) {
    static const struct own_field own[OWN_MAX] = {{"X-B", "own"}};
    static void (*const finishes[])(void) = {with_file, with_contents, with_text};
    static const struct response_form forms[] = {{.date = PARTIAL_DATE},
                                                 {.without_body = true, .date = PARTIAL_DATE}};
    for (size_t i = 0; i < sizeof finishes / sizeof *finishes; i++) {
        for (size_t j = 0; j < sizeof forms / sizeof *forms; j++) {
            set_own(own);
            response_begin(&response, &forms[j], HTTP_OK);
            finishes[i]();
            expect_head("with a body", STATUS_LINE "Server: Lido\r\n" DATE_LINE FRAME "X-B: own\r\n\r\n");
            response_clear(&response);
        }
    }
    set_own(own);
    response_begin(&response, &closed, HTTP_NOT_MODIFIED);
    response_finish(&response, NULL, NULL);
    expect_head("without one", "HTTP/1.0 304 Not Modified\r\nServer: Lido\r\n" DATE_LINE
                               "Connection: close\r\nX-B: own\r\n\r\n");
    response_clear(&response);
    set_own(own);
    response_begin(&response, &bare, HTTP_OK);
    finish_with_text(&response, "", NULL);
    expect_head("to a simple request", "");
}

Test(response_fields, that_frame_ranges_stay_as_they_are) {
    static const struct own_field own[OWN_MAX] = {
        {"Content-Type", "own/type"}, {"Content-Range", NULL}, {"Server", NULL}};
    struct range_set ranges = partial_ranges(1, 0, 0, 5);
    set_own(own);
    partial_make(FROM_FILE, 9, "text/plain", &ranges, &closed);
    expect_head("one", "HTTP/1.0 206 Partial Content\r\n" DATE_LINE
                       "Content-Range: bytes 0-4/9\r\nContent-Length: 5\r\nConnection: close\r\n"
                       "Content-Type: own/type\r\n\r\n");
    response_clear(&response);

    ranges = partial_ranges(2, 0, 6, 2);
    set_own(own);
    partial_make(FROM_FILE, 9, "text/plain", &ranges, &closed);
    char boundary[33];
    char expected[512];
    partial_read_boundary(boundary);
    (void)snprintf(expected, sizeof expected,
                   "HTTP/1.0 206 Partial Content\r\n" DATE_LINE
                   "Content-Type: multipart/byteranges; boundary=%s\r\n"
                   "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                   boundary, response.body.text.length);
    expect_head("two", expected);
    response_clear(&response);

    set_own(own); /* it is not removed from a 416 either */
    response_begin(&response, &closed, HTTP_RANGE_NOT_SATISFIABLE);
    response_add_field(&response, "content-range", "bytes */9");
    finish_with_text(&response, "", NULL);
    expect_head("unsatisfiable", "HTTP/1.0 416 Range Not Satisfiable\r\n" DATE_LINE
                                 "content-range: bytes */9\r\n" FRAME "Content-Type: own/type\r\n\r\n");
    response_clear(&response);

    set_own(own); /* it was the ranges that made the type stay */
    response_begin(&response, &closed, HTTP_OK);
    finish_with_text(&response, "", "text/plain");
    expect_head("none", STATUS_LINE DATE_LINE FRAME "Content-Type: own/type\r\n\r\n");
}
