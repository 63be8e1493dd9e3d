/* SPDX-License-Identifier: MIT */
/* Lines as the owner has put them together, and what else a line can begin with. */
#include "server/log/line.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct client_address client = {.family = AF_INET, .bytes = {192, 0, 2, 7}};
static struct log_clock of_lines;

TestSuite(shape, .timeout = 60);

static struct answer_record plain_record(void) {
    return (struct answer_record){
        .client = &client,
        .request_line = view_of("GET /a%20b?q HTTP/1.0"),
        .host = view_of("example.org:8080"),
        .user_agent = view_of("Agent \"1\""),
        .status = HTTP_OK,
        .body_bytes = 2326,
        .duration_ns = 1234567,
        .split = {.parts_ns = {[TIME_WAIT] = 1000000, [TIME_SEND] = 2000000}},
        .complete = true,
    };
}

/* The line without its line feed, in memory of exactly the promised size; lives until the next one. */
static const char *line_of(const char *format, const struct log_subject *subject) {
    static char text[LOG_LINE_BYTES + 1];
    struct log_shape shape;
    char *line = malloc(LOG_LINE_BYTES);
    cr_assert_not_null(line);
    cr_assert_eq(log_shape_init(&shape, format), 0);
    size_t length = log_line_format(line, subject, &shape, &of_lines);
    cr_assert_leq(length, (size_t)LOG_LINE_BYTES);
    cr_assert_eq(line[length - 1], '\n');
    memcpy(text, line, length - 1);
    text[length - 1] = '\0';
    log_shape_deinit(&shape);
    free(line);
    return text;
}

Test(shape, has_each_field_where_it_is_wanted) {
    static const struct {
        const char *format;
        const char *expected;
    } rows[] = {
        {"{client}", "192.0.2.7"},
        {"{address}|{status}|{bytes}", "192.0.2.7|200|2326"},
        {"{method} {target} {protocol}", "GET /a%20b?q HTTP/1.0"},
        {"\"{request}\" {host}", "\"GET /a%20b?q HTTP/1.0\" example.org:8080"},
        {"{referer} '{user_agent}'", "- 'Agent \\x221\\x22'"},
        {"{seconds} {complete}", "0.001234 yes"},
        {"{wait} {client_wait} {open} {send} {slow}", "0.001000 0.000000 0.000000 0.002000 disk"},
        {"{{{status}}} {{}}", "{200} {}"},
        {"\xc3\xa4 {status}", "\xc3\xa4 200"},
    };
    struct answer_record record = plain_record();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(line_of(rows[i].format, &(struct log_subject){.record = &record}), rows[i].expected);
    }
}

Test(shape, has_times_of_either_form) {
    struct answer_record record = plain_record();
    int parts[7];
    char month[4];
    const char *local = line_of("[{time}]", &(struct log_subject){.record = &record});
    cr_expect_eq(sscanf(local, "[%2d/%3[A-Za-z]/%4d:%2d:%2d:%2d %5d]", &parts[0], month, &parts[1], &parts[2],
                        &parts[3], &parts[4], &parts[5]),
                 7, "%s", local);
    const char *utc = line_of("{time_utc}", &(struct log_subject){.record = &record});
    cr_expect_eq(sscanf(utc, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &parts[0], &parts[1], &parts[2], &parts[3],
                        &parts[4], &parts[5], &parts[6]),
                 7, "%s", utc);
    cr_expect_eq(utc[strlen(utc) - 1], 'Z');
}

/* Between blanks, or at the end of a line, nothing that a client sent may begin another field. */
Test(shape, lets_no_client_make_up_fields) {
    struct answer_record record = plain_record();
    record.host = view_of("a b\n\xff");
    record.request_line = view_of("GET /x HTTP/1.0 more\"");
    cr_expect_str_eq(line_of("{host} {protocol}", &(struct log_subject){.record = &record}),
                     "a\\x20b\\x0a\\xff HTTP/1.0\\x20more\\x22");
    record.request_line = view_of("nonsense");
    cr_expect_str_eq(line_of("{method} {target} {protocol}", &(struct log_subject){.record = &record}),
                     "- - -");
}

Test(shape, of_virtual_hosts_begins_with_host_and_port) {
    static const struct {
        const char *host;
        const char *expected;
    } rows[] = {
        {"example.org:8080", "example.org:8080 192.0.2.7 - - ["},
        {"example.org", "example.org:80 192.0.2.7 - - ["},
        {"[::1]", "[::1]:80 192.0.2.7 - - ["},
        {"[::1]:81", "[::1]:81 192.0.2.7 - - ["},
        {NULL, "-:80 192.0.2.7 - - ["},
    };
    struct answer_record record = plain_record();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        record.host = rows[i].host != NULL ? view_of(rows[i].host) : (struct view){0};
        const char *line = line_of("vhost_combined", &(struct log_subject){.record = &record});
        cr_expect_eq(strncmp(line, rows[i].expected, strlen(rows[i].expected)), 0, "%s", line);
        cr_expect_not_null(strstr(line, "\" 200 2326 \"-\" \"Agent \\x221\\x22\" 0.001234"), "%s", line);
    }
}

Test(shape, is_cut_where_a_line_ends) {
    static char format[4096] = "";
    static char long_text[2000];
    struct answer_record record = plain_record();
    memset(long_text, '"', sizeof long_text);
    record.request_line = (struct view){long_text, sizeof long_text};
    while (strlen(format) + sizeof "{request}" < sizeof format) {
        (void)strcat(format, "{request}");
    }
    const char *line = line_of(format, &(struct log_subject){.record = &record});
    cr_expect_geq(strlen(line), (size_t)LOG_LINE_BYTES - 8 * 1024);
    cr_expect_str_eq(line + strlen(line) - 3, "...");
}

Test(shape, names_the_client_or_tells_where_the_name_would_stand) {
    static const char *const formats[] = {"common", "{status} {client} {client}", "json"};
    static const char *const named[] = {"a.example - - [", "200 a.example a.example",
                                        "\"name\":\"a.example\""};
    struct answer_record record = plain_record();
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct log_slots slots = {0};
        struct log_subject known = {.record = &record, .name = view_of("a.example"), .slots = &slots};
        const char *line = line_of(formats[i], &known);
        cr_expect_not_null(strstr(line, named[i]), "%s", line);
        cr_expect_eq(slots.count, 0);
        line = line_of(formats[i], &(struct log_subject){.record = &record, .slots = &slots});
        cr_assert_eq(slots.count, i == 1 ? 2 : 1);
        for (size_t k = 0; k < slots.count; k++) {
            const char *expected = i == 2 ? "null" : "192.0.2.7";
            cr_expect_eq(slots.items[k].length, strlen(expected));
            cr_expect_eq(strncmp(line + slots.items[k].offset, expected, strlen(expected)), 0, "%s", line);
            cr_expect_eq(slots.items[k].is_json, i == 2);
        }
    }
}
