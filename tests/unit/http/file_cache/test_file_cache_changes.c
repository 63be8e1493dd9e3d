/* SPDX-License-Identifier: MIT */
/* Whatever happens to a file shows with the very next use, as if there were no cache. */
#include "http/file_cache/file_cache.h"
#include "tests/unit/support/file_cache.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(file_cache_changes, .init = cache_set_up, .fini = cache_tear_down, .timeout = 60);

enum { TRUSTED_MS = 1000 };

/* Each change finds these. */
static void make_site(void) {
    folder_write_text(&folder, "dir/a.txt", "contents of a");
    folder_write_text(&folder, "dir/b.txt", "contents of b");
    folder_write_text(&folder, "other/a.txt", "contents of o");
    folder_symlink(&folder, "current", "dir");
    folder_symlink(&folder, "dir/link.txt", "b.txt");
}

static void clear_site(void) {
    struct folder all = folder;
    folder_remove(&all);
    cr_assert_eq(mkdir(folder.path, 0755), 0);
    beneath_close_root(&root);
    cr_assert_eq(beneath_open_root(&root, folder.path), 0);
}

static void move(const char *from, const char *to) {
    cr_assert_eq(rename(folder_path(&folder, from).text, folder_path(&folder, to).text), 0, "%s to %s: %s",
                 from, to, strerror(errno));
}

static void delete (const char *name) {
    cr_assert_eq(remove(folder_path(&folder, name).text), 0, "%s: %s", name, strerror(errno));
}

/* Give a file the times that it had, as an archiver does. */
static void restore_times(const struct stat *status) {
    const struct timespec times[2] = {status->st_atim, status->st_mtim};
    cr_assert_eq(utimensat(AT_FDCWD, folder_path(&folder, "dir/a.txt").text, times, 0), 0);
}

static struct stat look(void) {
    struct stat status;
    cr_assert_eq(stat(folder_path(&folder, "dir/a.txt").text, &status), 0);
    return status;
}

static void overwrite(void) {
    folder_write_text(&folder, "dir/a.txt", "CONTENTS OF A");
}

static void overwrite_one_byte(void) {
    int fd = open(folder_path(&folder, "dir/a.txt").text, O_WRONLY | O_CLOEXEC);
    cr_assert_eq(pwrite(fd, "!", 1, 12), 1);
    (void)close(fd);
}

static void overwrite_and_restore_time(void) {
    struct stat before = look();
    overwrite();
    restore_times(&before);
}

static void replace(void) {
    folder_write_text(&folder, "dir/new", "CONTENTS OF A");
    move("dir/new", "dir/a.txt");
}

static void replace_and_restore_time(void) {
    struct stat before = look();
    replace();
    restore_times(&before);
}

static void cut_off(void) {
    folder_truncate(&folder, "dir/a.txt", 4);
}

static void cut_off_all(void) {
    folder_truncate(&folder, "dir/a.txt", 0);
}

static void append(void) {
    int fd = open(folder_path(&folder, "dir/a.txt").text, O_WRONLY | O_APPEND | O_CLOEXEC);
    cr_assert_eq(write(fd, "+", 1), 1);
    (void)close(fd);
}

static void delete_it(void) {
    delete ("dir/a.txt");
}

static void make_anew(void) {
    delete ("dir/a.txt");
    folder_write_text(&folder, "dir/a.txt", "Contents of A");
}

static void make_anew_and_restore_time(void) {
    struct stat before = look();
    make_anew();
    restore_times(&before);
}

static void touch_it(void) {
    folder_touch(&folder, "dir/a.txt", 784111777);
}

static void link_elsewhere(void) {
    delete ("dir/link.txt");
    folder_symlink(&folder, "dir/link.txt", "a.txt");
}

static void change_behind_the_link(void) {
    folder_write_text(&folder, "dir/b.txt", "CONTENTS OF B");
}

static void turn_into_folder(void) {
    delete ("dir/a.txt");
    folder_mkdir(&folder, "dir/a.txt");
}

static void turn_into_fifo(void) {
    delete ("dir/a.txt");
    folder_fifo(&folder, "dir/a.txt");
}

static void turn_into_link_out(void) {
    delete ("dir/a.txt");
    folder_symlink(&folder, "dir/a.txt", "../../../../../../../etc/passwd");
}

static void turn_into_link_to_itself(void) {
    delete ("dir/a.txt");
    folder_symlink(&folder, "dir/a.txt", "a.txt");
}

static void turn_into_link_inside(void) {
    delete ("dir/a.txt");
    folder_symlink(&folder, "dir/a.txt", "b.txt");
}

static void rename_folder(void) {
    move("dir", "elsewhere");
}

static void replace_folder(void) {
    move("dir", "elsewhere");
    move("other", "dir");
}

static void replace_folder_by_link(void) {
    move("dir", "elsewhere");
    folder_symlink(&folder, "dir", "other");
}

static void replace_folder_by_file(void) {
    move("dir", "elsewhere");
    folder_write_text(&folder, "dir", "x");
}

/* In one step, as deployments do it. */
static void switch_current(void) {
    folder_symlink(&folder, "next", "other");
    move("next", "current");
}

static void break_current(void) {
    move("dir", "elsewhere");
}

static const struct row {
    const char *name, *path;
    void (*change)(void);
    enum http_status status;
} rows[] = {
    {"overwritten in place with as many bytes", "dir/a.txt", overwrite, HTTP_OK},
    {"one byte overwritten", "dir/a.txt", overwrite_one_byte, HTTP_OK},
    {"overwritten, and given its old time", "dir/a.txt", overwrite_and_restore_time, HTTP_OK},
    {"replaced by renaming", "dir/a.txt", replace, HTTP_OK},
    {"replaced, and given its old time", "dir/a.txt", replace_and_restore_time, HTTP_OK},
    {"cut off", "dir/a.txt", cut_off, HTTP_OK},
    {"emptied", "dir/a.txt", cut_off_all, HTTP_OK},
    {"appended to", "dir/a.txt", append, HTTP_OK},
    {"deleted", "dir/a.txt", delete_it, HTTP_NOT_FOUND},
    {"deleted and made anew", "dir/a.txt", make_anew, HTTP_OK},
    {"made anew, and given its old time", "dir/a.txt", make_anew_and_restore_time, HTTP_OK},
    {"touched only", "dir/a.txt", touch_it, HTTP_OK},
    {"a link that leads to another file", "dir/link.txt", link_elsewhere, HTTP_OK},
    {"changed behind a link", "dir/link.txt", change_behind_the_link, HTTP_OK},
    {"a folder now", "dir/a.txt", turn_into_folder, HTTP_OK},
    {"a FIFO now", "dir/a.txt", turn_into_fifo, HTTP_NOT_FOUND},
    {"a link out of the root now", "dir/a.txt", turn_into_link_out, HTTP_NOT_FOUND},
    {"a link to itself now", "dir/a.txt", turn_into_link_to_itself, HTTP_NOT_FOUND},
    {"a link to another file now", "dir/a.txt", turn_into_link_inside, HTTP_OK},
    {"its folder renamed", "dir/a.txt", rename_folder, HTTP_NOT_FOUND},
    {"its folder replaced", "dir/a.txt", replace_folder, HTTP_OK},
    {"its folder replaced by a link", "dir/a.txt", replace_folder_by_link, HTTP_OK},
    {"its folder replaced by a file", "dir/a.txt", replace_folder_by_file, HTTP_NOT_FOUND},
    {"reached by a link that was switched", "current/a.txt", switch_current, HTTP_OK},
    {"reached by a link that is broken now", "current/a.txt", break_current, HTTP_NOT_FOUND},
    {"found under its new name, too", "elsewhere/a.txt", NULL, HTTP_NOT_FOUND},
};

static void try_row(const struct row *row) {
    make_site();
    if (row->change != NULL) {
        warm_up(row->path);
        await_tick(&folder);
        row->change();
    }
    enum http_status status = expect_as_on_disk(row->name, row->path);
    cr_expect(status == row->status, "%s: %d", row->name, (int)status);
    (void)expect_as_on_disk(row->name, row->path);
    clear_site();
}

Test(file_cache_changes, show_at_once_where_there_are_contents) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        try_row(&rows[i]);
    }
}

Test(file_cache_changes, show_at_once_where_there_is_a_descriptor) {
    struct file_cache_options options = cache_options();
    options.max_file_bytes = 0;
    cache_use(options);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        try_row(&rows[i]);
    }
}

Test(file_cache_changes, show_at_once_when_the_file_is_to_be_opened_anyway) {
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        make_site();
        if (rows[i].change != NULL) {
            warm_up(rows[i].path);
            await_tick(&folder);
            rows[i].change();
            pass_time(TRUSTED_MS);
        }
        enum http_status status = expect_as_on_disk(rows[i].name, rows[i].path);
        cr_expect(status == rows[i].status, "%s: %d", rows[i].name, (int)status);
        clear_site();
    }
}

Test(file_cache_changes, show_however_many_there_are) {
    char text[32];
    for (int i = 0; i < 20; i++) {
        (void)snprintf(text, sizeof text, "version %2d", i);
        folder_write_text(&folder, "a.txt", text);
        struct resource file = open_cached("a.txt");
        cr_expect_str_eq(text_of(&file), text);
        cr_expect(is_remembered("a.txt", &file));
        resource_close(&file);
        await_tick(&folder);
    }
}

/* Within one tick nothing but the bytes tells the versions apart: these must not be remembered. */
Test(file_cache_changes, show_also_when_they_come_faster_than_the_clock_ticks) {
    char text[32];
    clock_ahead_s = 0;
    for (int i = 0; i < 500; i++) {
        (void)snprintf(text, sizeof text, "version %3d", i);
        folder_write_text(&folder, "a.txt", text);
        struct resource file = open_cached("a.txt");
        cr_expect_str_eq(text_of(&file), text);
        resource_close(&file);
    }
}

/* --- out of the root ------------------------------------------------------------------------------------ */

/* The note in file_cache.h: a look follows a link that opening refuses, for a second at most. */
Test(file_cache_changes, that_move_a_folder_out_show_after_a_second) {
    struct folder served;
    folder_create_inside(&served, &folder, "served");
    folder_write_text(&served, "dir/a.txt", "secret by now");
    beneath_close_root(&root);
    cr_assert_eq(beneath_open_root(&root, served.path), 0);
    warm_up("dir/a.txt");
    pass_time(TRUSTED_MS - 1);
    warm_up("dir/a.txt");
    move("served/dir", "outside");
    folder_symlink(&served, "dir", "../outside");
    pass_time(1);
    struct resource file = {.fd = -7};
    cr_expect_eq(file_cache_open(&source, "dir/a.txt", &file), HTTP_NOT_FOUND);
    cr_expect_eq(file.fd, -7);
    cr_expect_eq(file_cache_open(&source, "dir/a.txt", &file), HTTP_NOT_FOUND, "and so it stays");
}
