/* SPDX-License-Identifier: MIT */
/*
 * `lido --explain` says what the server then does: the rows of tests/semantics/, put to both.
 *
 * Compared are the heads, line by line: of Date, and of what a boundary of parts is called, only that they are there, of
 * Expires how far it lies ahead. Left out are rows that --explain has
 * no way to ask: another version than HTTP/1.1, a target in absolute form, and what is no proper field.
 */
#include "tests/semantics/content.h"
#include "tests/semantics/expand.h"
#include "tests/semantics/row.h"
#include "tests/semantics/wire.h"
#include "tests/support/stage.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

TestSuite(explain_semantics, .init = stage_set_up, .fini = stage_tear_down, .timeout = 2 * STAGE_TIMEOUT_S);

enum { SETTLED_S = 2, POLL_US = 10000 };
enum { COMPARED_MIN = 300, FIELDS_MAX = 20, ARGUMENTS_MAX = 2 * FIELDS_MAX + 8, LINE_BYTES = 1024 };

/* One row, taken apart. */
struct asked {
    char method[LINE_BYTES];
    char target[LINE_BYTES];
    char fields[FIELDS_MAX][LINE_BYTES];
    size_t field_count;
    bool stays;
};

static struct wire kept = {.fd = -1};   /* for the rows, */
static struct wire asides = {.fd = -1}; /* and for what their placeholders ask */
static struct program explain;          /* it is large */

static void connect_wires(void) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(lido.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct wire *wires[] = {&kept, &asides};
    for (size_t i = 0; i < 2; i++) {
        memcpy(&wires[i]->address, &address, sizeof address);
        wires[i]->address_size = sizeof address;
    }
}

static void add_field(struct asked *asked, const char *name, const char *value, size_t length) {
    cr_assert_lt(asked->field_count, (size_t)FIELDS_MAX);
    (void)snprintf(asked->fields[asked->field_count++], LINE_BYTES, "%s%.*s", name, (int)length, value);
}

/* Returns false for a line that --explain does not send. */
static bool read_first_line(struct asked *asked, const char *line) {
    char version[LINE_BYTES] = "HTTP/1.1";
    size_t length = strcspn(line, "\n");
    char copy[LINE_BYTES];
    char more[2];
    (void)snprintf(copy, sizeof copy, "%.*s", (int)length, line);
    int count = sscanf(copy, "%1023[^ ] %1023[^ ] %1023[^ ]%1s", asked->method, asked->target, version, more);
    asked->stays = count == 2;
    return length < LINE_BYTES && (count == 2 || count == 3) && strcmp(version, "HTTP/1.1") == 0 &&
           (asked->target[0] == '/' || strcmp(asked->target, "*") == 0);
}

/* Take the expanded lines of a row apart, with the fields that are added to them (see row.h). Returns false where it
 * cannot be asked for with --explain. */
static bool take_apart(const struct row *row, const char *lines, struct asked *asked) {
    *asked = (struct asked){.stays = false};
    if (!read_first_line(asked, lines)) {
        return false;
    }
    bool has_host = strstr(lines, "\nHost:") != NULL;
    if (!row->without_host && !has_host) {
        const char *host = row->host != NULL ? row->host : "unnamed.test";
        add_field(asked, "Host: ", host, strlen(host));
    }
    if (!asked->stays && strstr(lines, "\nConnection:") == NULL) {
        add_field(asked, "Connection: close", "", 0);
    }
    for (const char *line = lines + strcspn(lines, "\n"); *line != '\0'; line += strcspn(line, "\n")) {
        line++;
        size_t length = strcspn(line, "\n");
        size_t name_length = strcspn(line, ":\n \t");
        if (name_length == 0 || line[name_length] != ':' || length >= LINE_BYTES) {
            return false;
        }
        add_field(asked, "", line, length);
    }
    return true;
}

static void ask_server(const struct asked *asked, struct wire_answer *from_server) {
    char request[EXPANDED_BYTES];
    size_t used =
        (size_t)snprintf(request, sizeof request, "%s %s HTTP/1.1\r\n", asked->method, asked->target);
    for (size_t i = 0; i < asked->field_count; i++) {
        used += (size_t)snprintf(request + used, sizeof request - used, "%s\r\n", asked->fields[i]);
        cr_assert_lt(used, sizeof request - 3);
    }
    memcpy(request + used, "\r\n", 3);
    bool is_answered =
        wire_exchange(&kept, request, strcmp(asked->method, "HEAD") == 0, asked->stays, from_server);
    cr_assert(is_answered, "%s", from_server->problem);
}

/* A field without a value is written "Name;", as "Name:" would take one away. */
static const char *argument_of(const char *field, char copy[LINE_BYTES]) {
    size_t length = strlen(field);
    size_t name_length = strcspn(field, ":");
    (void)snprintf(copy, LINE_BYTES, "%s", field);
    if (name_length + 1 + strspn(field + name_length + 1, " \t") == length) {
        copy[name_length] = ';';
        copy[name_length + 1] = '\0';
    }
    return copy;
}

/* Returns the exit status. */
static int ask_explain(const struct row *row, const struct asked *asked) {
    static char copies[FIELDS_MAX][LINE_BYTES];
    const char *arguments[ARGUMENTS_MAX] = {"--config=lido.conf", "--explain", asked->target, "-X",
                                            asked->method};
    size_t count = 5;
    if (row->without_host) {
        arguments[count++] = "-HHost:";
    }
    for (size_t i = 0; i < asked->field_count; i++) {
        arguments[count++] = "-H";
        arguments[count++] = argument_of(asked->fields[i], copies[i]);
    }
    return program_run(&explain,
                       &(struct program_options){.arguments = arguments, .directory = workplace.path});
}

/* The head in what --explain has printed: what stands between its first two empty lines. */
static bool find_head(const char *printed, const char **head, size_t *length) {
    const char *begin = strstr(printed, "\n\n");
    const char *end = begin != NULL ? strstr(begin + 2, "\n\n") : NULL;
    if (end == NULL) {
        return false;
    }
    *head = begin + 2;
    *length = (size_t)(end + 1 - *head);
    return true;
}

/* What may differ from answer to answer begins there; the end of the line where nothing may. */
static size_t fixed_length(const char *line, size_t length) {
    static const char *const changing[] = {
        "Date: ", "Expires: ", "Content-Type: multipart/byteranges; boundary="};
    for (size_t i = 0; i < sizeof changing / sizeof changing[0]; i++) {
        size_t fixed = strlen(changing[i]);
        if (length > fixed && memcmp(line, changing[i], fixed) == 0) {
            return fixed;
        }
    }
    return length;
}

static bool read_date(const char *head, const char *name, time_t *seconds) {
    struct tm parts = {0};
    const char *found = strstr(head, name);
    bool is_read =
        found != NULL && strptime(found + strlen(name), "%a, %d %b %Y %H:%M:%S GMT", &parts) != NULL;
    *seconds = is_read ? timegm(&parts) : 0;
    return is_read;
}

/* How many seconds Expires lies behind Date; 0 without it, as for what is stale at once. */
static time_t fresh_seconds(const char *head, size_t length) {
    char copy[EXPANDED_BYTES];
    time_t date = 0;
    time_t expires = 0;
    (void)snprintf(copy, sizeof copy, "%.*s", (int)length, head);
    return read_date(copy, "\nDate: ", &date) && read_date(copy, "\nExpires: ", &expires) ? expires - date
                                                                                          : 0;
}

/* Whether both heads have the same lines; in one they end with CRLF, in the other with LF. */
static bool is_same_head(const struct wire_answer *from_server, const char *head, size_t length) {
    const char *a = from_server->head;
    const char *a_end = a + from_server->head_length;
    const char *b = head;
    while (a < a_end && *a != '\r' && b < head + length) {
        size_t a_length = strcspn(a, "\r");
        size_t b_length = strcspn(b, "\n");
        if (a_length != b_length || memcmp(a, b, fixed_length(a, a_length)) != 0) {
            return false;
        }
        a += a_length + 2;
        b += b_length + 1;
    }
    return *a == '\r' && b == head + length &&
           fresh_seconds(from_server->head, from_server->head_length) == fresh_seconds(head, length);
}

/* Returns whether the row was compared. */
static bool compare(const struct row *row) {
    char lines[EXPANDED_BYTES];
    struct expansion expansion = {.wire = &asides, .host = row->host};
    struct asked asked;
    struct wire_answer from_server;
    cr_assert(expand(&expansion, row->request, lines), "%s: %s", row->name, lines);
    if (!take_apart(row, lines, &asked)) {
        return false;
    }
    ask_server(&asked, &from_server);
    int status = ask_explain(row, &asked);
    const char *head = "";
    size_t length = 0;
    bool is_explained = status == 0 && find_head(explain.out.text, &head, &length);
    cr_expect(is_explained, "%s (%s): exit status %d: %s%s", row->name, lines, status, explain.err.text,
              explain.out.text);
    cr_expect(!is_explained || is_same_head(&from_server, head, length),
              "%s (%s): %s\nbut the server sends\n%.*s", row->name, lines, explain.out.text,
              (int)from_server.head_length, from_server.head);
    return true;
}

static bool can_compress(void) {
    int status = program_run(&explain, &(struct program_options){.arguments = LIST("--version")});
    cr_assert_eq(status, 0);
    return strstr(explain.out.text, "zlib 1") != NULL;
}

/* A listing has a date once what is in it was not changed for two seconds (status change time, which nobody can set):
 * an answer and its explanation must not lie on both sides of that. */
static void await_dates(void) {
    struct stat last; /* that was made */
    cr_assert_eq(stat(folder_path(&workplace, "lido.conf").text, &last), 0);
    while (time(NULL) <= last.st_ctim.tv_sec + SETTLED_S) {
        (void)usleep(POLL_US);
    }
}

StageTest(explain_semantics, are_those_of_the_server) {
    bool compresses = can_compress();
    cr_assert_eq(content_create(workplace.path, compresses), 0);
    await_dates();
    program_start(&lido, &(struct program_options){.arguments = LIST("--port=0", "--config=lido.conf"),
                                                   .environment = LIST("LIDO_ACCESS_LOG=off"),
                                                   .directory = workplace.path});
    connect_wires();
    size_t compared = 0;
    for (size_t i = 0; themes[i] != NULL; i++) {
        for (size_t k = 0; k < themes[i]->count; k++) {
            compared +=
                (compresses || themes[i] != &theme_compression) && compare(&themes[i]->rows[k]) ? 1 : 0;
        }
    }
    wire_close(&kept);
    wire_close(&asides);
    cr_expect_geq(compared, (size_t)COMPARED_MIN);
    (void)printf("explain_semantics: %zu rows compared\n", compared);
}
