/* SPDX-License-Identifier: MIT */
/* Linked with support_folder_reading.c and its --wrap for readdir, fstatat and faccessat. */
#include "http/files/folder_reader.h"
#include "tests/support/folder.h"
#include "tests/unit/support/folder_reading.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct folder workplace;
static struct folder root;
static struct beneath beneath;
static struct folder_reader reader;

static void set_up(void) {
    folder_create(&workplace);
    folder_create_inside(&root, &workplace, "root");
    folder_chmod(&root, "", 0755);
    cr_assert_eq(beneath_open_root(&beneath, root.path), 0);
}

static void tear_down(void) {
    if (seteuid(getuid()) != 0) {
        abort(); /* nothing could be cleaned up */
    }
    folder_reader_close(&reader);
    beneath_close_root(&beneath);
    folder_remove(&workplace);
}

TestSuite(folder_reader, .init = set_up, .fini = tear_down, .timeout = 20);

static void open_reader(const char *path) {
    int fd = beneath_open(&beneath, path);
    cr_assert_geq(fd, 0, "'%s'", path);
    cr_assert_eq(folder_reader_open(&reader, &beneath, fd, path), 0);
    folder_reading.look_count = 0;
    folder_reading.name_count = 0;
}

/* Read all and expect to find one entry of this name. Its name is a copy. */
static struct folder_entry find(const char *path, const char *name) {
    static char found_name[256];
    struct folder_entry entry;
    struct folder_entry found = {0};
    open_reader(path);
    int result;
    while ((result = folder_reading_next(&reader, &entry)) == 1) {
        if (strcmp(entry.name, name) == 0) {
            cr_expect_null(found.name, "'%s' comes twice", name);
            found = entry;
            found.name = strcpy(found_name, name);
        }
    }
    cr_assert_eq(result, 0);
    cr_assert_not_null(found.name, "'%s' is missing", name);
    return found;
}

static size_t shown_count(const char *path) {
    struct folder_entry entry;
    size_t count = 0;
    open_reader(path);
    while (folder_reading_next(&reader, &entry) == 1) {
        count++;
    }
    folder_reader_close(&reader);
    return count;
}

Test(folder_reader, knows_kinds_without_looking) {
    folder_write_text(&root, "file", "x");
    folder_mkdir(&root, "folder");
    struct folder_entry file = find("", "file");
    cr_expect_not(file.is_folder);
    cr_expect_not(file.is_link);
    cr_expect_not(file.has_status);
    folder_reader_close(&reader);
    struct folder_entry folder = find("", "folder");
    cr_expect(folder.is_folder);
    cr_expect_not(folder.is_link);
    cr_expect_not(folder.has_status);
    cr_expect_eq(folder_reading.look_count, 0);
}

Test(folder_reader, looks_where_kinds_are_not_told) {
    folder_reading.hides_kinds = true;
    folder_write_text(&root, "file", "12345");
    folder_mkdir(&root, "folder");
    folder_fifo(&root, "fifo");
    folder_symlink(&root, "link", "file");
    struct folder_entry file = find("", "file");
    cr_expect(file.has_status && !file.is_folder && !file.is_link);
    cr_expect_eq(file.size, 5);
    folder_reader_close(&reader);
    struct folder_entry folder = find("", "folder");
    cr_expect(folder.has_status && folder.is_folder && !folder.is_link);
    folder_reader_close(&reader);
    struct folder_entry link = find("", "link");
    cr_expect(link.has_status && !link.is_folder && link.is_link);
    folder_reader_close(&reader);
    cr_expect_eq(shown_count(""), 3);
}

Test(folder_reader, leaves_out_what_is_never_shown) {
    folder_write_text(&workplace, "secret.txt", "secret");
    folder_write_text(&root, ".hidden", "x");
    folder_write_text(&root, "..data", "x");
    folder_mkdir(&root, ".well-known");
    folder_fifo(&root, "fifo");
    folder_symlink(&root, "to-fifo", "fifo");
    folder_symlink(&root, "out-file", "../secret.txt");
    folder_symlink(&root, "out-folder", "..");
    folder_symlink(&root, "absolute", "/etc/passwd");
    folder_symlink(&root, "dangling", "missing");
    folder_symlink(&root, "loop", "loop");
    folder_symlink(&root, "round-1", "round-2");
    folder_symlink(&root, "round-2", "round-1");
    folder_symlink(&root, "device", "/dev/null");
    cr_expect_eq(shown_count(""), 0);
    cr_expect_eq(folder_reading.look_count, 9, "%zu instead of the links", folder_reading.look_count);
    folder_reading.hides_kinds = true;
    cr_expect_eq(shown_count(""), 0);
}

static bool shows(const void *wanted, const char *path) {
    return strcmp(path, wanted) == 0;
}

Test(folder_reader, shows_the_dot_files_that_the_root_says) {
    folder_write_text(&root, "sub/.a", "x");
    folder_write_text(&root, "sub/.b", "x");
    folder_write_text(&root, "sub/...", "x");
    folder_write_text(&root, ".a", "x");
    cr_expect_eq(shown_count("sub/"), 1); /* "..." */
    beneath.shows_dot_file = shows;
    beneath.dotfiles = "sub/.a";
    cr_expect_eq(shown_count("sub/"), 2);
    cr_expect_eq(shown_count(""), 1);
    beneath.dotfiles = "sub/.";
    cr_expect_eq(shown_count("sub/"), 1);
}

Test(folder_reader, reads_one_name_a_call) {
    enum { HIDDEN = 40, SELF_AND_PARENT = 2 };
    folder_write_many(&root, ".hidden-%d", HIDDEN, 1);
    folder_write_text(&root, "shown", "x");
    open_reader("");
    struct folder_entry entry;
    size_t passed_over = 0;
    size_t shown = 0;
    int result;
    while ((result = folder_reader_next(&reader, &entry)) != 0) {
        passed_over += result == -EAGAIN ? 1 : 0;
        shown += result == 1 ? 1 : 0;
        cr_assert_eq(folder_reading.name_count, passed_over + shown);
    }
    cr_expect_eq(passed_over, HIDDEN + SELF_AND_PARENT);
    cr_expect_eq(shown, 1);
}

Test(folder_reader, has_all_names_whatever_their_bytes) {
    static const char *const names[] = {"a\nb", "\xFF\xC3", "\xE2\x80\xAE", " ", "\\", "\"", "%", "-", "~"};
    enum { COUNT = sizeof names / sizeof names[0] };
    char longest[256];
    memset(longest, 'n', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    folder_write_text(&root, longest, "x");
    for (size_t i = 0; i < COUNT; i++) {
        folder_write_text(&root, names[i], "x");
    }
    for (size_t i = 0; i < COUNT; i++) {
        (void)find("", names[i]);
        folder_reader_close(&reader);
    }
    (void)find("", longest);
    folder_reader_close(&reader);
    cr_expect_eq(shown_count(""), COUNT + 1);
}

Test(folder_reader, follows_links_beneath_the_root) {
    folder_write_text(&root, "sub/five", "12345");
    folder_touch(&root, "sub/five", 784111777);
    folder_symlink(&root, "to-file", "sub/five");
    folder_symlink(&root, "to-folder", "sub");
    folder_symlink(&root, "to-link", "to-file");
    folder_symlink(&root, "sub/up", "../to-file");
    folder_symlink(&root, "sub/out", "../../root/to-file");
    static const char *const links[][2] = {
        {"", "to-file"}, {"", "to-link"}, {"sub/", "up"}, {"to-folder/", "up"}};
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        struct folder_entry link = find(links[i][0], links[i][1]);
        cr_expect(link.is_link && link.has_status && !link.is_folder, "%s", links[i][1]);
        cr_expect_eq(link.size, 5);
        cr_expect_eq(link.modified.tv_sec, 784111777);
        folder_reader_close(&reader);
    }
    struct folder_entry folder = find("", "to-folder");
    cr_expect(folder.is_link && folder.has_status && folder.is_folder);
    folder_reader_close(&reader);
    cr_expect_eq(shown_count("sub/"), 2, "the link that leaves the root on its way is not shown");
}

Test(folder_reader, does_not_cut_paths_that_are_too_long) {
    char path[PATH_MAX - 3] = ""; /* with room for three letters of a name */
    for (size_t i = 0; i < sizeof path - 1; i++) {
        path[i] = i % 2 == 0 ? '.' : '/';
    }
    folder_write_text(&root, "lin", "x");
    folder_symlink(&root, "link", "lin");
    int fd = beneath_open(&beneath, "");
    cr_assert_eq(folder_reader_open(&reader, &beneath, fd, path), 0);
    struct folder_entry entry;
    cr_assert_eq(folder_reading_next(&reader, &entry), 1);
    cr_expect_str_eq(entry.name, "lin");
    cr_expect_eq(folder_reading_next(&reader, &entry), 0);
}

Test(folder_reader, looks_at_all_that_there_is_to_know) {
    folder_write_text(&root, "file", "1234567");
    folder_chmod(&root, "file", 0644);
    folder_touch(&root, "file", 1000000000);
    struct folder_entry entry = find("", "file");
    cr_assert_eq(folder_reader_look(&reader, &entry), 1);
    cr_expect_str_eq(entry.name, "file");
    cr_expect(entry.has_status && !entry.is_folder && !entry.is_link && !entry.is_executable);
    cr_expect_eq(entry.size, 7);
    cr_expect_eq(entry.modified.tv_sec, 1000000000);
    cr_expect_gt(entry.changed.tv_sec, 1000000000);
    folder_chmod(&root, "file", 0744);
    cr_assert_eq(folder_reader_look(&reader, &entry), 1);
    cr_expect(entry.is_executable);
    folder_chmod(&root, "file", 0655);
    cr_assert_eq(folder_reader_look(&reader, &entry), 1);
    cr_expect_not(entry.is_executable, "only by others");
}

Test(folder_reader, knows_no_size_of_folders) {
    folder_mkdir(&root, "folder");
    struct folder_entry entry = find("", "folder");
    cr_assert_eq(folder_reader_look(&reader, &entry), 1);
    cr_expect(entry.is_folder && entry.has_status && !entry.is_executable);
    cr_expect_eq(entry.size, 0);
    cr_expect_gt(entry.modified.tv_sec, 0);
}

Test(folder_reader, sees_when_looking_what_has_taken_the_place_of_an_entry) {
    folder_write_text(&workplace, "secret", "secret");
    folder_write_text(&root, "name", "x");
    struct folder_entry entry = find("", "name");
    cr_assert_eq(unlink(folder_path(&root, "name").text), 0);
    cr_expect_eq(folder_reader_look(&reader, &entry), -EAGAIN);
    cr_expect_not(entry.has_status, "left as it was");
    folder_fifo(&root, "name");
    cr_expect_eq(folder_reader_look(&reader, &entry), -EAGAIN);
    cr_assert_eq(unlink(folder_path(&root, "name").text), 0);
    folder_symlink(&root, "name", "../secret");
    cr_expect_eq(folder_reader_look(&reader, &entry), -EAGAIN, "a link must not lead out");
    cr_assert_eq(unlink(folder_path(&root, "name").text), 0);
    folder_mkdir(&root, "name");
    cr_expect_eq(folder_reader_look(&reader, &entry), 1);
    cr_expect(entry.is_folder);
}

static void remove_it(const char *name) {
    cr_assert_eq(unlink(folder_path(&root, name).text), 0);
}

Test(folder_reader, passes_over_what_vanishes_before_it_is_looked_at) {
    folder_reading.hides_kinds = true;
    folder_reading.before_look = remove_it;
    folder_write_text(&root, "file", "x");
    folder_symlink(&root, "link", "file");
    cr_expect_eq(shown_count(""), 0);
    cr_expect_eq(folder_reading.look_count, 2);
}

Test(folder_reader, tells_what_may_be_read) {
    folder_write_text(&root, "open", "x");
    folder_write_text(&root, "closed", "x");
    folder_mkdir(&root, "open-folder");
    folder_mkdir(&root, "closed-folder");
    folder_symlink(&root, "open-link", "open");
    folder_symlink(&root, "closed-link", "closed");
    folder_symlink(&root, "closed-folder-link", "closed-folder");
    folder_chmod(&root, "open", 0444);
    folder_chmod(&root, "open-folder", 0755);
    folder_chmod(&root, "closed", 0);
    folder_chmod(&root, "closed-folder", 0);
    cr_assert(geteuid() != 0 || seteuid(65534) == 0);
    static const struct {
        struct folder_entry entry;
        bool may_read;
    } rows[] = {
        {{.name = "open"}, true},
        {{.name = "closed"}, false},
        {{.name = "open-folder", .is_folder = true}, true},
        {{.name = "closed-folder", .is_folder = true}, false},
        {{.name = "open-link", .is_link = true}, true},
        {{.name = "closed-link", .is_link = true}, false},
        {{.name = "open-link", .is_link = true, .has_status = true}, true},
        {{.name = "closed-link", .is_link = true, .has_status = true}, true}, /* was opened for its status */
        {{.name = "missing"}, false},
        {{.name = "missing", .is_link = true}, false},
    };
    open_reader("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(folder_reader_may_read(&reader, &rows[i].entry), rows[i].may_read ? 1 : -EAGAIN, "%s %d",
                     rows[i].entry.name, rows[i].entry.has_status);
    }
    folder_reader_close(&reader);
    cr_expect_eq(shown_count(""), 5, "links that cannot be opened are not shown");
}

Test(folder_reader, says_when_reading_fails) {
    folder_write_text(&root, "a", "x");
    folder_reading.error = EIO;
    folder_reading.error_after = 3; /* "a", ".", ".." */
    open_reader("");
    struct folder_entry entry;
    cr_expect_eq(folder_reading_next(&reader, &entry), 1);
    cr_expect_eq(folder_reading_next(&reader, &entry), -EIO);
}

Test(folder_reader, does_not_take_an_old_error_for_its_own) {
    open_reader("");
    struct folder_entry entry;
    int result;
    do {
        errno = EIO;
        result = folder_reader_next(&reader, &entry);
    } while (result == -EAGAIN);
    cr_expect_eq(result, 0);
}
