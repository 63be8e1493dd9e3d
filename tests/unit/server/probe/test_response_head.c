/* SPDX-License-Identifier: MIT */
#include "server/probe/response_head.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(response_head, .timeout = 10);

Test(response_head, finds_where_the_body_begins) {
    static const struct {
        const char *bytes;
        size_t expected;
    } rows[] = {
        {"", 0},
        {"A\r\n", 0},
        {"A\r\n\r", 0},
        {"A\r\n\r\n", 5},
        {"A\r\n\r\nbody\r\n\r\n", 5},
        {"A\n\n", 3},
        {"A\nB\n\nbody", 5},
        {"A\r\nB\n\r\nbody", 7},
        {"A\n\r", 0},
        {"A\r\n \r\n", 0},
        {"A\r\r\n", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t found = response_head_find_body(rows[i].bytes, strlen(rows[i].bytes));
        cr_expect(found == rows[i].expected, "row %zu: %zu", i, found);
    }
}

Test(response_head, reads_status_and_length) {
    static const struct {
        const char *head;
        int status;
        size_t status_line_size;
        uint64_t body_length;
    } rows[] = {
        {"HTTP/1.0 200 OK\r\n\r\n", 200, 15, RESPONSE_LENGTH_UNKNOWN},
        {"HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\n", 404, 22, 10},
        {"HTTP/1.0 200 OK\nContent-Length:0\n\n", 200, 15, 0},
        {"HTTP/1.0 200\r\ncontent-LENGTH: \t 7 \t\r\n\r\n", 200, 12, 7},
        {"HTTP/1.0 200 \r\nX: y\r\nContent-Length: 7\r\nContent-Length: 7\r\n\r\n", 200, 13, 7},
        {"HTTP/1.0 200 OK\r\nX-Content-Length: 7\r\n\r\n", 200, 15, RESPONSE_LENGTH_UNKNOWN},
        {"HTTP/1.0 200 OK\r\nContent-Length: 1844674407370955160\r\n\r\n", 200, 15, 1844674407370955160U},
        {"HTTP/1.0 304 Not Modified\r\nContent-Length: 7\r\n\r\n", 304, 25, 0},
        {"HTTP/1.0 204 No Content\r\n\r\n", 204, 23, 0},
        {"HTTP/1.0 999 \r\n\r\n", 999, 13, RESPONSE_LENGTH_UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct response_head head;
        const char *complaint = response_head_parse(rows[i].head, strlen(rows[i].head), &head);
        cr_assert(complaint == NULL, "row %zu: %s", i, complaint);
        cr_expect(head.status == rows[i].status, "row %zu: status %d", i, head.status);
        cr_expect(head.status_line_size == rows[i].status_line_size, "row %zu: size %zu", i,
                  head.status_line_size);
        cr_expect(head.body_length == rows[i].body_length, "row %zu: length %ju", i,
                  (uintmax_t)head.body_length);
    }
}

Test(response_head, refuses_what_it_cannot_rely_on) {
    static const char *const heads[] = {
        "",
        "\r\n\r\n",
        "HTTP/1.0\r\n\r\n",
        "HTTP/1.0 \r\n\r\n",
        "HTTP/1.0 20\r\n\r\n",
        "HTTP/1.0 2000 OK\r\n\r\n",
        "HTTP/1.0 099 Low\r\n\r\n",
        "HTTP/1.0  200 OK\r\n\r\n",
        "HTTP/x.0 200 OK\r\n\r\n",
        "http/1.0 200 OK\r\n\r\n",
        "ICY 200 OK and more\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length:\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 1x\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 1, 1\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct response_head head = {.status = -1};
        cr_expect(response_head_parse(heads[i], strlen(heads[i]), &head) != NULL, "row %zu", i);
        cr_expect(head.status == -1, "row %zu is untouched", i);
    }
}
