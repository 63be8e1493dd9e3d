/* SPDX-License-Identifier: MIT */
/* What becomes of the descriptor of a folder; test_folder_reader.c has what is read from it. */
#include "http/files/folder_reader.h"
#include "tests/support/folder.h"
#include "tests/unit/support/folder_reading.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>

static struct folder root;
static struct beneath beneath;
static struct folder_reader reader;

static void set_up(void) {
    folder_create(&root);
    cr_assert_eq(beneath_open_root(&beneath, root.path), 0);
}

static void tear_down(void) {
    folder_reader_close(&reader);
    beneath_close_root(&beneath);
    folder_remove(&root);
}

TestSuite(folder_reader_descriptor, .init = set_up, .fini = tear_down, .timeout = 20);

Test(folder_reader_descriptor, that_was_read_before_is_read_from_its_first_name) {
    folder_write_text(&root, "a", "x");
    int fd = beneath_open(&beneath, "");
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    cr_assert(fd >= 0 && copy >= 0);
    struct folder_entry entry;
    cr_assert_eq(folder_reader_open(&reader, &beneath, fd, ""), 0);
    while (folder_reading_next(&reader, &entry) == 1) {
    }
    folder_reader_close(&reader);
    cr_assert_eq(folder_reader_open(&reader, &beneath, copy, ""), 0);
    cr_expect_eq(folder_reading_next(&reader, &entry), 1);
}

Test(folder_reader_descriptor, is_taken_over_even_when_it_cannot_be_read) {
    folder_write_text(&root, "file", "x");
    int fd = beneath_open(&beneath, "file");
    cr_assert_geq(fd, 0);
    cr_expect_eq(folder_reader_open(&reader, &beneath, fd, ""), -ENOTDIR);
    cr_expect(fcntl(fd, F_GETFD) == -1 && errno == EBADF);
    cr_expect_eq(folder_reader_open(&reader, &beneath, -1, ""), -EBADF);
    cr_expect_null(reader.folder);
    fd = beneath_open(&beneath, "");
    cr_assert_eq(folder_reader_open(&reader, &beneath, fd, ""), 0);
    folder_reader_close(&reader);
    cr_expect(fcntl(fd, F_GETFD) == -1 && errno == EBADF);
    folder_reader_close(&reader);
    cr_expect_null(reader.folder);
}
