/* SPDX-License-Identifier: MIT */
/* Answers whose bytes the file cache has: the file's contents, or a descriptor that others use, too; and
 * heads that were made before. Linked with support_io_faults.c and support_memory_faults.c and the --wrap
 * that each of them names. */
#include "http/response/response.h"
#include "tests/support/filling.h"
#include "tests/support/folder.h"
#include "tests/unit/http/response/shared_file.h"
#include "tests/unit/support/bodies.h"
#include "tests/unit/support/io_faults.h"
#include "tests/unit/support/memory_faults.h"
#include "tests/unit/support/socket_pair.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
enum { NOW = 784111777, SMALL_BYTES = 1000, LARGE_BYTES = 100 * 1000 };

static const struct response_form form = {.now = NOW, .date = DATE, .keep_alive = true};

static struct response response;
static struct socket_pair pair;
static struct folder folder;
static struct beneath root;
static char received[256 * 1024];
static size_t received_length;

static void set_up(void) {
    response_init(&response);
    socket_pair_open(&pair);
    folder_create(&folder);
    cr_assert_eq(beneath_open_root(&root, folder.path), 0);
}

static void tear_down(void) {
    response_deinit(&response);
    socket_pair_close(&pair);
    beneath_close_root(&root);
    folder_remove(&folder);
    memory_demand_live(0);
}

TestSuite(response_from_memory, .init = set_up, .fini = tear_down, .timeout = 60);

/* A file that the cache has. */
static struct resource share(off_t size, bool with_contents) {
    struct resource file;
    if (with_contents) {
        return shared_file_filled(size);
    }
    folder_truncate(&folder, "file", size);
    folder_write_pattern(&folder, "file", 0, size);
    cr_assert_eq(resource_open(&root, "file", &file), HTTP_OK);
    return shared_file_opened(&file);
}

static size_t make_answer(off_t size, bool with_contents) {
    struct resource file = share(size, with_contents);
    response_begin(&response, &form, HTTP_OK);
    finish_with_file(&response, &file, "text/plain", NULL);
    cr_expect(file.fd == -1 && file.cached == NULL && file.contents == NULL, "it has been taken over");
    return response.head.length;
}

static void expect_whole_answer(size_t head_length, size_t body_length) {
    received_length +=
        socket_pair_receive(&pair, received + received_length, sizeof received - received_length);
    cr_assert_eq(received_length, head_length + body_length);
    cr_expect_arr_eq(received + head_length - 4, "\r\n\r\n", 4);
    cr_expect(filling_matches(received + head_length, 0, body_length));
    cr_expect_eq(response_unsent_bytes(&response), 0);
    cr_expect_eq(response_sent_body_bytes(&response), body_length);
    received_length = 0;
}

/* --- contents ------------------------------------------------------------------------------------------- */

Test(response_from_memory, is_sent_at_once_with_its_head) {
    static const off_t sizes[] = {0, 1, SMALL_BYTES, LARGE_BYTES};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t head = make_answer(sizes[i], true);
        size_t sends = io_count(IO_SENDMSG);
        size_t reads = io_count(IO_PREAD);
        cr_expect_eq(response_send(&response, pair.ours), SEND_DONE, "%jd", (intmax_t)sizes[i]);
        cr_expect_eq(io_count(IO_SENDMSG), sends + 1, "%jd", (intmax_t)sizes[i]);
        cr_expect_not(io_last_send_flags() & MSG_MORE, "%jd", (intmax_t)sizes[i]);
        cr_expect_eq(io_count(IO_PREAD), reads, "%jd", (intmax_t)sizes[i]);
        cr_expect_eq(io_count(IO_SENDFILE), 0, "%jd", (intmax_t)sizes[i]);
        expect_whole_answer(head, (size_t)sizes[i]);
        response_clear(&response);
    }
}

Test(response_from_memory, is_not_read_into_another_place) {
    struct resource file = share(SMALL_BYTES, true);
    size_t reads = io_count(IO_PREAD);
    response_begin(&response, &form, HTTP_OK);
    finish_with_file(&response, &file, NULL, NULL);
    cr_expect_eq(response.body.text.length, 0);
    cr_expect_not_null(response.body.file.cached, "it is as it was");
    cr_expect_eq(io_count(IO_PREAD), reads);
}

Test(response_from_memory, is_held_until_it_was_sent) {
    static const bool ways[] = {true, false};
    for (size_t i = 0; i < 2; i++) {
        (void)make_answer(LARGE_BYTES, ways[i]);
        cr_expect_eq(shared_file_holds, 1);
        cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
        response_clear(&response);
        cr_expect_eq(shared_file_holds, 0);
        (void)socket_pair_receive(&pair, received, sizeof received);
    }
}

Test(response_from_memory, keeps_its_bytes_when_the_file_changes) {
    size_t head = make_answer(SMALL_BYTES, true);
    folder_write_text(&folder, "file", "something else");
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    expect_whole_answer(head, SMALL_BYTES);
}

Test(response_from_memory, stops_and_goes_on_at_every_byte) {
    enum { FILE_BYTES = 40 };
    for (size_t stop = 1;; stop++) {
        size_t head = make_answer(FILE_BYTES, true);
        if (stop == head + FILE_BYTES) {
            break;
        }
        IO_SCRIPT(IO_SENDMSG, IO_SHORT(stop), IO_FAIL(EAGAIN));
        cr_assert_eq(response_send(&response, pair.ours), SEND_WOULD_BLOCK, "at %zu", stop);
        cr_assert_eq(response_unsent_bytes(&response), head + FILE_BYTES - stop, "at %zu", stop);
        cr_assert_eq(response_sent_body_bytes(&response), stop > head ? stop - head : 0, "at %zu", stop);
        cr_assert_eq(response_send(&response, pair.ours), SEND_DONE, "at %zu", stop);
        expect_whole_answer(head, FILE_BYTES);
        response_clear(&response);
    }
}

/* --- ranges --------------------------------------------------------------------------------------------- */

Test(response_from_memory, has_ranges_too) {
    static const struct {
        const char *name;
        struct range_set ranges;
    } rows[] = {
        {"one", {.count = 1, .parts = {{10, 500}}}},
        {"one byte", {.count = 1, .parts = {{999, 1000}}}},
        {"all of it", {.count = 1, .parts = {{0, LARGE_BYTES}}}},
        {"a large one", {.count = 1, .parts = {{1, LARGE_BYTES - 1}}}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct byte_range range = rows[i].ranges.parts[0];
        struct resource file = share(LARGE_BYTES, true);
        size_t reads = io_count(IO_PREAD);
        response_begin(&response, &form, HTTP_PARTIAL_CONTENT);
        finish_with_file(&response, &file, "text/plain", &rows[i].ranges);
        size_t head = response.head.length;
        cr_expect_eq(response_send(&response, pair.ours), SEND_DONE, "%s", rows[i].name);
        size_t length = socket_pair_receive(&pair, received, sizeof received);
        cr_assert_eq(length, head + (size_t)(range.end - range.begin), "%s", rows[i].name);
        cr_expect(filling_matches(received + head, range.begin, (size_t)(range.end - range.begin)), "%s",
                  rows[i].name);
        cr_expect_eq(io_count(IO_PREAD), reads, "%s", rows[i].name);
        response_clear(&response);
        cr_expect_eq(shared_file_holds, 0, "%s", rows[i].name);
    }
}

static void expect_part(const char *bytes, size_t length, struct byte_range range) {
    size_t size = (size_t)(range.end - range.begin);
    char *wanted = malloc(size);
    cr_assert_not_null(wanted);
    filling_write(wanted, range.begin, size);
    cr_expect_not_null(memmem(bytes, length, wanted, size));
    free(wanted);
}

Test(response_from_memory, has_several_ranges_too) {
    static const struct range_set sets[] = {
        {.count = 2, .parts = {{0, 100}, {900, 1000}}},
        {.count = 3, .parts = {{0, 40000}, {50000, 50001}, {60000, LARGE_BYTES}}},
    };
    for (size_t i = 0; i < 2; i++) {
        struct resource file = share(LARGE_BYTES, true);
        response_begin(&response, &form, HTTP_PARTIAL_CONTENT);
        finish_with_file(&response, &file, "text/plain", &sets[i]);
        size_t all = response_unsent_bytes(&response);
        size_t sends = io_count(IO_SENDMSG);
        cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
        cr_expect(i > 0 || io_count(IO_SENDMSG) == sends + 1, "small ones are sent at once");
        size_t length = socket_pair_receive(&pair, received, sizeof received);
        cr_expect_eq(length, all);
        for (size_t part = 0; part < sets[i].count; part++) {
            expect_part(received, length, sets[i].parts[part]);
        }
        response_clear(&response);
        cr_expect_eq(shared_file_holds, 0);
    }
}

/* --- heads that were made before ------------------------------------------------------------------------ */

static struct ready_head *make_head(void) {
    struct ready_head_use use = {view_of("file"), CODING_IDENTITY, true};
    response_begin(&response, &form, HTTP_OK);
    response_add_expires(&response, 3600);
    struct ready_head *head =
        ready_head_create(&use, (struct view){response.head.bytes, response.head.length}, &response.dates);
    cr_assert_not_null(head);
    response_clear(&response);
    cr_expect(response.dates.date_at == 0 && response.dates.expires_at == 0, "they are the last answer's");
    return head;
}

Test(response_from_memory, has_the_dates_of_its_own_time_in_a_ready_head) {
    static const struct response_form later = {
        .now = NOW + 3, .date = "Sun, 06 Nov 1994 08:49:40 GMT", .keep_alive = true};
    static const char expected[] =
        "HTTP/1.0 200 OK\r\nServer: Lido\r\nDate: Sun, 06 Nov 1994 08:49:40 GMT\r\n"
        "Expires: Sun, 06 Nov 1994 09:49:40 GMT\r\n";
    struct ready_head *head = make_head();
    struct resource file = share(SMALL_BYTES, true);
    response_begin_ready(&response, &later, head);
    finish_with_file(&response, &file, NULL, NULL);
    ready_heads_destroy(head);
    cr_expect_eq(response.status, HTTP_OK);
    cr_expect(response.form.keep_alive);
    cr_expect_eq(response.body_bytes, SMALL_BYTES);
    cr_expect_eq(response_unsent_bytes(&response), sizeof expected - 1 + SMALL_BYTES);
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    cr_expect_eq(socket_pair_receive(&pair, received, sizeof received), sizeof expected - 1 + SMALL_BYTES);
    cr_expect_arr_eq(received, expected, sizeof expected - 1);
    cr_expect(filling_matches(received + sizeof expected - 1, 0, SMALL_BYTES));
    cr_expect_eq(response_sent_body_bytes(&response), SMALL_BYTES);
}

Test(response_from_memory, has_no_body_behind_a_ready_head_for_head) {
    static const struct response_form to_head = {.now = NOW, .date = DATE, .without_body = true};
    struct ready_head *head = make_head();
    struct resource file = share(LARGE_BYTES, false);
    response_begin_ready(&response, &to_head, head);
    finish_with_file(&response, &file, NULL, NULL);
    cr_expect_not(response.form.keep_alive, "which the form says, whatever stands in it");
    cr_expect_eq(response.body_bytes, 0);
    cr_expect_eq(response_unsent_bytes(&response), head->length);
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    cr_expect_not(io_last_send_flags() & MSG_MORE);
    cr_expect_eq(socket_pair_receive(&pair, received, sizeof received), head->length);
    ready_heads_destroy(head);
}

Test(response_from_memory, sends_a_file_behind_a_ready_head) {
    struct ready_head *head = make_head();
    struct resource file = share(LARGE_BYTES, false);
    response_begin_ready(&response, &form, head);
    finish_with_file(&response, &file, NULL, NULL);
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    cr_expect_eq(io_count(IO_SENDFILE), 1);
    size_t length = socket_pair_receive(&pair, received, sizeof received);
    cr_assert_eq(length, head->length + LARGE_BYTES);
    cr_expect(filling_matches(received + head->length, 0, LARGE_BYTES));
    ready_heads_destroy(head);
}

Test(response_from_memory, fails_without_memory_for_a_ready_head_and_loses_none) {
    struct ready_head *head = make_head();
    struct resource file = share(SMALL_BYTES, true);
    response_deinit(&response);
    response_init(&response);
    memory_fail_after(0);
    response_begin_ready(&response, &form, head);
    finish_with_file(&response, &file, NULL, NULL);
    cr_expect(memory_stop_failing());
    cr_expect(response_failed(&response));
    response_clear(&response);
    cr_expect_eq(shared_file_holds, 0);
    ready_heads_destroy(head);
}

Test(response_from_memory, knows_where_its_dates_stand) {
    static const struct {
        const char *name;
        time_t fresh_s;
        const char *expires;
    } rows[] = {
        {"at once", 0, DATE},
        {"after a second", 1, "Sun, 06 Nov 1994 08:49:38 GMT"},
        {"after a day", 86400, "Mon, 07 Nov 1994 08:49:37 GMT"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        response_begin(&response, &form, HTTP_OK);
        response_add_expires(&response, rows[i].fresh_s);
        struct head_dates dates = response.dates;
        cr_assert(dates.date_at > 0 && dates.expires_at > dates.date_at, "%s", rows[i].name);
        cr_expect(memcmp(response.head.bytes + dates.date_at, DATE "\r\n", sizeof DATE + 1) == 0, "%s",
                  rows[i].name);
        cr_expect(memcmp(response.head.bytes + dates.expires_at, rows[i].expires, sizeof DATE - 1) == 0, "%s",
                  rows[i].name);
        cr_expect_eq(dates.fresh_s, rows[i].fresh_s, "%s", rows[i].name);
        response_clear(&response);
    }
}

Test(response_from_memory, has_no_date_to_put_in_where_the_owner_has_one_of_his_own) {
    static const struct own_field own = {"Expires", "0"};
    response.own.fields[0] = &own;
    response.own.count = 1;
    response_begin(&response, &form, HTTP_OK);
    response_add_expires(&response, 3600);
    cr_expect_eq(response.dates.expires_at, 0);
    cr_expect_gt(response.dates.date_at, 0);
}
