/* SPDX-License-Identifier: MIT */
#include "server/pid_file.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static struct folder folder;
static struct folder_path path;
static struct pid_file file;
static pid_t found;

static void set_up(void) {
    folder_create(&folder);
    path = folder_path(&folder, "lido.pid");
}

static void tear_down(void) {
    pid_file_remove(&file);
    folder_remove(&folder);
}

TestSuite(pid_file, .init = set_up, .fini = tear_down, .timeout = 60);

static bool is_there(void) {
    return access(path.text, F_OK) == 0;
}

Test(pid_file, names_the_process_until_it_is_removed) {
    char text[64];
    char expected[64];
    int before = count_descriptors();
    cr_assert_eq(pid_file_create(&file, path.text, &found), 0);
    folder_read_text(&folder, "lido.pid", text, sizeof text);
    (void)snprintf(expected, sizeof expected, "%ld\n", (long)getpid());
    cr_expect_str_eq(text, expected);
    cr_expect_eq(pid_file_find(path.text, &found), 0);
    cr_expect_eq(found, getpid());
    pid_file_remove(&file);
    pid_file_remove(&file);
    cr_expect_not(is_there());
    cr_expect_eq(pid_file_find(path.text, &found), -ENOENT);
    cr_expect_eq(count_descriptors(), before);
}

Test(pid_file, belongs_to_one_at_a_time) {
    struct pid_file second = {0};
    cr_assert_eq(pid_file_create(&file, path.text, &found), 0);
    cr_expect_eq(pid_file_create(&second, path.text, &found), -EBUSY);
    cr_expect_eq(found, getpid());
    cr_expect_null(second.path);
    cr_expect_eq(pid_file_find(path.text, &found), 0, "it is still held");
}

Test(pid_file, that_was_left_over_is_told_apart_and_taken) {
    pid_t child = fork();
    if (child == 0) {
        struct pid_file own;
        pid_t nobody = 0;
        _exit(pid_file_create(&own, path.text, &nobody) == 0 ? 0 : 1); /* as if it was killed */
    }
    int status = 0;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert_eq(status, 0);
    cr_assert(is_there());
    cr_expect_eq(pid_file_find(path.text, &found), -ESRCH);
    cr_expect_eq(found, child);
    cr_assert_eq(pid_file_create(&file, path.text, &found), 0);
    cr_expect_eq(pid_file_find(path.text, &found), 0);
    cr_expect_eq(found, getpid());
}

Test(pid_file, leaves_one_alone_that_has_taken_its_place) {
    cr_assert_eq(pid_file_create(&file, path.text, &found), 0);
    cr_assert_eq(unlink(path.text), 0);
    folder_write_text(&folder, "lido.pid", "somebody else's");
    pid_file_remove(&file);
    cr_expect(is_there());
}

Test(pid_file, without_a_number_is_none) {
    static const char *const texts[] = {"", "\n", "x", "-1", "0", "12x", "99999999999999999999", "1 2"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        folder_write_text(&folder, "lido.pid", texts[i]);
        cr_expect_eq(pid_file_find(path.text, &found), -EINVAL, "'%s'", texts[i]);
    }
}

Test(pid_file, follows_no_link_and_replaces_nothing_but_files) {
    folder_write_text(&folder, "precious", "text");
    folder_symlink(&folder, "lido.pid", "precious");
    cr_expect_eq(pid_file_create(&file, path.text, &found), -ELOOP);
    cr_expect_eq(pid_file_create(&file, folder.path, &found), -EISDIR);
    cr_expect_eq(pid_file_create(&file, folder_path(&folder, "no/such").text, &found), -ENOENT);
    folder_fifo(&folder, "fifo");
    cr_expect_eq(pid_file_create(&file, folder_path(&folder, "fifo").text, &found), -EINVAL);
}

Test(pid_file, leaves_alone_what_is_none) {
    static const char *const texts[] = {"<!DOCTYPE html>\n", "12x\n", "127.0.0.1 localhost\n",
                                        "1234567890123456789012345678901234567890\n"};
    char text[64];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        folder_write_text(&folder, "lido.pid", texts[i]);
        cr_expect_eq(pid_file_create(&file, path.text, &found), -EEXIST, "%s", texts[i]);
        folder_read_text(&folder, "lido.pid", text, sizeof text);
        cr_expect_str_eq(text, texts[i]);
    }
}

Test(pid_file, takes_what_a_crash_made_of_one) {
    static const char zeros[5];
    folder_write(&folder, "lido.pid", zeros, sizeof zeros);
    cr_assert_eq(pid_file_create(&file, path.text, &found), 0);
    cr_expect_eq(pid_file_find(path.text, &found), 0);
    cr_expect_eq(found, getpid());
}

Test(pid_file, that_cannot_be_written_is_not_left_behind) {
    struct rlimit before;
    cr_assert_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    cr_assert_neq(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    int result = pid_file_create(&file, path.text, &found);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &before), 0);
    cr_expect_eq(result, -EFBIG);
    cr_expect_not(is_there());
}

Test(pid_file, is_checked_without_being_touched) {
    char text[64];
    cr_expect_eq(pid_file_check(path.text), 0);
    cr_expect_not(is_there(), "and not made");
    folder_write_text(&folder, "lido.pid", "123\n");
    cr_expect_eq(pid_file_check(path.text), 0);
    folder_write_text(&folder, "lido.pid", "a page\n");
    cr_expect_eq(pid_file_check(path.text), -EEXIST);
    folder_read_text(&folder, "lido.pid", text, sizeof text);
    cr_expect_str_eq(text, "a page\n");
}
