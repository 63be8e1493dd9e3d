/* SPDX-License-Identifier: MIT */
#include "tests/semantics/replay.h"

#include "tests/semantics/expand.h"
#include "tests/semantics/expect_body.h"
#include "tests/semantics/expect_fields.h"
#include "tests/semantics/wire.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct replay {
    bool is_lido;
    struct wire fresh;  /* a connection for each exchange */
    struct wire kept;   /* one that stays */
    struct wire asides; /* for what placeholders ask, as an answer in hand is still needed */
};

/* In which way a row is asked. */
struct manner {
    const char *version; /* " HTTP/1.0", or "" where the row says it */
    int minor_version;
    bool stays;
};

static void init_wire(struct wire *wire, const struct sockaddr *address, socklen_t size) {
    memcpy(&wire->address, address, size);
    wire->address_size = size;
    wire->fd = -1;
}

struct replay *replay_create(const struct sockaddr *address, socklen_t size, bool is_lido) {
    struct replay *replay = calloc(1, sizeof *replay);
    if (replay == NULL) {
        return NULL;
    }
    replay->is_lido = is_lido;
    init_wire(&replay->fresh, address, size);
    init_wire(&replay->kept, address, size);
    init_wire(&replay->asides, address, size);
    return replay;
}

void replay_destroy(struct replay *replay) {
    if (replay == NULL) {
        return;
    }
    wire_close(&replay->fresh);
    wire_close(&replay->kept);
    wire_close(&replay->asides);
    free(replay);
}

/* Without a named host, HTTP/1.0 is asked as its first clients did, without Host. */
static bool needs_host(const struct row *row, const struct manner *manner) {
    return !row->without_host && strstr(row->request, "\nHost:") == NULL &&
           (row->host != NULL || manner->minor_version == 1);
}

/* Put the request together; `lines` have their placeholders replaced. */
static bool compose(const struct row *row, const struct manner *manner, const char *lines, char *request) {
    size_t first = strcspn(lines, "\n");
    size_t used = (size_t)snprintf(request, EXPANDED_BYTES, "%.*s%s\r\n", (int)first, lines, manner->version);
    if (needs_host(row, manner)) {
        used += (size_t)snprintf(request + used, EXPANDED_BYTES - used, "Host: %s\r\n",
                                 row->host != NULL ? row->host : "unnamed.test");
    }
    if (manner->minor_version == 1 && !manner->stays && strstr(lines, "\nConnection:") == NULL) {
        used += (size_t)snprintf(request + used, EXPANDED_BYTES - used, "Connection: close\r\n");
    }
    for (const char *line = lines + first; *line != '\0'; line += strcspn(line, "\n")) {
        line++;
        used += (size_t)snprintf(request + used, used < EXPANDED_BYTES ? EXPANDED_BYTES - used : 0,
                                 "%.*s\r\n", (int)strcspn(line, "\n"), line);
        if (used >= EXPANDED_BYTES - 3) {
            return false;
        }
    }
    memcpy(request + used, "\r\n", 3);
    return true;
}

static void compare(const struct replay *replay, const struct row *row, const struct manner *manner,
                    const struct expansion *expansion, struct report *report) {
    const struct wire_answer *answer = expansion->answer;
    if (answer->status != row->status) {
        report_add(report, "status %d", answer->status);
    }
    if (replay->is_lido && answer->minor_version != 0) {
        report_add(report, "the answer is of HTTP/1.%d", answer->minor_version);
    }
    expect_good_form(answer, manner->minor_version, report);
    for (size_t i = 0; i < ROW_FIELDS_MAX && row->fields[i] != NULL; i++) {
        expect_field(row->fields[i], expansion, report);
    }
    expect_body(row, answer, report);
}

static bool ask(struct replay *replay, const struct row *row, const struct manner *manner, bool in_full,
                struct report *report) {
    char lines[EXPANDED_BYTES];
    char request[EXPANDED_BYTES];
    struct wire_answer answer;
    struct report own = {0};
    struct expansion expansion = {.wire = &replay->asides, .host = row->host};
    bool is_head = strncmp(row->request, "HEAD ", 5) == 0;
    if (!expand(&expansion, row->request, lines)) {
        report_add(report, "%s", lines);
        return false;
    }
    if (!compose(row, manner, lines, request)) {
        report_add(report, "the row's request is too long");
        return false;
    }
    struct wire *wire = manner->stays ? &replay->kept : &replay->fresh;
    expansion.answer = &answer;
    if (wire_exchange(wire, request, is_head, manner->stays, &answer)) {
        compare(replay, row, manner, &expansion, &own);
    } else {
        report_add(&own, "%s", answer.problem);
    }
    if (own.length > 0) {
        report_add(report, "[1.%d] %s", manner->minor_version, own.text);
    }
    if (own.length > 0 && in_full) {
        report_add(report, "asked:\n%sanswer:\n%.*s", request, (int)answer.head_length,
                   answer.head != NULL ? answer.head : "");
    }
    return own.length == 0;
}

int replay_row(struct replay *replay, const struct row *row, bool in_full, struct report *report) {
    static const struct manner both[] = {{" HTTP/1.0", 0, false}, {" HTTP/1.1", 1, true}};
    size_t first = strcspn(row->request, "\n");
    const char *version = memmem(row->request, first, " HTTP/", 6);
    if (version != NULL) {
        struct manner given = {"", strncmp(version, " HTTP/1.1", 9) == 0, false};
        return !ask(replay, row, &given, in_full, report);
    }
    return !ask(replay, row, &both[0], in_full, report) + !ask(replay, row, &both[1], in_full, report);
}
