/* SPDX-License-Identifier: MIT */
/* The way of several parts to a client that takes them in pieces; linked with support_sink.c and its --wrap.
 * What the parts are is in test_response_ranges.c. */
#include "tests/unit/http/response/partial.h"
#include "tests/unit/http/response/shared_file.h"
#include "tests/unit/http/response/sink.h"
#include "tests/unit/support/bodies.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <sys/socket.h>

enum { SHARE_BYTES = 1024 * 1024, LONGER_THAN_SMALL = PARTIAL_SMALL_BYTES + 1 };

static const struct response_form form = {.date = PARTIAL_DATE};
static const char type[] = "text/plain";

static struct expected_answer expected;

static void set_up(void) {
    partial_set_up();
    sink_reset();
}

TestSuite(response_parts, .init = set_up, .fini = partial_tear_down, .timeout = 120);

/* Each kind of plan: all in the content; a text before each range; one range, with no text. */
static const struct row {
    const char *name;
    enum partial_source source;
    off_t size;
    struct range_set ranges;
} rows[] = {
    {"one small range of a file", FROM_FILE, 100, {{{10, 30}}, 1}},
    {"one large range of a file", FROM_FILE, 50000, {{{1, 1 + LONGER_THAN_SMALL}}, 1}},
    {"one range in memory", FROM_MEMORY, 100, {{{10, 30}}, 1}},
    {"small ranges of a file", FROM_FILE, 100, {{{0, 1}, {10, 30}, {99, 100}}, 3}},
    {"small ranges in memory", FROM_MEMORY, 100, {{{0, 1}, {10, 30}, {99, 100}}, 3}},
    {"large ranges of a file",
     FROM_FILE,
     50000,
     {{{100, 100 + LONGER_THAN_SMALL}, {0, 1}, {49970, 50000}}, 3}},
    {"large ranges in memory",
     FROM_MEMORY,
     50000,
     {{{100, 100 + LONGER_THAN_SMALL}, {0, 1}, {49970, 50000}}, 3}},
};
enum { ROW_COUNT = sizeof rows / sizeof *rows };

/* Make it anew; the boundary is another one each time. */
static void make(const struct row *row) {
    response_clear(&response);
    sink_reset();
    partial_make(row->source, row->size, type, &row->ranges, &form);
    partial_expect(&expected, row->size, type, &row->ranges);
}

static void expect_progress(const struct row *row, size_t sent) {
    size_t head = expected.head_length;
    cr_assert_eq(sink.length, sent, "%s, at %zu: %zu", row->name, sent, sink.length);
    cr_assert_eq(response_unsent_bytes(&response), expected.length - sent, "%s, at %zu", row->name, sent);
    cr_assert_eq(response_sent_body_bytes(&response), sent > head ? sent - head : 0, "%s, at %zu", row->name,
                 sent);
}

static void expect_bytes(const struct row *row, size_t sent) {
    cr_assert_eq(sink.length, sent, "%s, at %zu: %zu", row->name, sent, sink.length);
    cr_assert_arr_eq(sink.bytes, expected.bytes, sent, "%s, at %zu", row->name, sent);
}

static void stop_at(const struct row *row, size_t stop) {
    make(row);
    sink.budget = stop;
    cr_assert_eq(response_send(&response, -1), SEND_WOULD_BLOCK, "%s, at %zu", row->name, stop);
    expect_progress(row, stop);
    cr_assert_eq(response_send(&response, -1), SEND_WOULD_BLOCK, "%s, again at %zu", row->name, stop);
    expect_progress(row, stop);
    sink.budget = SIZE_MAX;
    cr_assert_eq(response_send(&response, -1), SEND_DONE, "%s, at %zu", row->name, stop);
    expect_progress(row, expected.length);
    expect_bytes(row, expected.length);
}

/* Inside of a large range one byte is like the other; around its ends each one is tried. */
Test(response_parts, stop_and_go_on_at_every_byte) {
    enum { LENGTH_BEFORE_INSIDE = 700, STEP_INSIDE = 997 };
    for (size_t i = 0; i < ROW_COUNT; i++) {
        make(&rows[i]);
        size_t length = expected.length;
        size_t inside_end = length > 2 * LENGTH_BEFORE_INSIDE ? length - LENGTH_BEFORE_INSIDE : 0;
        for (size_t stop = 0; stop < length;) {
            stop_at(&rows[i], stop);
            stop += stop > LENGTH_BEFORE_INSIDE && stop + STEP_INSIDE < inside_end ? STEP_INSIDE : 1;
        }
    }
}

Test(response_parts, go_out_in_pieces_of_every_size) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        for (size_t at_most = 1; at_most < 700; at_most++) {
            make(&rows[i]);
            sink.at_most = at_most;
            cr_assert_eq(response_send(&response, -1), SEND_DONE, "%s by %zu", rows[i].name, at_most);
            expect_progress(&rows[i], expected.length);
            expect_bytes(&rows[i], expected.length);
        }
    }
}

Test(response_parts, stop_after_each_piece_of_any_size) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        for (size_t budget = 1; budget < 2000; budget += budget < 100 ? 7 : 151) {
            make(&rows[i]);
            enum send_outcome outcome = SEND_WOULD_BLOCK;
            for (size_t sent = budget; sent < expected.length; sent += budget) {
                sink.budget = budget;
                cr_assert_eq(response_send(&response, -1), SEND_WOULD_BLOCK, "%s by %zu", rows[i].name,
                             budget);
                expect_progress(&rows[i], sent);
            }
            sink.budget = SIZE_MAX;
            outcome = response_send(&response, -1);
            cr_assert_eq(outcome, SEND_DONE, "%s by %zu", rows[i].name, budget);
            expect_bytes(&rows[i], expected.length);
        }
    }
}

/* --- system calls --------------------------------------------------------------------------------------- */

Test(response_parts, take_no_more_system_calls_than_needed) {
    static const struct {
        const char *name;
        enum partial_source source;
        size_t count;
        off_t length; /* of each range */
        size_t sends;
        size_t more_sends; /* all but one: that is the last one */
        size_t file_sends;
    } calls[] = {
        {"a small range", FROM_FILE, 1, PARTIAL_SMALL_BYTES, 1, 0, 0},
        {"a large range", FROM_FILE, 1, LONGER_THAN_SMALL, 1, 1, 1},
        {"a range in memory", FROM_MEMORY, 1, LONGER_THAN_SMALL, 1, 0, 0},
        {"64 small ranges", FROM_FILE, 64, 512, 1, 0, 0},
        {"64 small ranges in memory", FROM_MEMORY, 64, 512, 1, 0, 0},
        {"64 large ranges", FROM_FILE, 64, 513, 65, 64, 64},
        {"64 large ranges in memory", FROM_MEMORY, 64, 513, 65, 64, 0},
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        struct row row = {calls[i].name, calls[i].source, 70000,
                          partial_ranges(calls[i].count, 7, 1000, calls[i].length)};
        make(&row);
        cr_assert_eq(response_send(&response, -1), SEND_DONE, "%s", row.name);
        expect_bytes(&row, expected.length);
        cr_expect_eq(sink.sends, calls[i].sends, "%s: %zu sends", row.name, sink.sends);
        cr_expect_eq(sink.more_sends, calls[i].more_sends, "%s: %zu with more", row.name, sink.more_sends);
        cr_expect_eq(sink.file_sends, calls[i].file_sends, "%s: %zu of the file", row.name, sink.file_sends);
        cr_expect(calls[i].sends == calls[i].more_sends || !(sink.last_flags & MSG_MORE),
                  "%s: the end is held back", row.name);
    }
}

/* --- shares --------------------------------------------------------------------------------------------- */

/* Ranges without what stands between them. */
static uint64_t ranged_bytes(const struct range_set *ranges) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < ranges->count; i++) {
        bytes += (uint64_t)(ranges->parts[i].end - ranges->parts[i].begin);
    }
    return bytes;
}

static void send_in_turns(const struct row *row, size_t turns) {
    size_t text_bytes = expected.length - (size_t)ranged_bytes(&row->ranges);
    for (size_t turn = 1; turn <= turns; turn++) {
        cr_assert_eq(response_send(&response, -1), SEND_SHARE_USED, "%s, turn %zu", row->name, turn);
        size_t sent = expected.length - (size_t)response_unsent_bytes(&response);
        cr_assert_eq(sent, sink.length, "%s, turn %zu", row->name, turn);
        cr_assert(sent > turn * SHARE_BYTES && sent <= turn * SHARE_BYTES + text_bytes,
                  "%s, turn %zu: %zu bytes", row->name, turn, sent);
    }
    cr_assert_eq(response_send(&response, -1), SEND_DONE, "%s", row->name);
    expect_progress(row, expected.length);
    expect_bytes(row, expected.length);
}

Test(response_parts, let_others_have_their_turn) {
    static const struct {
        size_t count;
        off_t length; /* of each range */
        size_t turns; /* behind which there is more */
    } shares[] = {
        {1, SHARE_BYTES, 0},         {1, SHARE_BYTES + 1, 1}, {1, 3 * SHARE_BYTES, 2},
        {2, SHARE_BYTES / 2 - 1, 0}, {2, SHARE_BYTES / 2, 1}, /* the last delimiter is left */
        {2, SHARE_BYTES, 2},         {3, 700 * 1000, 2},      {64, 50 * 1000, 3},
    };
    for (int source = 0; source < PARTIAL_SOURCE_COUNT; source++) {
        for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
            struct row row = {partial_source_names[source], (enum partial_source)source, PARTIAL_BYTES,
                              partial_ranges(shares[i].count, 3, shares[i].length + 5, shares[i].length)};
            make(&row);
            send_in_turns(&row, shares[i].turns);
        }
    }
}

Test(response_parts, let_others_have_their_turn_within_whole_contents) {
    response_begin(&response, &form, HTTP_OK);
    struct resource file = shared_file_filled(3 * SHARE_BYTES);
    finish_with_file(&response, &file, type, NULL);
    size_t head = response.head.length;
    for (size_t turn = 1; turn < 3; turn++) {
        cr_assert_eq(response_send(&response, -1), SEND_SHARE_USED);
        cr_assert_eq(response_sent_body_bytes(&response), turn * SHARE_BYTES);
        cr_assert(sink.last_flags & MSG_MORE);
    }
    cr_assert_eq(response_send(&response, -1), SEND_DONE);
    cr_assert_not(sink.last_flags & MSG_MORE);
    cr_assert_eq(sink.length, head + 3 * SHARE_BYTES);
    cr_expect_arr_eq(sink.bytes + head, response.body.file.contents, 3 * SHARE_BYTES);
}

/* --- failures ------------------------------------------------------------------------------------------- */

Test(response_parts, of_a_file_that_shrinks_meanwhile_are_cut_off_and_not_padded) {
    const struct row *row = &rows[5];
    make(row);
    sink.budget = expected.head_length + 20000;
    cr_expect_eq(response_send(&response, -1), SEND_WOULD_BLOCK);
    folder_truncate(&folder, "file", 49980); /* the last range has lost 20 of its 30 bytes */
    sink.budget = SIZE_MAX;
    cr_expect_eq(response_send(&response, -1), SEND_FAILED);
    size_t end_length = sizeof "\r\n--" - 1 + 32 + sizeof "--\r\n" - 1;
    expect_progress(row, expected.length - end_length - 20);
    expect_bytes(row, expected.length - end_length - 20);
}

Test(response_parts, to_a_lost_client_are_a_failure_with_the_right_count) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        make(&rows[i]);
        sink.budget = expected.length - 1;
        sink.error = ECONNRESET;
        cr_expect_eq(response_send(&response, -1), SEND_FAILED, "%s", rows[i].name);
        expect_progress(&rows[i], expected.length - 1);
    }
}
