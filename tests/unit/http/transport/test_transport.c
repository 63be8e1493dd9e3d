/* SPDX-License-Identifier: MIT */
#include "http/transport/transport.h"
#include "tests/support/filling.h"
#include "tests/support/folder.h"
#include "tests/unit/support/socket_pair.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LARGE_BYTES = 4 * 1024 * 1024 };

static struct socket_pair pair;
static struct folder folder;

static void set_up(void) {
    socket_pair_open(&pair);
    folder_create(&folder);
}

static void tear_down(void) {
    socket_pair_close(&pair);
    folder_remove(&folder);
}

TestSuite(transport, .init = set_up, .fini = tear_down, .timeout = 60);

static int open_file(const char *name) {
    struct folder_path path = folder_path(&folder, name);
    int fd = open(path.text, O_RDONLY | O_CLOEXEC);
    cr_assert(fd != -1, "%s: %s", path.text, strerror(errno));
    return fd;
}

Test(transport, receives_what_is_there_in_pieces_of_the_size_asked_for) {
    char bytes[4];
    size_t received = 0;
    socket_pair_send_text(&pair, "abcdef");
    cr_expect_eq(transport_receive(pair.ours, bytes, sizeof bytes, &received), TRANSPORT_DONE);
    cr_expect_arr_eq(bytes, "abcd", 4);
    cr_expect_eq(received, 4);
    cr_expect_eq(transport_receive(pair.ours, bytes, sizeof bytes, &received), TRANSPORT_DONE);
    cr_expect_arr_eq(bytes, "ef", 2);
    cr_expect_eq(received, 2);
}

Test(transport, tells_nothing_there_from_the_end_and_leaves_the_count_alone) {
    char byte = 0;
    size_t received = 4711;
    cr_expect_eq(transport_receive(pair.ours, &byte, 1, &received), TRANSPORT_WOULD_BLOCK);
    socket_pair_finish_sending(&pair);
    cr_expect_eq(transport_receive(pair.ours, &byte, 1, &received), TRANSPORT_CLOSED);
    cr_expect_eq(transport_receive(-1, &byte, 1, &received), TRANSPORT_FAILED);
    cr_expect_eq(received, 4711);
}

Test(transport, does_not_wait_on_a_socket_that_would) {
    char byte = 0;
    size_t received = 0;
    struct iovec buffer = {.iov_base = &byte, .iov_len = 1};
    (void)socket_pair_fill(&pair);
    cr_assert_eq(fcntl(pair.ours, F_SETFL, 0), 0);
    cr_expect_eq(transport_receive(pair.ours, &byte, 1, &received), TRANSPORT_WOULD_BLOCK);
    cr_expect_eq(transport_send(pair.ours, &buffer, 1, false), TRANSPORT_WOULD_BLOCK);
    cr_expect_eq(buffer.iov_len, 1);
}

Test(transport, gives_the_bytes_before_the_end_first) {
    char byte = 0;
    size_t received = 0;
    socket_pair_send_text(&pair, "x");
    socket_pair_close_theirs(&pair);
    cr_expect_eq(transport_receive(pair.ours, &byte, 1, &received), TRANSPORT_DONE);
    cr_expect_eq(byte, 'x');
    cr_expect_eq(transport_receive(pair.ours, &byte, 1, &received), TRANSPORT_CLOSED);
}

Test(transport, discards_no_more_than_the_limit) {
    static char bytes[40 * 1024];
    static char rest[sizeof bytes];
    size_t received = 0;
    filling_write(bytes, 0, sizeof bytes);
    socket_pair_send(&pair, bytes, sizeof bytes);
    cr_expect_eq(transport_discard(pair.ours, 0), TRANSPORT_DONE);
    cr_expect_eq(transport_discard(pair.ours, 1), TRANSPORT_DONE);
    cr_expect_eq(transport_discard(pair.ours, 20000), TRANSPORT_DONE);
    cr_expect_eq(transport_receive(pair.ours, rest, sizeof rest, &received), TRANSPORT_DONE);
    cr_expect_eq(received, sizeof bytes - 20001);
    cr_expect(filling_matches(rest, 20001, received));
}

Test(transport, discards_what_is_there_and_sees_the_end) {
    static const char waste[40 * 1024];
    socket_pair_send(&pair, waste, sizeof waste);
    cr_expect_eq(transport_discard(pair.ours, sizeof waste + 1), TRANSPORT_WOULD_BLOCK);
    socket_pair_finish_sending(&pair);
    cr_expect_eq(transport_discard(pair.ours, sizeof waste), TRANSPORT_CLOSED);
}

Test(transport, sends_several_buffers_in_order_and_uses_them_up) {
    char a[] = "one";
    char b[] = "two";
    char received[16] = "";
    struct iovec buffers[4] = {{a, 3}, {NULL, 0}, {b, 3}, {b, 0}};
    cr_expect_eq(transport_send(pair.ours, buffers, 4, false), TRANSPORT_DONE);
    cr_expect_eq(socket_pair_receive_text(&pair, received, sizeof received), 6);
    cr_expect_str_eq(received, "onetwo");
    for (size_t i = 0; i < 4; i++) {
        cr_expect_eq(buffers[i].iov_len, 0, "buffer %zu", i);
    }
}

Test(transport, sends_nothing_when_there_is_nothing) {
    struct iovec buffers[2] = {{NULL, 0}, {NULL, 0}};
    cr_expect_eq(transport_send(pair.ours, buffers, 2, true), TRANSPORT_DONE);
    cr_expect_eq(transport_send(pair.ours, buffers, 0, false), TRANSPORT_DONE);
    cr_expect_eq(transport_send(-1, buffers, 2, false), TRANSPORT_DONE);
}

Test(transport, goes_on_with_the_same_buffers_once_the_client_has_taken_some) {
    static char sent[LARGE_BYTES];
    static char received[LARGE_BYTES];
    filling_write(sent, 0, sizeof sent);
    struct iovec buffers[3] = {{sent, 100}, {sent + 100, 1000000}, {sent + 1000100, sizeof sent - 1000100}};
    size_t taken = 0;
    size_t waits = 0;
    enum transport_result result = TRANSPORT_WOULD_BLOCK;
    while ((result = transport_send(pair.ours, buffers, 3, false)) == TRANSPORT_WOULD_BLOCK) {
        taken += socket_pair_receive(&pair, received + taken, sizeof received - taken);
        size_t unsent = buffers[0].iov_len + buffers[1].iov_len + buffers[2].iov_len;
        cr_assert_eq(taken + unsent, sizeof sent);
        waits++;
    }
    cr_expect_eq(result, TRANSPORT_DONE);
    cr_expect(waits > 1, "the socket took all %zu bytes in %zu rounds", sizeof sent, waits);
    taken += socket_pair_receive(&pair, received + taken, sizeof received - taken);
    cr_expect_eq(taken, sizeof sent);
    cr_expect(filling_matches(received, 0, sizeof received));
}

Test(transport, reports_a_client_that_is_gone_instead_of_raising_sigpipe) {
    char byte = 0;
    struct iovec buffer = {.iov_base = &byte, .iov_len = 1};
    off_t offset = 0;
    folder_write_text(&folder, "file", "text");
    int file_fd = open_file("file");
    socket_pair_close_theirs(&pair);
    cr_expect_eq(transport_send(pair.ours, &buffer, 1, false), TRANSPORT_FAILED);
    cr_expect_eq(buffer.iov_len, 1);
    (void)signal(SIGPIPE, SIG_IGN); /* sendfile(2) has no flag for it: the program ignores it */
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, 4), TRANSPORT_FAILED);
    cr_expect_eq(offset, 0);
    (void)close(file_fd);
}

Test(transport, sends_the_part_of_a_file_that_was_asked_for) {
    char received[16] = "";
    off_t offset = 2;
    folder_write_text(&folder, "file", "0123456789");
    int file_fd = open_file("file");
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, 5), TRANSPORT_DONE);
    cr_expect_eq(offset, 7);
    cr_expect_eq(socket_pair_receive_text(&pair, received, sizeof received), 5);
    cr_expect_str_eq(received, "23456");
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, 0), TRANSPORT_DONE);
    cr_expect_eq(offset, 7);
    cr_expect_eq(lseek(file_fd, 0, SEEK_CUR), 0, "the file's own position is used, which threads may share");
    (void)close(file_fd);
}

Test(transport, goes_on_with_a_file_where_it_had_to_stop) {
    static char received[LARGE_BYTES];
    off_t offset = 0;
    size_t taken = 0;
    size_t waits = 0;
    folder_write_pattern(&folder, "file", 0, LARGE_BYTES);
    int file_fd = open_file("file");
    enum transport_result result = TRANSPORT_WOULD_BLOCK;
    while ((result = transport_send_file(pair.ours, file_fd, &offset, (size_t)(LARGE_BYTES - offset))) ==
           TRANSPORT_WOULD_BLOCK) {
        taken += socket_pair_receive(&pair, received + taken, sizeof received - taken);
        cr_assert_eq((off_t)taken, offset);
        waits++;
    }
    cr_expect_eq(result, TRANSPORT_DONE);
    cr_expect(waits > 1, "the socket took all in %zu rounds", waits);
    taken += socket_pair_receive(&pair, received + taken, sizeof received - taken);
    cr_expect_eq(taken, LARGE_BYTES);
    cr_expect(filling_matches(received, 0, LARGE_BYTES));
    (void)close(file_fd);
}

Test(transport, sends_what_lies_beyond_4_gib) {
    enum { PART_BYTES = 64 * 1024 };
    static char received[PART_BYTES];
    off_t border = (off_t)4 * 1024 * 1024 * 1024;
    off_t begin = border - PART_BYTES / 2;
    off_t offset = begin;
    folder_truncate(&folder, "file", border + PART_BYTES);
    folder_write_pattern(&folder, "file", begin, PART_BYTES);
    int file_fd = open_file("file");
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, PART_BYTES), TRANSPORT_DONE);
    cr_expect_eq(offset, begin + PART_BYTES);
    cr_expect_eq(socket_pair_receive(&pair, received, sizeof received), PART_BYTES);
    cr_expect(filling_matches(received, begin, PART_BYTES));
    (void)close(file_fd);
}

Test(transport, notices_that_a_file_ends_early) {
    char received[16] = "";
    off_t offset = 0;
    folder_write_text(&folder, "file", "short");
    int file_fd = open_file("file");
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, 6), TRANSPORT_TRUNCATED);
    cr_expect_eq(offset, 5);
    cr_expect_eq(socket_pair_receive_text(&pair, received, sizeof received), 5);
    cr_expect_str_eq(received, "short");
    (void)close(file_fd);
}

Test(transport, fails_on_what_cannot_be_read) {
    off_t offset = 0;
    int folder_fd = open(folder.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    cr_assert(folder_fd != -1);
    cr_expect_eq(transport_send_file(pair.ours, folder_fd, &offset, 1), TRANSPORT_FAILED);
    cr_expect_eq(transport_send_file(pair.ours, -1, &offset, 1), TRANSPORT_FAILED);
    cr_expect_eq(offset, 0);
    (void)close(folder_fd);
}

/* ---- Ends ---------------------------------------------------------------------------------------------- */

Test(transport, ends_sending_and_still_receives) {
    char byte = 0;
    size_t received = 0;
    cr_expect(transport_end_sending(pair.ours));
    cr_expect(socket_pair_is_finished(&pair));
    socket_pair_send_text(&pair, "x");
    cr_expect_eq(transport_receive(pair.ours, &byte, 1, &received), TRANSPORT_DONE);
    cr_expect_not(transport_end_sending(-1), "there is no connection");
}

Test(transport, ends_receiving_behind_what_is_there_and_still_sends) {
    char byte = 0;
    size_t received = 0;
    struct iovec buffer = {&byte, 1};
    socket_pair_send_text(&pair, "x");
    transport_end_receiving(pair.ours);
    cr_expect_eq(transport_receive(pair.ours, &byte, 1, &received), TRANSPORT_DONE);
    cr_expect_eq(transport_receive(pair.ours, &byte, 1, &received), TRANSPORT_CLOSED);
    cr_expect_eq(transport_send(pair.ours, &buffer, 1, false), TRANSPORT_DONE);
}

Test(transport, ends_both_ways) {
    char byte = 0;
    size_t received = 0;
    struct iovec buffer = {&byte, 1};
    transport_end(pair.ours);
    cr_expect_eq(transport_receive(pair.ours, &byte, 1, &received), TRANSPORT_CLOSED);
    cr_expect_eq(transport_send(pair.ours, &buffer, 1, false), TRANSPORT_FAILED);
    cr_expect(socket_pair_is_finished(&pair));
}

Test(transport, resets_on_close_what_the_peer_has_not_taken) {
    struct socket_pair tcp;
    socket_pair_open_tcp(&tcp);
    transport_reset_on_close(tcp.ours);
    (void)close(tcp.ours);
    tcp.ours = -1;
    cr_expect_eq(socket_pair_receive_end(&tcp), ECONNRESET);
    socket_pair_close(&tcp);
}

Test(transport, tells_a_peer_that_is_lost_from_one_that_has_finished_sending) {
    static void (*const opens[])(struct socket_pair *) = {socket_pair_open, socket_pair_open_tcp};
    for (size_t i = 0; i < sizeof opens / sizeof *opens; i++) {
        socket_pair_close(&pair);
        opens[i](&pair);
        cr_expect_not(transport_is_lost(pair.ours), "%zu: open", i);
        socket_pair_send_text(&pair, "last words");
        socket_pair_finish_sending(&pair);
        cr_expect_not(transport_is_lost(pair.ours), "%zu: half-closed", i);
        struct pollfd ours = {.fd = pair.ours};
        transport_reset_on_close(pair.theirs);
        socket_pair_close_theirs(&pair);
        cr_assert_eq(poll(&ours, 1, 10 * 1000), 1);
        cr_expect(transport_is_lost(pair.ours), "%zu: reset", i);
    }
}

Test(transport, knows_how_much_the_kernel_holds) {
    struct socket_pair tcp;
    socket_pair_open_tcp(&tcp);
    cr_expect_eq(transport_queued_bytes(tcp.ours), 0);
    (void)socket_pair_fill(&tcp);
    cr_expect_gt(transport_queued_bytes(tcp.ours), 0);
    cr_expect_eq(transport_queued_bytes(-1), -1);
    socket_pair_close(&tcp);
}
