/* SPDX-License-Identifier: MIT */
/* What an answer with ranges consists of; linked with support_io_faults.c and support_memory_faults.c and the
 * --wrap that each of them names. Its way to a slow client is in test_response_parts.c. */
#include "tests/support/loopback.h"
#include "tests/unit/http/response/partial.h"
#include "tests/unit/http/response/shared_file.h"
#include "tests/unit/support/bodies.h"
#include "tests/unit/support/io_faults.h"
#include "tests/unit/support/memory_faults.h"
#include "tests/unit/support/socket_pair.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const off_t gib = (off_t)1024 * 1024 * 1024;
static const struct response_form closed = {.date = PARTIAL_DATE};
static const struct response_form bare = {.bare = true, .date = PARTIAL_DATE};
static const struct response_form head_only = {.without_body = true, .date = PARTIAL_DATE};
static const char type[] = "text/plain";

static struct socket_pair pair;
static struct expected_answer expected;
static char received[PARTIAL_BYTES];
static size_t received_length;

static void set_up(void) {
    partial_set_up();
    socket_pair_open(&pair);
}

static void tear_down(void) {
    partial_tear_down();
    socket_pair_close(&pair);
    memory_demand_live(0);
}

TestSuite(response_ranges, .init = set_up, .fini = tear_down, .timeout = 60);

/* Send to a client that takes all it is sent. Returns the outcome at the end. */
static enum send_outcome send_all(void) {
    enum send_outcome outcome = SEND_WOULD_BLOCK;
    received_length = 0;
    while (outcome == SEND_WOULD_BLOCK || outcome == SEND_SHARE_USED) {
        outcome = response_send(&response, pair.ours);
        received_length +=
            socket_pair_receive(&pair, received + received_length, sizeof received - received_length);
    }
    return outcome;
}

static void expect_to_send(const char *name, const char *bytes, size_t length) {
    cr_assert_eq(response_unsent_bytes(&response), length, "%s: %zu", name, length);
    cr_assert_eq(send_all(), SEND_DONE, "%s", name);
    cr_assert_eq(received_length, length, "%s: %zu and not %zu", name, received_length, length);
    cr_assert_arr_eq(received, bytes, length, "%s", name);
    cr_assert_eq(response_unsent_bytes(&response), 0, "%s", name);
}

/* --- byte by byte --------------------------------------------------------------------------------------- */

Test(response_ranges, are_exact_to_the_byte) {
    const struct {
        const char *name; /* what is ruled, RFC 9110 */
        off_t size;
        struct range_set ranges;
    } rows[] = {
        {"15.3.7.1: the first byte", 1000, {{{0, 1}}, 1}},
        {"15.3.7.1: the last byte", 1000, {{{999, 1000}}, 1}},
        {"15.3.7.1: in the middle", 1000, {{{100, 300}}, 1}},
        {"15.3.7.1: all", 1000, {{{0, 1000}}, 1}},
        {"15.3.7.1: as large as a small file", 100000, {{{1, 1 + PARTIAL_SMALL_BYTES}}, 1}},
        {"15.3.7.1: a byte larger", 100000, {{{1, 2 + PARTIAL_SMALL_BYTES}}, 1}},
        {"15.3.7.2: two", 1000, {{{0, 1}, {500, 600}}, 2}},
        {"15.3.7.2: in the order of the request", 1000, {{{900, 1000}, {0, 10}, {400, 500}}, 3}},
        {"15.3.7.2: as large as a small file", 100000, {{{5, 16389}, {20000, 36384}}, 2}},
        {"15.3.7.2: a byte larger", 100000, {{{5, 16389}, {20000, 36385}}, 2}},
        {"15.3.7.2: 64 small ones", 1000, partial_ranges(64, 3, 15, 1)},
        {"15.3.7.2: 64 large ones", 1000 * 1000, partial_ranges(64, 0, 15000, 14000)},
    };
    int descriptors = count_descriptors();
    for (int source = 0; source < PARTIAL_SOURCE_COUNT; source++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            partial_make((enum partial_source)source, rows[i].size, type, &rows[i].ranges, &closed);
            partial_expect(&expected, rows[i].size, type, &rows[i].ranges);
            expect_to_send(rows[i].name, expected.bytes, expected.length);
            cr_expect_eq(response_sent_body_bytes(&response), expected.length - expected.head_length, "%s",
                         rows[i].name);
            response_clear(&response);
            cr_expect_eq(response_unsent_bytes(&response) + response_sent_body_bytes(&response), 0, "%s",
                         rows[i].name);
            cr_expect_eq(count_descriptors(), descriptors, "%s", rows[i].name);
        }
    }
}

Test(response_ranges, without_a_type_have_none) {
    const struct range_set sets[] = {{{{1, 5}}, 1}, {{{1, 5}, {7, 8}}, 2}};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        partial_make(FROM_FILE, 100, NULL, &sets[i], &closed);
        partial_expect(&expected, 100, NULL, &sets[i]);
        expect_to_send("no type", expected.bytes, expected.length);
        response_clear(&response);
    }
}

Test(response_ranges, to_a_simple_request_are_bare) {
    struct range_set ranges = partial_ranges(2, 1, 10, 5);
    for (int source = 0; source < PARTIAL_SOURCE_COUNT; source++) {
        partial_make((enum partial_source)source, 100, type, &ranges, &bare);
        cr_expect_eq(response.head.length, 0);
        cr_expect_eq(send_all(), SEND_DONE);
        cr_expect_eq(response_sent_body_bytes(&response), received_length);
        cr_expect_arr_eq(received, "\r\n--", 4);
        cr_expect_arr_eq(received + received_length - 4, "--\r\n", 4);
        response_clear(&response);
    }
}

Test(response_ranges, to_head_are_a_head_with_their_length) {
    const struct range_set sets[] = {partial_ranges(1, 1, 0, 5), partial_ranges(64, 1, 1000, 5),
                                     partial_ranges(64, 1, 2000, 1000)};
    for (int source = 0; source < PARTIAL_SOURCE_COUNT; source++) {
        for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
            partial_make((enum partial_source)source, 200000, type, &sets[i], &head_only);
            partial_expect(&expected, 200000, type, &sets[i]);
            expect_to_send(partial_source_names[source], expected.bytes, expected.head_length);
            cr_expect_eq(response_sent_body_bytes(&response), 0);
            response_clear(&response);
        }
    }
    cr_expect_eq(io_count(IO_PREAD), 0, "nothing of the file is needed");
}

/* --- beyond 4 GiB --------------------------------------------------------------------------------------- */

Test(response_ranges, go_beyond_4_gib) {
    off_t size = 5 * gib;
    const struct range_set sets[] = {
        {{{4 * gib - 100, 4 * gib + 100}}, 1},
        {{{size - 50000, size}}, 1},
        {{{4 * gib - 100, 4 * gib + 100}, {size - 1, size}, {0, 1}}, 3},
        {{{size - 50000, size}, {4 * gib - 30000, 4 * gib + 1}}, 2},
    };
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        partial_make(FROM_FILE, size, type, &sets[i], &closed);
        partial_expect(&expected, size, type, &sets[i]);
        expect_to_send("5 GiB", expected.bytes, expected.length);
        response_clear(&response);
    }
}

/* Make it with ranges of a file that is one large hole, and find its length in the head. */
static void expect_planned_length(off_t size, const struct range_set *ranges, uint64_t body_bytes) {
    char field[64];
    (void)snprintf(field, sizeof field, "\r\nContent-Length: %ju\r\n", (uintmax_t)body_bytes);
    struct range_set nothing_written = {.count = 0};
    struct resource file = partial_open_file(size, &nothing_written);
    response_begin(&response, &closed, HTTP_PARTIAL_CONTENT);
    finish_with_file(&response, &file, type, ranges);
    cr_expect(memmem(response.head.bytes, response.head.length, field, strlen(field)) != NULL, "%s in\n%.*s",
              field, (int)response.head.length, response.head.bytes);
    cr_expect_eq(response_unsent_bytes(&response), response.head.length + body_bytes);
    cr_expect_eq(response_sent_body_bytes(&response), 0);
}

Test(response_ranges, say_how_long_they_are_beyond_4_gib) {
    expect_planned_length(5 * gib, &(struct range_set){{{1, 5 * gib}}, 1}, (uint64_t)(5 * gib) - 1);
    response_clear(&response);
    static const char text_between[] = "\r\n--" /* and 32 digits */ "\r\nContent-Type: text/plain\r\n"
                                       "Content-Range: bytes 0-4831838207/6442450944\r\n\r\n"
                                       "\r\n--\r\nContent-Type: text/plain\r\n"
                                       "Content-Range: bytes 4831838209-6442450943/6442450944\r\n\r\n"
                                       "\r\n----\r\n";
    off_t half = 4 * gib + gib / 2;
    expect_planned_length(6 * gib, &(struct range_set){{{0, half}, {half + 1, 6 * gib}}, 2},
                          (uint64_t)(6 * gib) - 1 + sizeof text_between - 1 + 3 * 32);
}

/* --- what is held --------------------------------------------------------------------------------------- */

Test(response_ranges, close_a_file_early_that_is_not_needed_any_more) {
    const struct range_set sets[] = {partial_ranges(1, 0, 0, 5), partial_ranges(3, 0, 10, 5)};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        partial_make(FROM_FILE, 100, type, &sets[i], &closed);
        cr_expect_eq(response.body.file.fd, -1);
        response_clear(&response);
    }
}

Test(response_ranges, keep_contents_as_long_as_they_are_needed) {
    const struct {
        struct range_set ranges;
        size_t holds; /* while it is sent */
    } rows[] = {
        {partial_ranges(1, 0, 0, 5), 1},
        {partial_ranges(2, 0, 10, 5), 0},
        {partial_ranges(2, 0, 30000, 29000), 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct resource file = shared_file_filled(100000);
        response_begin(&response, &closed, HTTP_PARTIAL_CONTENT);
        finish_with_file(&response, &file, type, &rows[i].ranges);
        cr_expect_eq(shared_file_holds, rows[i].holds, "row %zu", i);
        response_clear(&response);
        cr_expect_eq(shared_file_holds, 0, "row %zu", i);
    }
    cr_expect_eq(io_count(IO_PREAD), 0, "there is no file");
}

/* --- files that change, disks that fail, memory that runs out ------------------------------------------- */

Test(response_ranges, of_a_file_that_has_shrunk_are_cut_off_and_not_padded) {
    const struct {
        const char *name;
        struct range_set ranges;
        size_t lost; /* of what was expected, at its end */
    } rows[] = {
        {"one", {{{10, 100}}, 1}, 40},
        {"two", {{{10, 20}, {50, 100}}, 2}, 40 + sizeof "\r\n----\r\n" - 1 + 32},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct resource file = partial_open_file(100, &rows[i].ranges);
        folder_truncate(&folder, "file", 60);
        response_begin(&response, &closed, HTTP_PARTIAL_CONTENT);
        finish_with_file(&response, &file, type, &rows[i].ranges);
        partial_expect(&expected, 100, type, &rows[i].ranges);
        cr_expect_eq(response_unsent_bytes(&response), expected.length, "%s", rows[i].name);
        cr_expect_eq(send_all(), SEND_FAILED, "%s", rows[i].name);
        cr_assert_eq(received_length, expected.length - rows[i].lost, "%s: %zu", rows[i].name,
                     received_length);
        cr_expect_arr_eq(received, expected.bytes, received_length, "%s", rows[i].name);
        response_clear(&response);
    }
}

Test(response_ranges, are_read_in_spite_of_interruptions) {
    const struct range_set sets[] = {partial_ranges(1, 0, 0, 50), partial_ranges(3, 0, 100, 50)};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        IO_SCRIPT(IO_PREAD, IO_FAIL(EINTR), IO_SHORT(1), IO_FAIL(EINTR), IO_SHORT(10));
        partial_make(FROM_FILE, 1000, type, &sets[i], &closed);
        partial_expect(&expected, 1000, type, &sets[i]);
        expect_to_send("interrupted", expected.bytes, expected.length);
        response_clear(&response);
    }
    cr_expect_eq(io_count(IO_SENDFILE), 0);
}

Test(response_ranges, from_a_bad_disk_fail_before_anything_is_sent) {
    const struct range_set sets[] = {partial_ranges(1, 0, 0, 60), partial_ranges(3, 0, 100, 50)};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct resource file = partial_open_file(1000, &sets[i]);
        IO_SCRIPT(IO_PREAD, IO_SHORT(50), IO_FAIL(EIO)); /* in the first range, or in the second */
        response_begin(&response, &closed, HTTP_PARTIAL_CONTENT);
        finish_with_file(&response, &file, type, &sets[i]);
        cr_expect_eq(response_failure(&response), HTTP_INTERNAL_SERVER_ERROR, "set %zu", i);
        response_clear(&response);
    }
}

Test(response_ranges, that_are_large_fail_before_anything_is_sent) {
    enum { SIZE = 200 * 1000, RANGE = 50 * 1000 };
    const struct range_set sets[] = {partial_ranges(1, 0, 0, RANGE), partial_ranges(2, 0, 100 * 1000, RANGE)};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        struct resource file = partial_open_file(SIZE, &sets[i]);
        IO_SCRIPT(IO_PREAD, IO_FAIL(EIO));
        response_begin(&response, &closed, HTTP_PARTIAL_CONTENT);
        finish_with_file(&response, &file, type, &sets[i]);
        cr_expect_eq(response_failure(&response), HTTP_INTERNAL_SERVER_ERROR, "set %zu", i);
        response_clear(&response);
    }
}

/* Returns how often it could be made all the same. */
static size_t let_each_allocation_fail(enum partial_source source, const struct range_set *ranges) {
    off_t size = 100000;
    size_t failures = 0;
    size_t survived = 0;
    for (bool failed = true; failed; failures++) {
        struct resource file =
            source == FROM_FILE ? partial_open_file(size, ranges) : shared_file_filled(size);
        memory_fail_after(failures);
        response_begin(&response, &closed, HTTP_PARTIAL_CONTENT);
        finish_with_file(&response, &file, type, ranges);
        failed = memory_stop_failing();
        cr_expect(failed || !response_failed(&response), "allocation %zu", failures);
        if (!response_failed(&response)) {
            survived += failed ? 1 : 0;
            partial_expect(&expected, size, type, ranges);
            expect_to_send("as if nothing had happened", expected.bytes, expected.length);
        }
        response_deinit(&response);
        cr_expect_eq(memory_live_count(), 0, "allocation %zu", failures);
        response_init(&response);
    }
    cr_expect_geq(failures, 2, "the head needs memory");
    return survived;
}

/* Without memory for their bytes, small ranges are sent from where they are. */
Test(response_ranges, survive_each_allocation_that_fails) {
    const struct {
        struct range_set ranges;
        bool are_copied[PARTIAL_SOURCE_COUNT];
    } rows[] = {
        {partial_ranges(1, 0, 0, 5000), {[FROM_FILE] = true}},
        {partial_ranges(3, 0, 20000, 5000), {[FROM_FILE] = true, [FROM_MEMORY] = true}},
        {partial_ranges(64, 0, 100, 50), {[FROM_FILE] = true, [FROM_MEMORY] = true}},
        {partial_ranges(64, 0, 1200, 1000), {false}},
    };
    for (int source = 0; source < PARTIAL_SOURCE_COUNT; source++) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            size_t survived = let_each_allocation_fail((enum partial_source)source, &rows[i].ranges);
            cr_expect_eq(survived > 0, rows[i].are_copied[source], "%s, row %zu",
                         partial_source_names[source], i);
        }
    }
}
