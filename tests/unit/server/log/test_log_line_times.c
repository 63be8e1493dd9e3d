/* SPDX-License-Identifier: MIT */
/* The formats that tell where the time went; test_log_line.c has the others. */
#include "tests/unit/server/log/formatted.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { SHOWN_BYTES = 900, MS = 1000000 };

TestSuite(log_line_times, .timeout = 60);

static struct answer_record timed_record(void) {
    static struct client_address localhost = {.family = AF_INET, .bytes = {127, 0, 0, 1}};
    return (struct answer_record){
        .client = &localhost,
        .request_line = view_of("GET /big.iso HTTP/1.0"),
        .user_agent = view_of("Agent/1"),
        .status = HTTP_OK,
        .body_bytes = 2326,
        .duration_ns = 7234567,
        .split = {.mark_ns = 1, .parts_ns = {1 * MS, 4 * MS, 200999, 3 * MS}},
        .complete = true,
    };
}

/* The caller releases it. */
static json_t *read_object(const struct answer_record *record) {
    json_error_t error;
    const char *line = formatted(record, LOG_FORMAT_JSON);
    json_t *object = json_loads(line, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
    cr_assert(json_is_object(object), "%s: %s", error.text, line);
    return object;
}

static void expect_string(const json_t *object, const char *name, const char *expected) {
    const json_t *value = json_object_get(object, name);
    cr_assert_not_null(value, "%s", name);
    const char *text = json_is_null(value) ? "null" : json_string_value(value);
    cr_expect_str_eq(text, expected, "%s is %s", name, text);
}

Test(log_line_times, are_fields_by_name_behind_the_combined_format) {
    struct answer_record record = timed_record();
    const char *line = strchr(formatted(&record, LOG_FORMAT_TIMED), ']');
    cr_expect_str_eq(line, "] \"GET /big.iso HTTP/1.0\" 200 2326 \"-\" \"Agent/1\" 0.007234 "
                           "wait=0.001000 client=0.004000 open=0.000200 send=0.003000 slow=client\n");
    record.split = (struct time_split){0};
    line = formatted(&record, LOG_FORMAT_TIMED);
    cr_expect_not_null(
        strstr(line, " 0.007234 wait=0.000000 client=0.000000 open=0.000000 send=0.000000 slow=-\n"), "%s",
        line);
}

Test(log_line_times, are_members_of_an_object) {
    struct answer_record record = timed_record();
    json_t *object = read_object(&record);
    cr_expect_eq(json_object_size(object), 18);
    expect_string(object, "host", "null");
    expect_string(object, "name", "null");
    expect_string(object, "client", "127.0.0.1");
    expect_string(object, "request", "GET /big.iso HTTP/1.0");
    expect_string(object, "method", "GET");
    expect_string(object, "target", "/big.iso");
    expect_string(object, "referer", "null");
    expect_string(object, "user_agent", "Agent/1");
    expect_string(object, "slow", "client");
    cr_expect_eq(json_integer_value(json_object_get(object, "status")), 200);
    cr_expect_eq(json_integer_value(json_object_get(object, "bytes")), 2326);
    cr_expect(json_is_true(json_object_get(object, "complete")));
    static const struct {
        const char *name;
        double expected;
    } times[] = {
        {"seconds", 0.007234}, {"wait", 0.001}, {"client_wait", 0.004}, {"open", 0.0002}, {"send", 0.003}};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        cr_expect_eq(json_real_value(json_object_get(object, times[i].name)), times[i].expected, "%s",
                     times[i].name);
    }
    int digits[7];
    const char *time = json_string_value(json_object_get(object, "time"));
    cr_assert_not_null(time);
    cr_expect_eq(sscanf(time, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &digits[0], &digits[1], &digits[2], &digits[3],
                        &digits[4], &digits[5], &digits[6]),
                 7, "%s", time);
    cr_expect_eq(strlen(time), strlen("2000-10-10T13:55:36.123Z"));
    json_decref(object);
}

Test(log_line_times, splits_a_request_line_into_method_and_target) {
    static const struct {
        const char *line;
        const char *method;
        const char *target;
    } rows[] = {
        {"GET / HTTP/1.0", "GET", "/"},
        {"GET /", "GET", "/"},
        {"GET", "null", "null"},
        {"", "null", "null"},
        {" / HTTP/1.0", "null", "null"},
        {"GET  / HTTP/1.0", "null", "null"},
        {"GET /a b HTTP/1.0", "GET", "/a"},
        {"GET ", "null", "null"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer_record record = timed_record();
        record.request_line = view_of(rows[i].line);
        json_t *object = read_object(&record);
        expect_string(object, "request", rows[i].line);
        expect_string(object, "method", rows[i].method);
        expect_string(object, "target", rows[i].target);
        json_decref(object);
    }
}

Test(log_line_times, keeps_json_whole_whatever_a_client_sends) {
    for (unsigned byte = 0; byte <= 0xFF; byte++) {
        const char sent[] = {'e', 'i', 'g', 'h', 't', ' ', 'o', 'f', '<', (char)byte, '>'};
        struct answer_record record = timed_record();
        record.user_agent = (struct view){sent, sizeof sent};
        json_t *object = read_object(&record);
        const json_t *agent = json_object_get(object, "user_agent");
        size_t length = json_string_length(agent);
        const char *text = json_string_value(agent);
        cr_assert_not_null(text);
        cr_expect(byte < 0x80 ? length == sizeof sent && memcmp(text, sent, length) == 0
                              : memcmp(text + 9, "\xEF\xBF\xBD>", 4) == 0,
                  "0x%02x: '%s'", byte, text);
        json_decref(object);
    }
}

Test(log_line_times, has_room_for_the_longest_object) {
    static char sent[1024 * 1024];
    static char blank[3 * SHOWN_BYTES];
    struct client_address client = {.family = AF_INET6, .scope_id = UINT32_MAX};
    cr_assert_eq(inet_pton(AF_INET6, "fe80:1111:1111:1111:1111:1111:1111:1111", client.bytes), 1);
    memset(sent, 0x01, sizeof sent);
    memset(blank, 0x01, sizeof blank);
    blank[SHOWN_BYTES] = ' ';
    struct view worst = {sent, sizeof sent};
    struct answer_record record = {
        .client = &client,
        .request_line = {blank, sizeof blank},
        .referer = worst,
        .user_agent = worst,
        .status = HTTP_FIELDS_TOO_LARGE,
        .body_bytes = UINT64_MAX,
        .duration_ns = INT64_MAX,
        .split = {.mark_ns = 1, .parts_ns = {INT64_MAX / 8, INT64_MAX / 8, INT64_MAX / 8, INT64_MAX / 8}},
    };
    const char *line = formatted(&record, LOG_FORMAT_JSON);
    cr_expect_geq(strlen(line), 5 * 6 * (size_t)SHOWN_BYTES - 500, "%zu", strlen(line));
    cr_expect_not_null(strstr(line, "\\u0001...\",\"user_agent\":"));
}
