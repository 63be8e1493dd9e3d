/* SPDX-License-Identifier: MIT */
/* Answers whose bytes are made while they are sent: what the response asks of the one who makes them, and
 * when. */
#include "http/response/response.h"
#include "tests/support/filling.h"
#include "tests/support/folder.h"
#include "tests/unit/http/response/sink.h"
#include "tests/unit/support/hurry.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

enum { FILE_BYTES = 5000, PIECES_MAX = 8 };

static const struct response_form closed = {.date = "Sun, 06 Nov 1994 08:49:37 GMT"};
static const struct response_form head_only = {.without_body = true, .date = "Sun, 06 Nov 1994 08:49:37 GMT"};

/* What comes with each call of next(); the list ends with all-zero, which is the end of the bytes. */
struct piece {
    int result;
    const char *text;
    struct byte_range range; /* of the file */
};

static struct maker {
    const struct piece *pieces;
    struct byte_range sought;
    size_t seek_count;
    size_t next_count;
    size_t release_count;
} maker;

static struct response response;
static struct folder folder;

static void set_up(void) {
    response_init(&response);
    folder_create(&folder);
    folder_write_pattern(&folder, "file", 0, FILE_BYTES);
    sink_reset();
    leisure = true; /* a share is one of time */
}

static void tear_down(void) {
    response_deinit(&response);
    folder_remove(&folder);
}

TestSuite(response_source, .init = set_up, .fini = tear_down, .timeout = 60);

static void seek(void *state, struct byte_range range) {
    struct maker *made = state;
    made->sought = range;
    made->seek_count++;
}

static int next(void *state, struct time_slice slice, struct text *text, struct resource *file,
                struct byte_range *range) {
    struct maker *made = state;
    const struct piece *piece = &made->pieces[made->next_count++];
    (void)slice;
    resource_close(file);
    if (piece->text != NULL) {
        text_append(text, piece->text);
    }
    if (piece->range.end > 0) {
        struct folder_path path = folder_path(&folder, "file");
        *file = (struct resource){.fd = open(path.text, O_RDONLY | O_CLOEXEC), .size = FILE_BYTES};
        cr_assert_geq(file->fd, 0);
        *range = piece->range;
    }
    return piece->result;
}

static void release(void *state) {
    ((struct maker *)state)->release_count++;
}

/* Make an answer of `size` bytes that come in these pieces; `ranges` NULL: of all. */
static void make(const struct piece *pieces, off_t size, const struct response_form *form,
                 const struct range_set *ranges) {
    maker = (struct maker){.pieces = pieces};
    struct body_source source = {
        .state = &maker, .size = size, .seek = seek, .next = next, .release = release};
    sink_reset();
    response_begin(&response, form, ranges != NULL ? HTTP_PARTIAL_CONTENT : HTTP_OK);
    body_take_source(&response.body, &source);
    response_finish(&response, "text/plain", ranges);
    cr_assert_not(response_failed(&response));
}

static void expect_head_with(const char *line) {
    cr_expect(memmem(response.head.bytes, response.head.length, line, strlen(line)) != NULL, "%s in\n%.*s",
              line, (int)response.head.length, response.head.bytes);
}

Test(response_source, is_sent_piece_by_piece_with_texts_and_files) {
    static const struct piece pieces[PIECES_MAX] = {
        {1, "abc", {0, 0}}, {1, "", {10, 4000}}, {1, "de", {0, 1}}};
    size_t length = 3 + 3990 + 2 + 1;
    make(pieces, (off_t)length, &closed, NULL);
    size_t head = response.head.length;
    expect_head_with("\r\nContent-Length: 3996\r\n");
    cr_expect(maker.seek_count == 1 && maker.sought.begin == 0 && maker.sought.end == (off_t)length);
    cr_expect_eq(maker.next_count, 0, "nothing is made before it is sent");
    cr_expect_eq(response_send(&response, -1), SEND_DONE);
    cr_assert_eq(sink.length, head + length);
    cr_expect_arr_eq(sink.bytes + head, "abc", 3);
    cr_expect(filling_matches(sink.bytes + head + 3, 10, 3990));
    cr_expect_arr_eq(sink.bytes + head + 3 + 3990, "de", 2);
    cr_expect(filling_matches(sink.bytes + head + length - 1, 0, 1));
    cr_expect_eq(response_sent_body_bytes(&response), length);
    cr_expect_eq(maker.next_count, 3, "and nothing behind the last byte");
}

Test(response_source, is_asked_for_the_range_that_is_wanted) {
    static const struct piece pieces[PIECES_MAX] = {{1, "cdef", {0, 0}}};
    struct range_set ranges = {{{2, 6}}, 1};
    make(pieces, 10, &closed, &ranges);
    size_t head = response.head.length;
    expect_head_with("\r\nContent-Range: bytes 2-5/10\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n");
    cr_expect(maker.seek_count == 1 && maker.sought.begin == 2 && maker.sought.end == 6);
    cr_expect_eq(response_send(&response, -1), SEND_DONE);
    cr_assert_eq(sink.length, head + 4);
    cr_expect_arr_eq(sink.bytes + head, "cdef", 4);
}

Test(response_source, to_head_makes_nothing) {
    static const struct piece none[PIECES_MAX] = {{0}};
    make(none, 10, &head_only, NULL);
    expect_head_with("\r\nContent-Length: 10\r\n");
    cr_expect_eq(response_send(&response, -1), SEND_DONE);
    cr_expect_eq(sink.length, response.head.length);
    cr_expect_eq(maker.next_count, 0);
}

Test(response_source, stops_and_goes_on_at_every_byte) {
    static const struct piece pieces[PIECES_MAX] = {
        {1, "abc", {0, 0}}, {1, "de", {100, 140}}, {1, "f", {0, 0}}};
    enum { LENGTH = 3 + 2 + 40 + 1 };
    for (size_t stop = 0;; stop++) {
        make(pieces, LENGTH, &closed, NULL);
        size_t head = response.head.length;
        if (stop == head + LENGTH) {
            break;
        }
        sink.budget = stop;
        cr_assert_eq(response_send(&response, -1), SEND_WOULD_BLOCK, "at %zu", stop);
        cr_assert_eq(response_unsent_bytes(&response), head + LENGTH - stop, "at %zu", stop);
        cr_assert_eq(response_sent_body_bytes(&response), stop > head ? stop - head : 0, "at %zu", stop);
        sink.budget = SIZE_MAX;
        cr_assert_eq(response_send(&response, -1), SEND_DONE, "at %zu", stop);
        cr_assert_eq(sink.length, head + LENGTH, "at %zu", stop);
        cr_assert_arr_eq(sink.bytes + head, "abcde", 5, "at %zu", stop);
        cr_assert(filling_matches(sink.bytes + head + 5, 100, 40), "at %zu", stop);
        response_clear(&response);
    }
}

/* A slice that is over is not an error: others have their turn. */
Test(response_source, that_needs_more_time_lets_others_have_their_turn) {
    static const struct piece pieces[PIECES_MAX] = {
        {-EAGAIN, NULL, {0, 0}}, {1, "ab", {0, 0}}, {-EAGAIN, NULL, {0, 0}}, {1, "c", {0, 0}}};
    make(pieces, 3, &closed, NULL);
    size_t head = response.head.length;
    cr_expect_eq(response_send(&response, -1), SEND_SHARE_USED);
    cr_expect_eq(response_send(&response, -1), SEND_SHARE_USED);
    cr_expect_eq(response_sent_body_bytes(&response), 2);
    cr_expect_eq(response_send(&response, -1), SEND_DONE);
    cr_assert_eq(sink.length, head + 3);
    cr_expect_arr_eq(sink.bytes + head, "abc", 3);
}

Test(response_source, that_fails_or_ends_early_is_cut_off_and_not_padded) {
    static const struct {
        const char *name;
        struct piece pieces[PIECES_MAX];
    } rows[] = {
        {"it fails", {{1, "ab", {0, 0}}, {-ESTALE, NULL, {0, 0}}}},
        {"it ends", {{1, "ab", {0, 0}}, {0}}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(rows[i].pieces, 10, &closed, NULL);
        size_t head = response.head.length;
        cr_expect_eq(response_send(&response, -1), SEND_FAILED, "%s", rows[i].name);
        cr_expect_eq(sink.length, head + 2, "%s", rows[i].name);
        cr_expect_eq(response_sent_body_bytes(&response), 2, "%s", rows[i].name);
        cr_expect_eq(response_failure(&response), HTTP_OK, "%s: there is no other answer", rows[i].name);
        response_clear(&response);
    }
}

Test(response_source, that_fails_at_once_leaves_room_for_another_answer) {
    static const struct {
        struct piece pieces[PIECES_MAX];
        enum http_status failure;
    } rows[] = {
        {{{-EIO, NULL, {0, 0}}}, HTTP_INTERNAL_SERVER_ERROR},
        {{{-EAGAIN, NULL, {0, 0}}, {-EIO, "ab", {0, 0}}}, HTTP_INTERNAL_SERVER_ERROR},
        {{{-ESTALE, NULL, {0, 0}}}, HTTP_SERVICE_UNAVAILABLE},
        {{{0}}, HTTP_INTERNAL_SERVER_ERROR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        make(rows[i].pieces, 10, &closed, NULL);
        enum send_outcome outcome = response_send(&response, -1);
        while (outcome == SEND_SHARE_USED) {
            outcome = response_send(&response, -1);
        }
        cr_expect_eq(outcome, SEND_FAILED, "row %zu", i);
        cr_expect_eq(sink.length, 0, "row %zu", i);
        cr_expect_eq(response_failure(&response), rows[i].failure, "row %zu", i);
        response_clear(&response);
    }
}

Test(response_source, is_released_once_however_it_ends) {
    static const struct piece pieces[PIECES_MAX] = {{1, "ab", {10, 20}}, {1, "c", {0, 0}}};
    for (size_t budget = 0; budget < 2000; budget += 100) {
        make(pieces, 13, &closed, NULL);
        sink.budget = budget;
        enum send_outcome outcome = response_send(&response, -1);
        cr_expect_eq(outcome, budget < response.head.length + 13 ? SEND_WOULD_BLOCK : SEND_DONE, "%zu",
                     budget);
        cr_expect_eq(maker.release_count, 0, "%zu", budget);
        response_clear(&response);
        cr_expect_eq(maker.release_count, 1, "%zu", budget);
        response_clear(&response);
        cr_expect_eq(maker.release_count, 1, "%zu", budget);
        cr_expect_eq(response.body.file.fd, -1, "%zu", budget);
    }
    make(pieces, 13, &closed, NULL);
    response_deinit(&response);
    cr_expect_eq(maker.release_count, 1);
    response_init(&response);
}
