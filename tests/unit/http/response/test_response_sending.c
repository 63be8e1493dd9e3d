/* SPDX-License-Identifier: MIT */
/* Linked with support_io_faults.c and support_memory_faults.c and the --wrap that each of them names. */
#include "http/response/response.h"
#include "tests/support/filling.h"
#include "tests/support/folder.h"
#include "tests/unit/support/bodies.h"
#include "tests/unit/support/io_faults.h"
#include "tests/unit/support/memory_faults.h"
#include "tests/unit/support/socket_pair.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECEIVED_BYTES = 256 * 1024, SMALL_BYTES = 1000, LARGE_BYTES = 64 * 1000, SHARE_BYTES = 1024 * 1024 };

static const struct response_form form = {.date = "Sun, 06 Nov 1994 08:49:37 GMT"};

static struct response response;
static struct socket_pair pair;
static struct folder folder;
static char received[RECEIVED_BYTES];
static size_t received_length;

static void set_up(void) {
    response_init(&response);
    socket_pair_open(&pair);
    folder_create(&folder);
}

static void tear_down(void) {
    response_deinit(&response);
    socket_pair_close(&pair);
    folder_remove(&folder);
    memory_demand_live(0);
}

TestSuite(response_sending, .init = set_up, .fini = tear_down, .timeout = 60);

static struct resource open_file(const char *name) {
    struct folder_path path = folder_path(&folder, name);
    struct stat status;
    int fd = open(path.text, O_RDONLY | O_CLOEXEC);
    cr_assert(fd != -1 && fstat(fd, &status) == 0, "%s: %s", path.text, strerror(errno));
    return (struct resource){.fd = fd, .size = status.st_size};
}

/* As small files are read first. Returns whether it was read. */
static bool finish_with(struct resource *file) {
    response_begin(&response, &form, HTTP_OK);
    finish_with_file(&response, file, "text/plain", NULL);
    return response.body.file.fd == -1;
}

/* Make the answer with a file of so many bytes. Returns the length of its head. */
static size_t make_answer(off_t file_bytes) {
    folder_truncate(&folder, "file", file_bytes);
    folder_write_pattern(&folder, "file", 0, file_bytes);
    struct resource file = open_file("file");
    (void)finish_with(&file);
    cr_assert_not(response_failed(&response));
    return response.head.length;
}

static void receive(void) {
    received_length +=
        socket_pair_receive(&pair, received + received_length, sizeof received - received_length);
}

static void expect_whole_answer(size_t head_length, size_t file_bytes) {
    receive();
    cr_assert_eq(received_length, head_length + file_bytes);
    cr_expect_arr_eq(received, "HTTP/1.0 200 OK\r\n", 17);
    cr_expect_arr_eq(received + head_length - 4, "\r\n\r\n", 4);
    cr_expect(filling_matches(received + head_length, 0, file_bytes));
    cr_expect_eq(response_unsent_bytes(&response), 0);
    cr_expect_eq(response_sent_body_bytes(&response), file_bytes);
}

Test(response_sending, takes_one_send_for_a_small_file) {
    size_t head = make_answer(SMALL_BYTES);
    cr_expect_eq(io_count(IO_PREAD), 1);
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    cr_expect_eq(io_count(IO_SENDMSG), 1);
    cr_expect_eq(io_count(IO_SENDFILE), 0);
    cr_expect_not(io_last_send_flags() & MSG_MORE);
    expect_whole_answer(head, SMALL_BYTES);
}

Test(response_sending, sends_head_and_large_file_as_one_stream) {
    size_t head = make_answer(LARGE_BYTES);
    cr_expect_eq(io_count(IO_PREAD), 1, "no head is sent for a file that cannot be read");
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    cr_expect_eq(io_count(IO_SENDMSG), 1);
    cr_expect_eq(io_count(IO_SENDFILE), 1);
    cr_expect(io_last_send_flags() & MSG_MORE, "head and body do not share a segment");
    expect_whole_answer(head, LARGE_BYTES);
}

/* A client that takes all it is given: only the share ends a call then. It is no socket, so the head must be
 * sent. */
static int open_sink(void) {
    int sink = open("/dev/null", O_WRONLY | O_CLOEXEC);
    cr_assert(sink != -1);
    response.unsent[UNSENT_HEAD].iov_len = 0;
    return sink;
}

Test(response_sending, lets_others_have_their_turn) {
    static const struct {
        uint64_t whole_shares;
        uint64_t and_bytes;
        uint64_t turns; /* behind which there is more */
    } rows[] = {{1, 0, 0}, {1, 1, 1}, {2, 0, 1}, {16, 0, 15}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t file_bytes = rows[i].whole_shares * SHARE_BYTES + rows[i].and_bytes;
        (void)make_answer((off_t)file_bytes);
        int sink = open_sink();
        for (uint64_t turn = 1; turn <= rows[i].turns; turn++) {
            cr_assert_eq(response_send(&response, sink), SEND_SHARE_USED, "row %zu", i);
            cr_assert_eq(response_sent_body_bytes(&response), turn * SHARE_BYTES, "row %zu", i);
        }
        cr_assert_eq(response_send(&response, sink), SEND_DONE, "row %zu", i);
        cr_assert_eq(response_sent_body_bytes(&response), file_bytes, "row %zu", i);
        (void)close(sink);
        response_clear(&response);
    }
}

Test(response_sending, stops_and_goes_on_at_every_byte) {
    enum { FILE_BYTES = 40 };
    for (size_t stop = 0;; stop++) {
        received_length = 0;
        size_t head = make_answer(FILE_BYTES);
        if (stop == head + FILE_BYTES) {
            break;
        }
        if (stop > 0) {
            IO_SCRIPT(IO_SENDMSG, IO_SHORT(stop), IO_FAIL(EAGAIN));
        } else {
            IO_SCRIPT(IO_SENDMSG, IO_FAIL(EAGAIN));
        }
        cr_assert_eq(response_send(&response, pair.ours), SEND_WOULD_BLOCK, "at %zu", stop);
        cr_assert_eq(response_unsent_bytes(&response), head + FILE_BYTES - stop, "at %zu", stop);
        cr_assert_eq(response_sent_body_bytes(&response), stop > head ? stop - head : 0, "at %zu", stop);
        cr_assert_eq(response_send(&response, pair.ours), SEND_DONE, "at %zu", stop);
        expect_whole_answer(head, FILE_BYTES);
        response_clear(&response);
    }
}

Test(response_sending, counts_a_large_file_at_every_stop) {
    size_t head = make_answer(LARGE_BYTES);
    IO_SCRIPT(IO_SENDMSG, IO_SHORT(10), IO_FAIL(EAGAIN));
    cr_expect_eq(response_send(&response, pair.ours), SEND_WOULD_BLOCK);
    cr_expect_eq(response_unsent_bytes(&response), head - 10 + LARGE_BYTES);
    cr_expect_eq(response_sent_body_bytes(&response), 0);

    IO_SCRIPT(IO_SENDFILE, IO_SHORT(5000), IO_FAIL(EAGAIN));
    cr_expect_eq(response_send(&response, pair.ours), SEND_WOULD_BLOCK);
    cr_expect_eq(response_unsent_bytes(&response), LARGE_BYTES - 5000);
    cr_expect_eq(response_sent_body_bytes(&response), 5000);

    IO_SCRIPT(IO_SENDFILE, IO_FAIL(EINTR), IO_SHORT(1), IO_FAIL(EAGAIN));
    cr_expect_eq(response_send(&response, pair.ours), SEND_WOULD_BLOCK);
    cr_expect_eq(response_sent_body_bytes(&response), 5001);

    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    expect_whole_answer(head, LARGE_BYTES);
}

Test(response_sending, copies_a_file_that_sendfile_cannot_send) {
    size_t head = make_answer(LARGE_BYTES);
    io_always(IO_SENDFILE, IO_FAIL(EINVAL));
    IO_SCRIPT(IO_SENDMSG, IO_PASS, IO_SHORT(3000), IO_FAIL(EAGAIN));
    cr_expect_eq(response_send(&response, pair.ours), SEND_WOULD_BLOCK);
    cr_expect_eq(response_sent_body_bytes(&response), 3000);
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    expect_whole_answer(head, LARGE_BYTES);
}

Test(response_sending, goes_on_beyond_4_gib) {
    enum { TWICE_LARGE_BYTES = 2 * LARGE_BYTES };
    off_t border = (off_t)4 * 1024 * 1024 * 1024;
    folder_truncate(&folder, "file", border + LARGE_BYTES);
    folder_write_pattern(&folder, "file", border - LARGE_BYTES, TWICE_LARGE_BYTES);
    struct resource file = open_file("file");
    response_begin(&response, &form, HTTP_OK);
    finish_with_file(&response, &file, "text/plain", NULL);
    response.unsent[UNSENT_HEAD].iov_len = 0; /* as if all up to there had been sent */
    response.parts[0].range.begin = border - LARGE_BYTES;
    response.unsent_bytes_later = TWICE_LARGE_BYTES;
    cr_expect_eq(response_unsent_bytes(&response), TWICE_LARGE_BYTES);
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    receive();
    cr_expect_eq(received_length, TWICE_LARGE_BYTES);
    cr_expect(filling_matches(received, border - LARGE_BYTES, received_length));
    cr_expect_eq(response_sent_body_bytes(&response), (uint64_t)border + LARGE_BYTES);
}

/* --- files that change, disks and clients that fail ----------------------------------------------------- */

Test(response_sending, a_small_file_that_has_shrunk_is_cut_off_and_not_padded) {
    folder_write_pattern(&folder, "file", 0, SMALL_BYTES);
    struct resource file = open_file("file");
    folder_truncate(&folder, "file", 10);
    cr_expect_not(finish_with(&file));
    cr_expect(memmem(response.head.bytes, response.head.length, "\r\nContent-Length: 1000\r\n", 24) != NULL);
    size_t head = response.head.length;
    cr_expect_eq(response_send(&response, pair.ours), SEND_FAILED);
    cr_expect_eq(response_sent_body_bytes(&response), 10);
    receive();
    cr_assert_eq(received_length, head + 10);
    cr_expect(filling_matches(received + head, 0, 10));
}

Test(response_sending, a_large_file_that_has_shrunk_before_is_cut_off_and_not_padded) {
    size_t head = make_answer(LARGE_BYTES);
    folder_truncate(&folder, "file", 10);
    cr_expect_eq(response_send(&response, pair.ours), SEND_FAILED);
    cr_expect_eq(response_sent_body_bytes(&response), 10);
    receive();
    cr_expect_eq(received_length, head + 10);
}

Test(response_sending, a_large_file_that_shrinks_meanwhile_is_cut_off_and_not_padded) {
    size_t head = make_answer(LARGE_BYTES);
    IO_SCRIPT(IO_SENDFILE, IO_SHORT(5000), IO_FAIL(EAGAIN));
    cr_expect_eq(response_send(&response, pair.ours), SEND_WOULD_BLOCK);
    folder_truncate(&folder, "file", 5000);
    cr_expect_eq(response_send(&response, pair.ours), SEND_FAILED);
    cr_expect_eq(response_sent_body_bytes(&response), 5000);
    receive();
    cr_expect_eq(received_length, head + 5000);
}

Test(response_sending, a_file_that_grows_is_sent_as_long_as_it_was) {
    size_t head = make_answer(LARGE_BYTES);
    folder_write_pattern(&folder, "file", LARGE_BYTES, LARGE_BYTES);
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    expect_whole_answer(head, LARGE_BYTES);
}

Test(response_sending, reads_a_small_file_in_spite_of_interruptions) {
    IO_SCRIPT(IO_PREAD, IO_FAIL(EINTR), IO_SHORT(1), IO_FAIL(EINTR), IO_SHORT(10));
    size_t head = make_answer(SMALL_BYTES);
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    cr_expect_eq(io_count(IO_SENDFILE), 0);
    expect_whole_answer(head, SMALL_BYTES);
}

Test(response_sending, a_file_that_cannot_be_read_fails_before_its_head_is_sent) {
    static const struct {
        off_t file_bytes;
        struct io_step steps[2];
        enum http_status failure;
    } rows[] = {
        {SMALL_BYTES, {IO_SHORT(10), IO_FAIL(EIO)}, HTTP_INTERNAL_SERVER_ERROR},
        {SMALL_BYTES, {IO_FAIL(ESTALE)}, HTTP_SERVICE_UNAVAILABLE},
        {LARGE_BYTES, {IO_FAIL(EINTR), IO_FAIL(EIO)}, HTTP_INTERNAL_SERVER_ERROR},
        {LARGE_BYTES, {IO_FAIL(EACCES)}, HTTP_FORBIDDEN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        folder_truncate(&folder, "file", rows[i].file_bytes);
        struct resource file = open_file("file");
        io_script(IO_PREAD, rows[i].steps, rows[i].steps[1].error != 0 ? 2 : 1);
        (void)finish_with(&file);
        cr_expect(response_failed(&response), "row %zu", i);
        cr_expect_eq(response_failure(&response), rows[i].failure, "row %zu", i);
        response_clear(&response);
        cr_expect_not(response_failed(&response), "row %zu", i);
        cr_expect_eq(response_failure(&response), HTTP_OK, "row %zu", i);
    }
}

Test(response_sending, a_disk_that_turns_bad_ends_in_a_failure_and_sends_no_wrong_byte) {
    size_t head = make_answer(LARGE_BYTES);
    io_always(IO_SENDFILE, IO_FAIL(EIO));
    cr_expect_eq(response_send(&response, pair.ours), SEND_FAILED);
    cr_expect_eq(response_failure(&response), HTTP_OK, "its head is on its way");
    cr_expect_eq(response_sent_body_bytes(&response), 0);
    receive();
    cr_expect_eq(received_length, head);
}

Test(response_sending, a_lost_client_is_a_failure_with_the_right_count) {
    (void)make_answer(LARGE_BYTES);
    IO_SCRIPT(IO_SENDFILE, IO_SHORT(5000), IO_FAIL(ECONNRESET));
    cr_expect_eq(response_send(&response, pair.ours), SEND_FAILED);
    cr_expect_eq(response_sent_body_bytes(&response), 5000);
    response_clear(&response);

    size_t head = make_answer(SMALL_BYTES);
    IO_SCRIPT(IO_SENDMSG, IO_SHORT(head + 7), IO_FAIL(EPIPE));
    cr_expect_eq(response_send(&response, pair.ours), SEND_FAILED);
    cr_expect_eq(response_sent_body_bytes(&response), 7);
}

static void let_each_allocation_fail(off_t file_bytes) {
    size_t failures = 0;
    for (bool failed = true; failed; failures++) {
        folder_truncate(&folder, "file", file_bytes);
        struct resource file = open_file("file");
        memory_fail_after(failures);
        bool is_read = finish_with(&file);
        failed = memory_stop_failing();
        cr_expect_eq(response_failed(&response), failed && is_read, "allocation %zu", failures);
        cr_expect_not(response.body.text.failed, "allocation %zu", failures);
        cr_expect(failed || is_read);
        response_deinit(&response);
        cr_expect_eq(memory_live_count(), 0, "allocation %zu", failures);
        response_init(&response);
    }
    cr_expect_geq(failures, 3, "head and content need memory");
}

/* Without memory for the content the file is sent from where it is. */
Test(response_sending, says_when_memory_ran_out_and_loses_none) {
    let_each_allocation_fail(0);
    let_each_allocation_fail(SMALL_BYTES);
}
