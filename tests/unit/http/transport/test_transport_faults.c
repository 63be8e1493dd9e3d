/* SPDX-License-Identifier: MIT */
/* Linked with support_io_faults.c and its --wrap for recv, sendmsg, sendfile, sendfile64, pread and pread64.
 * */
#include "http/transport/transport.h"
#include "tests/support/folder.h"
#include "tests/unit/support/io_faults.h"
#include "tests/unit/support/socket_pair.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char text[] = "all of these bytes, in this order";
enum { TEXT_LENGTH = sizeof text - 1 };

static struct socket_pair pair;
static struct folder folder;
static int file_fd;
static off_t offset;
static char received[64];

static void set_up(void) {
    socket_pair_open(&pair);
    folder_create(&folder);
    folder_write_text(&folder, "file", text);
    struct folder_path path = folder_path(&folder, "file");
    file_fd = open(path.text, O_RDONLY | O_CLOEXEC);
    cr_assert(file_fd != -1, "%s", strerror(errno));
}

static void tear_down(void) {
    (void)close(file_fd);
    socket_pair_close(&pair);
    folder_remove(&folder);
}

TestSuite(transport_faults, .init = set_up, .fini = tear_down, .timeout = 60);

static void expect_to_receive(const char *expected) {
    (void)socket_pair_receive_text(&pair, received, sizeof received);
    cr_expect_str_eq(received, expected);
}

Test(transport_faults, receives_in_spite_of_interruptions) {
    size_t count = 0;
    socket_pair_send_text(&pair, "abc");
    IO_SCRIPT(IO_RECV, IO_FAIL(EINTR), IO_FAIL(EINTR));
    cr_expect_eq(transport_receive(pair.ours, received, sizeof received, &count), TRANSPORT_DONE);
    cr_expect_eq(count, 3);
    cr_expect_eq(io_count(IO_RECV), 3);
}

Test(transport_faults, receiving_tells_a_lost_connection_from_one_that_waits) {
    static const struct {
        int error;
        enum transport_result result;
    } rows[] = {
        {EAGAIN, TRANSPORT_WOULD_BLOCK}, {ECONNRESET, TRANSPORT_FAILED}, {ETIMEDOUT, TRANSPORT_FAILED},
        {ENOTCONN, TRANSPORT_FAILED},    {ENOMEM, TRANSPORT_FAILED},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t count = 4711;
        IO_SCRIPT(IO_RECV, IO_FAIL(rows[i].error));
        enum transport_result result = transport_receive(pair.ours, received, sizeof received, &count);
        cr_expect_eq(result, rows[i].result, "%s", strerror(rows[i].error));
        cr_expect_eq(count, 4711, "%s", strerror(rows[i].error));
    }
}

Test(transport_faults, discards_byte_by_byte_in_spite_of_interruptions) {
    socket_pair_send_text(&pair, "abcdef");
    IO_SCRIPT(IO_RECV, IO_SHORT(1), IO_FAIL(EINTR), IO_SHORT(1), IO_SHORT(1));
    cr_expect_eq(transport_discard(pair.ours, 3), TRANSPORT_DONE);
    cr_expect_eq(io_count(IO_RECV), 4);
    IO_SCRIPT(IO_RECV, IO_SHORT(1), IO_FAIL(ECONNRESET));
    cr_expect_eq(transport_discard(pair.ours, 3), TRANSPORT_FAILED);
}

Test(transport_faults, sends_byte_by_byte_in_spite_of_interruptions) {
    char first[] = "all of these bytes";
    char second[] = ", in this order";
    struct iovec buffers[2] = {{first, strlen(first)}, {second, strlen(second)}};
    IO_SCRIPT(IO_SENDMSG, IO_FAIL(EINTR), IO_SHORT(1), IO_FAIL(EINTR), IO_FAIL(EINTR));
    io_always(IO_SENDMSG, IO_SHORT(1));
    cr_expect_eq(transport_send(pair.ours, buffers, 2, false), TRANSPORT_DONE);
    cr_expect_eq(io_count(IO_SENDMSG), TEXT_LENGTH + 3);
    expect_to_receive(text);
}

Test(transport_faults, a_send_stops_and_goes_on_at_every_byte) {
    for (size_t stop = 0; stop < TEXT_LENGTH; stop++) {
        char copy[sizeof text];
        memcpy(copy, text, sizeof text);
        struct iovec buffers[3] = {{copy, 10}, {copy + 10, 1}, {copy + 11, TEXT_LENGTH - 11}};
        if (stop > 0) {
            IO_SCRIPT(IO_SENDMSG, IO_SHORT(stop), IO_FAIL(EAGAIN));
        } else {
            IO_SCRIPT(IO_SENDMSG, IO_FAIL(EAGAIN));
        }
        cr_assert_eq(transport_send(pair.ours, buffers, 3, false), TRANSPORT_WOULD_BLOCK, "at %zu", stop);
        size_t unsent = buffers[0].iov_len + buffers[1].iov_len + buffers[2].iov_len;
        cr_assert_eq(unsent, TEXT_LENGTH - stop, "at %zu", stop);
        cr_assert_eq(transport_send(pair.ours, buffers, 3, false), TRANSPORT_DONE, "at %zu", stop);
        expect_to_receive(text);
    }
}

Test(transport_faults, a_send_reports_a_lost_connection_and_what_had_been_sent) {
    static const int errors[] = {EPIPE, ECONNRESET, ETIMEDOUT, ENOBUFS};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        char copy[] = "abc";
        struct iovec buffer = {copy, 3};
        IO_SCRIPT(IO_SENDMSG, IO_SHORT(1), IO_FAIL(errors[i]));
        cr_expect_eq(transport_send(pair.ours, &buffer, 1, false), TRANSPORT_FAILED, "%s",
                     strerror(errors[i]));
        cr_expect_eq(buffer.iov_len, 2, "%s", strerror(errors[i]));
    }
}

Test(transport_faults, tells_the_kernel_when_more_follows) {
    char byte = 'x';
    struct iovec buffer = {&byte, 1};
    cr_expect_eq(transport_send(pair.ours, &buffer, 1, true), TRANSPORT_DONE);
    cr_expect_eq(io_last_send_flags(), MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE);
    buffer = (struct iovec){&byte, 1};
    cr_expect_eq(transport_send(pair.ours, &buffer, 1, false), TRANSPORT_DONE);
    cr_expect_eq(io_last_send_flags(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

Test(transport_faults, sends_a_file_byte_by_byte_in_spite_of_interruptions) {
    IO_SCRIPT(IO_SENDFILE, IO_FAIL(EINTR), IO_SHORT(1), IO_FAIL(EINTR));
    io_always(IO_SENDFILE, IO_SHORT(1));
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, TEXT_LENGTH), TRANSPORT_DONE);
    cr_expect_eq(offset, TEXT_LENGTH);
    cr_expect_eq(io_count(IO_SENDFILE), TEXT_LENGTH + 2);
    expect_to_receive(text);
}

Test(transport_faults, a_file_stops_and_goes_on_in_the_middle) {
    IO_SCRIPT(IO_SENDFILE, IO_SHORT(7), IO_FAIL(EAGAIN));
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, TEXT_LENGTH), TRANSPORT_WOULD_BLOCK);
    cr_expect_eq(offset, 7);
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, TEXT_LENGTH - 7), TRANSPORT_DONE);
    expect_to_receive(text);
}

Test(transport_faults, a_file_that_ends_early_stops_at_once) {
    IO_SCRIPT(IO_SENDFILE, IO_SHORT(7), IO_NOTHING);
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, TEXT_LENGTH), TRANSPORT_TRUNCATED);
    cr_expect_eq(offset, 7);
    cr_expect_eq(io_count(IO_SENDFILE), 2);
}

Test(transport_faults, a_file_reports_a_lost_connection_or_a_bad_disk) {
    static const int errors[] = {EPIPE, ECONNRESET, EIO, ENOMEM};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        offset = 3;
        IO_SCRIPT(IO_SENDFILE, IO_FAIL(errors[i]));
        enum transport_result result = transport_send_file(pair.ours, file_fd, &offset, 5);
        cr_expect_eq(result, TRANSPORT_FAILED, "%s", strerror(errors[i]));
        cr_expect_eq(offset, 3, "%s", strerror(errors[i]));
    }
    cr_expect_eq(io_count(IO_PREAD), 0, "such an error is no reason to copy");
}

Test(transport_faults, copies_where_sendfile_is_not_supported) {
    static const int errors[] = {EINVAL, ENOSYS, EOPNOTSUPP};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        offset = 0;
        IO_SCRIPT(IO_SENDFILE, IO_FAIL(errors[i]));
        enum transport_result result = transport_send_file(pair.ours, file_fd, &offset, TEXT_LENGTH);
        cr_expect_eq(result, TRANSPORT_DONE, "%s", strerror(errors[i]));
        cr_expect_eq(offset, TEXT_LENGTH, "%s", strerror(errors[i]));
        expect_to_receive(text);
    }
}

Test(transport_faults, goes_on_by_copy_behind_what_sendfile_had_sent) {
    IO_SCRIPT(IO_SENDFILE, IO_SHORT(10), IO_FAIL(EINVAL));
    IO_SCRIPT(IO_PREAD, IO_FAIL(EINTR), IO_SHORT(1), IO_SHORT(2));
    IO_SCRIPT(IO_SENDMSG, IO_FAIL(EINTR), IO_SHORT(1), IO_SHORT(1), IO_SHORT(1));
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, TEXT_LENGTH), TRANSPORT_DONE);
    cr_expect_eq(offset, TEXT_LENGTH);
    expect_to_receive(text);
}

Test(transport_faults, a_copy_reads_again_what_the_client_had_no_room_for) {
    io_always(IO_SENDFILE, IO_FAIL(EINVAL));
    IO_SCRIPT(IO_SENDMSG, IO_SHORT(5), IO_FAIL(EAGAIN));
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, TEXT_LENGTH), TRANSPORT_WOULD_BLOCK);
    cr_expect_eq(offset, 5);
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, TEXT_LENGTH - 5), TRANSPORT_DONE);
    cr_expect_eq(offset, TEXT_LENGTH);
    expect_to_receive(text);
}

Test(transport_faults, a_copy_sends_no_more_than_asked_for) {
    io_always(IO_SENDFILE, IO_FAIL(EINVAL));
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, 3), TRANSPORT_DONE);
    cr_expect_eq(offset, 3);
    expect_to_receive("all");
}

Test(transport_faults, a_copy_tells_the_end_of_the_file_from_an_error) {
    io_always(IO_SENDFILE, IO_FAIL(EINVAL));
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, TEXT_LENGTH + 1), TRANSPORT_TRUNCATED);
    cr_expect_eq(offset, TEXT_LENGTH);
    expect_to_receive(text);

    offset = 0;
    IO_SCRIPT(IO_PREAD, IO_SHORT(4), IO_FAIL(EIO));
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, TEXT_LENGTH), TRANSPORT_FAILED);
    cr_expect_eq(offset, 4);

    offset = 0;
    IO_SCRIPT(IO_SENDMSG, IO_SHORT(1), IO_FAIL(EPIPE));
    cr_expect_eq(transport_send_file(pair.ours, file_fd, &offset, TEXT_LENGTH), TRANSPORT_FAILED);
    cr_expect_eq(offset, 1);
}
