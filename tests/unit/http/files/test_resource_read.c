/* SPDX-License-Identifier: MIT */
/* resource_read() against a pread(2) that gives what it likes. */
#include "http/files/resource.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

ssize_t __wrap_pread64(int fd, void *bytes, size_t size, off_t offset);

static const char file[] = "0123456789";
enum { FILE_BYTES = sizeof file - 1, FD = 77 };

static size_t piece;      /* the most that one call gives */
static int errors_left;   /* so many calls fail first, */
static int error;         /* with this */
static size_t call_count; /* of those that did not fail */
static size_t asked;      /* by the last call */

ssize_t __wrap_pread64(int fd, void *bytes, size_t size, off_t offset) {
    cr_assert_eq(fd, FD);
    asked = size;
    if (errors_left > 0) {
        errors_left--;
        errno = error;
        return -1;
    }
    call_count++;
    size_t left = offset < FILE_BYTES ? FILE_BYTES - (size_t)offset : 0;
    size = size < piece ? size : piece;
    size = size < left ? size : left;
    memcpy(bytes, file + offset, size);
    return (ssize_t)size;
}

static const struct resource resource = {.fd = FD};
static char bytes[FILE_BYTES + 2];

static void set_up(void) {
    memset(bytes, '.', sizeof bytes);
    piece = sizeof bytes;
    errors_left = 0;
    call_count = 0;
}

TestSuite(resource_read, .init = set_up, .timeout = 20);

Test(resource_read, puts_short_reads_together) {
    for (piece = 1; piece <= FILE_BYTES; piece++) {
        memset(bytes, '.', sizeof bytes);
        cr_assert_eq(resource_read(&resource, bytes, FILE_BYTES, FILE_BYTES, 0), FILE_BYTES, "%zu", piece);
        cr_expect_eq(memcmp(bytes, "0123456789..", sizeof bytes), 0, "%zu", piece);
    }
}

Test(resource_read, is_content_with_the_least) {
    cr_expect_eq(resource_read(&resource, bytes, FILE_BYTES, FILE_BYTES + 1, 0), FILE_BYTES);
    cr_expect_eq(asked, FILE_BYTES + 1);
    cr_expect_eq(call_count, 1, "the end need not be seen");
}

Test(resource_read, takes_no_more_than_the_most) {
    cr_expect_eq(resource_read(&resource, bytes, 3, 5, 2), 5);
    cr_expect_eq(memcmp(bytes, "23456.......", sizeof bytes), 0);
    piece = 2;
    cr_expect_eq(resource_read(&resource, bytes, 3, 5, 4), 4);
    cr_expect_eq(asked, 3);
}

Test(resource_read, tells_how_much_there_was_before_the_end) {
    cr_expect_eq(resource_read(&resource, bytes, 5, 5, 7), 3);
    cr_expect_eq(memcmp(bytes, "789.........", sizeof bytes), 0);
    cr_expect_eq(resource_read(&resource, bytes, 1, 1, FILE_BYTES), 0);
    cr_expect_eq(resource_read(&resource, bytes, 0, 1, 0), 0);
}

Test(resource_read, goes_on_after_a_signal) {
    errors_left = 3;
    error = EINTR;
    cr_expect_eq(resource_read(&resource, bytes, 4, 4, 0), 4);
    cr_expect_eq(errors_left, 0);
}

Test(resource_read, tells_of_an_error) {
    errors_left = 1;
    error = EIO;
    cr_expect_eq(resource_read(&resource, bytes, 4, 4, 0), -EIO);
}
