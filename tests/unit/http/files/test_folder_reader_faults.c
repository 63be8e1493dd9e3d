/* SPDX-License-Identifier: MIT */
/* What is said of names that cannot be looked at. Linked with support_folder_reading.c and its --wrap for fstatat. */
#include "http/files/folder_reader.h"
#include "tests/support/folder.h"
#include "tests/unit/support/folder_reading.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

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

TestSuite(folder_reader_faults, .init = set_up, .fini = tear_down, .timeout = 20);

static void open_reader(void) {
    int fd = beneath_open(&beneath, "");
    cr_assert_geq(fd, 0);
    cr_assert_eq(folder_reader_open(&reader, &beneath, fd, ""), 0);
}

/* A disk that fails once made a file look deleted, for mirrors too. */
Test(folder_reader_faults, does_not_take_for_gone_what_cannot_be_looked_at) {
    static const struct {
        int error;
        int result;
    } rows[] = {{ENOENT, -EAGAIN}, {EACCES, -EAGAIN}, {ELOOP, -EAGAIN},
                {EIO, -EIO},       {ENOMEM, -ENOMEM}, {EAGAIN, -EBUSY}};
    folder_write_text(&root, "file", "x");
    struct folder_entry entry = {.name = "file"};
    open_reader();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        folder_reading.look_error = rows[i].error;
        cr_expect_eq(folder_reader_look(&reader, &entry), rows[i].result, "%s", strerror(rows[i].error));
    }
    folder_reading.look_error = 0;
}

/* Nor for locked away: it vanished from lists and archives all the same. */
Test(folder_reader_faults, does_not_take_for_locked_what_cannot_be_looked_at) {
    static const struct {
        int error;
        int result;
    } rows[] = {{ENOENT, -EAGAIN}, {EACCES, -EAGAIN}, {EIO, -EIO}, {ENOMEM, -ENOMEM}, {EAGAIN, -EBUSY}};
    folder_write_text(&root, "file", "x");
    struct folder_entry entry = {.name = "file"};
    open_reader();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        folder_reading.access_error = rows[i].error;
        cr_expect_eq(folder_reader_may_read(&reader, &entry), rows[i].result, "%s", strerror(rows[i].error));
    }
    folder_reading.access_error = 0;
    cr_expect_eq(folder_reader_may_read(&reader, &entry), 1);
}

/* Of a link it is the opening that fails. */
Test(folder_reader_faults, does_not_take_for_gone_a_link_that_cannot_be_opened) {
    struct rlimit limit = {0};
    folder_write_text(&root, "file", "x");
    folder_symlink(&root, "link", "file");
    struct folder_entry entry = {.name = "link"};
    open_reader();
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = 0;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(folder_reader_look(&reader, &entry), -EMFILE);
    struct folder_entry unseen = {.name = "link", .is_link = true};
    cr_expect_eq(folder_reader_may_read(&reader, &unseen), -EMFILE);
    limit.rlim_cur = limit.rlim_max;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_eq(folder_reader_look(&reader, &entry), 1);
    cr_assert_eq(unlink(folder_path(&root, "file").text), 0);
    cr_expect_eq(folder_reader_look(&reader, &entry), -EAGAIN, "a link to nothing is not shown");
}
