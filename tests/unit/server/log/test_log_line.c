/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=clock_gettime: the wall clock shows what a test wants. */
#include "tests/unit/server/log/formatted.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN_BYTES = 900,  /* of each text that a client sent */
    OCTOBER = 971186136 /* Tue 10 Oct 2000 13:55:36 UTC */
};

static time_t wall_clock = OCTOBER;

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) {
        return __real_clock_gettime(clock, now);
    }
    *now = (struct timespec){.tv_sec = wall_clock};
    return 0;
}

static struct client_address localhost;

static void set_time_zone(const char *zone) {
    cr_assert_eq(setenv("TZ", zone, 1), 0);
    tzset();
}

static struct client_address address_of(int family, const char *text, uint32_t scope_id) {
    struct client_address address = {.family = (sa_family_t)family, .scope_id = scope_id};
    cr_assert(family == AF_UNIX || inet_pton(family, text, address.bytes) == 1);
    return address;
}

static void set_up(void) {
    set_time_zone("UTC0");
    localhost = address_of(AF_INET, "127.0.0.1", 0);
}

TestSuite(log_line, .init = set_up, .timeout = 60);

static struct answer_record plain_record(void) {
    return (struct answer_record){
        .client = &localhost,
        .request_line = view_of("GET /apache_pb.gif HTTP/1.0"),
        .referer = view_of("http://www.example.com/start.html"),
        .user_agent = view_of("Mozilla/4.08 [en] (Win98; I ;Nav)"),
        .status = HTTP_OK,
        .body_bytes = 2326,
        .duration_ns = 1234567,
        .complete = true,
    };
}

Test(log_line, writes_the_common_format_and_the_time_taken) {
    struct answer_record record = plain_record();
    cr_expect_str_eq(formatted(&record, LOG_FORMAT_COMMON),
                     "127.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "
                     "\"GET /apache_pb.gif HTTP/1.0\" 200 2326 0.001234\n");
}

Test(log_line, writes_the_combined_format_and_the_time_taken) {
    struct answer_record record = plain_record();
    cr_expect_str_eq(
        formatted(&record, LOG_FORMAT_COMBINED),
        "127.0.0.1 - - [10/Oct/2000:13:55:36 +0000] \"GET /apache_pb.gif HTTP/1.0\" 200 2326 "
        "\"http://www.example.com/start.html\" \"Mozilla/4.08 [en] (Win98; I ;Nav)\" 0.001234\n");
}

Test(log_line, writes_a_dash_for_what_was_not_sent) {
    struct answer_record record = {.client = &localhost, .status = HTTP_SERVICE_UNAVAILABLE};
    cr_expect_str_eq(formatted(&record, LOG_FORMAT_COMBINED),
                     "127.0.0.1 - - [10/Oct/2000:13:55:36 +0000] \"-\" 503 0 \"-\" \"-\" 0.000000\n");
}

Test(log_line, writes_nothing_for_what_was_sent_empty) {
    struct answer_record record = plain_record();
    record.referer = view_of("");
    record.user_agent = view_of("");
    cr_expect_not_null(strstr(formatted(&record, LOG_FORMAT_COMBINED), "200 2326 \"\" \"\" 0.001234\n"));
}

Test(log_line, begins_with_the_address_of_the_client) {
    static const struct {
        int family;
        const char *address;
        uint32_t scope_id;
        const char *expected;
    } rows[] = {
        {AF_INET, "192.0.2.7", 0, "192.0.2.7 - - ["},
        {AF_INET6, "2001:db8::1", 0, "2001:db8::1 - - ["},
        {AF_INET6, "fe80::1", 2, "fe80::1%2 - - ["},
        {AF_UNIX, "", 0, "unix: - - ["},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct client_address client = address_of(rows[i].family, rows[i].address, rows[i].scope_id);
        struct answer_record record = plain_record();
        record.client = &client;
        const char *line = formatted(&record, LOG_FORMAT_COMMON);
        cr_expect_eq(strncmp(line, rows[i].expected, strlen(rows[i].expected)), 0, "%s: %s", rows[i].expected,
                     line);
    }
}

Test(log_line, writes_seconds_and_microseconds) {
    static const struct {
        int64_t duration_ns;
        const char *expected;
    } rows[] = {
        {0, " 0.000000\n"},
        {999, " 0.000000\n"},
        {1000, " 0.000001\n"},
        {999999999, " 0.999999\n"},
        {1000000000, " 1.000000\n"},
        {61000020000, " 61.000020\n"},
        {10123456789, " 10.123456\n"},
        {INT64_MAX, " 9223372036.854775\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer_record record = plain_record();
        record.duration_ns = rows[i].duration_ns;
        cr_expect_str_eq(strrchr(formatted(&record, LOG_FORMAT_COMMON), ' '), rows[i].expected);
    }
}

Test(log_line, writes_the_status_and_the_size_of_the_body) {
    static const struct {
        enum http_status status;
        uint64_t body_bytes;
        const char *expected;
    } rows[] = {
        {HTTP_OK, 0, "\" 200 0 0."},
        {HTTP_OK, 9, "\" 200 9 0."},
        {HTTP_NOT_FOUND, 10, "\" 404 10 0."},
        {HTTP_PARTIAL_CONTENT, 4294967296, "\" 206 4294967296 0."},
        {HTTP_OK, UINT64_MAX, "\" 200 18446744073709551615 0."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct answer_record record = plain_record();
        record.status = rows[i].status;
        record.body_bytes = rows[i].body_bytes;
        const char *line = formatted(&record, LOG_FORMAT_COMMON);
        cr_expect_not_null(strstr(line, rows[i].expected), "%s: %s", rows[i].expected, line);
    }
}

Test(log_line, writes_the_local_time) {
    struct answer_record record = plain_record();
    set_time_zone("NZST-12");
    cr_expect_not_null(strstr(formatted(&record, LOG_FORMAT_COMMON), " [11/Oct/2000:01:55:36 +1200] "));
    log_clock = (struct log_clock){0};
    set_time_zone("NST3:30");
    cr_expect_not_null(strstr(formatted(&record, LOG_FORMAT_COMMON), " [10/Oct/2000:10:25:36 -0330] "));
}

Test(log_line, makes_the_time_anew_when_the_second_has_changed) {
    struct answer_record record = plain_record();
    wall_clock = 0; /* the epoch is a second like any other, though a clock is all-zero at first */
    cr_expect_not_null(strstr(formatted(&record, LOG_FORMAT_COMMON), " [01/Jan/1970:00:00:00 +0000] "));
    wall_clock = OCTOBER;
    cr_expect_not_null(strstr(formatted(&record, LOG_FORMAT_COMMON), " [10/Oct/2000:13:55:36 +0000] "));
    wall_clock = OCTOBER + 1;
    cr_expect_not_null(strstr(formatted(&record, LOG_FORMAT_COMMON), " [10/Oct/2000:13:55:37 +0000] "));
    wall_clock = OCTOBER; /* somebody set it back */
    cr_expect_not_null(strstr(formatted(&record, LOG_FORMAT_COMMON), " [10/Oct/2000:13:55:36 +0000] "));
}

/* How each byte stands in a log: control characters, quotes, backslashes and all above 0x7E escaped. */
static size_t write_expected(char *out, unsigned char byte) {
    bool escaped = byte < 0x20 || byte > 0x7E || byte == '"' || byte == '\\';
    return (size_t)(escaped ? sprintf(out, "\\x%02x", byte) : sprintf(out, "%c", byte));
}

Test(log_line, escapes_each_byte_as_documented) {
    for (unsigned byte = 0; byte <= 0xFF; byte++) {
        const char sent[3] = {'<', (char)byte, '>'};
        char expected[64] = " \"<";
        size_t length = strlen(expected);
        length += write_expected(expected + length, (unsigned char)byte);
        (void)strcpy(expected + length, ">\" ");

        struct answer_record record = {.client = &localhost, .status = HTTP_OK};
        record.request_line = (struct view){sent, sizeof sent};
        cr_expect_not_null(strstr(formatted(&record, LOG_FORMAT_COMMON), expected),
                           "0x%02x in the request line", byte);
        record = (struct answer_record){.client = &localhost, .status = HTTP_OK};
        record.referer = (struct view){sent, sizeof sent};
        cr_expect_not_null(strstr(formatted(&record, LOG_FORMAT_COMBINED), expected), "0x%02x in the referer",
                           byte);
        record = (struct answer_record){.client = &localhost, .status = HTTP_OK};
        record.user_agent = (struct view){sent, sizeof sent};
        cr_expect_not_null(strstr(formatted(&record, LOG_FORMAT_COMBINED), expected),
                           "0x%02x in the user agent", byte);
    }
}

/* Texts long enough to be looked at in blocks, of bytes next to those that matter, in memory of just their
 * length. */
Test(log_line, escapes_each_byte_wherever_it_stands) {
    enum { TEXTS = 20000, LONGEST = 40 };
    static const unsigned char alphabet[] = {0x00, 0x1F, 0x20, '!',  '"',  '#',  '[', '\\',
                                             ']',  0x7E, 0x7F, 0x80, 0xA0, 0xFF, 'a', 'a'};
    uint32_t random = 1;
    for (size_t i = 0; i < TEXTS; i++) {
        char expected[4 * LONGEST + 4] = "\"";
        size_t end = 1;
        size_t length = i % (LONGEST + 1);
        uint32_t harmless =
            random >> 24; /* from none to nearly all: a block may have one of the others, or many */
        char *sent = malloc(length + 1); /* of nothing would be NULL on some systems */
        cr_assert_not_null(sent);
        for (size_t k = 0; k < length; k++) {
            random = random * 1664525 + 1013904223;
            bool plain = (random >> 8 & 0xFF) < harmless;
            unsigned char byte = plain ? 'a' : alphabet[(random >> 16) % sizeof alphabet];
            sent[1 + k] = (char)byte;
            end += write_expected(expected + end, byte);
        }
        (void)strcpy(expected + end, "\" ");
        struct answer_record record = plain_record();
        record.request_line = (struct view){sent + 1, length};
        const char *quoted = strchr(formatted(&record, LOG_FORMAT_COMMON), '"');
        cr_assert_eq(strncmp(quoted, expected, end + 2), 0, "%s instead of %s", quoted, expected);
        free(sent);
    }
}

Test(log_line, cuts_a_long_text_and_says_so) {
    static char sent[SHOWN_BYTES + 2];
    memset(sent, 'a', sizeof sent);
    struct answer_record record = plain_record();
    record.request_line = (struct view){sent, SHOWN_BYTES};
    const char *whole = strstr(formatted(&record, LOG_FORMAT_COMMON), "aaa");
    cr_expect_eq(strspn(whole, "a"), SHOWN_BYTES);
    cr_expect_eq(strncmp(whole + SHOWN_BYTES, "\" 200 ", 6), 0);
    record.request_line = (struct view){sent, SHOWN_BYTES + 1};
    const char *cut = strstr(formatted(&record, LOG_FORMAT_COMMON), "aaa");
    cr_expect_eq(strspn(cut, "a"), SHOWN_BYTES);
    cr_expect_eq(strncmp(cut + SHOWN_BYTES, "...\" 200 ", 9), 0);
}

Test(log_line, has_room_for_the_longest_line) {
    static char sent[1024 * 1024];
    memset(sent, 0xFF, sizeof sent);
    struct view worst = {sent, sizeof sent};
    struct client_address client =
        address_of(AF_INET6, "fe80:1111:1111:1111:1111:1111:1111:1111", UINT32_MAX);
    struct answer_record record = {
        .client = &client,
        .request_line = worst,
        .referer = worst,
        .user_agent = worst,
        .status = HTTP_FIELDS_TOO_LARGE,
        .body_bytes = UINT64_MAX,
        .duration_ns = INT64_MAX,
    };
    set_time_zone("NST3:30");
    const char *line = formatted(&record, LOG_FORMAT_COMBINED);
    cr_expect_geq(strlen(line), 3 * 4 * (size_t)SHOWN_BYTES);
    cr_expect_not_null(strstr(line, "fe80:1111:1111:1111:1111:1111:1111:1111%4294967295 - - ["));
    cr_expect_not_null(strstr(line, "\\xff...\" 431 18446744073709551615 \"\\xff"));
    cr_expect_not_null(strstr(line, "\\xff...\" 9223372036.854775\n"));
}
