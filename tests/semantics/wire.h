/* SPDX-License-Identifier: MIT */
/*
 * One connection to a server, and one answer read from it.
 *
 * Knows framing (lengths, chunks, the end of the connection) and nothing of what an answer should say. It
 * serves to compare servers, so it takes HTTP/1.0 and 1.1 and needs no test framework; tests of Lido's own
 * form use tests/support/client.h. Every wait has a deadline.
 */
#ifndef LIDO_TESTS_SEMANTICS_WIRE_H
#define LIDO_TESTS_SEMANTICS_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

enum { WIRE_BYTES_MAX = 1024 * 1024, WIRE_PATIENCE_MS = 20 * 1000, WIRE_PROBLEM_BYTES = 160 };

struct wire {
    struct sockaddr_storage address;
    socklen_t address_size;
    int fd; /* -1 when not connected */
    size_t length;
    char bytes[WIRE_BYTES_MAX + 1];
};

/* Points into the wire's bytes until the next exchange. */
struct wire_answer {
    int status;
    int minor_version; /* of HTTP/1 */
    bool chunked;
    const char *head; /* status line and fields, each line with its CRLF */
    size_t head_length;
    const char *body;
    size_t body_length;
    char problem[WIRE_PROBLEM_BYTES]; /* what is wrong with the framing; "" for nothing */
};

/* Send a request and read the answer. `is_head`: to HEAD. `stays`: the connection is kept if the server
 * agrees, for the next exchange that stays, else a new one is made and the server must close it. Returns
 * false with a sentence in answer->problem if no proper answer came. */
bool wire_exchange(struct wire *wire, const char *request, bool is_head, bool stays,
                   struct wire_answer *answer) __attribute__((warn_unused_result));

void wire_close(struct wire *wire);

/* Copy the value of a field, several lines of it joined with ", ". Returns how many lines there are; 0:
 * *value is "". */
int wire_field(const struct wire_answer *answer, const char *name, char *value, size_t size);

#endif
