/* SPDX-License-Identifier: MIT */
/* The entity tag: equal for equal archives, another one for others, and weak as long as a change may not
 * show. */
#include "tests/unit/http/archive/archive.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { TAG_BYTES = 64 };

static const struct timespec long_ago = {1700000000, 42};

static void set_up(void) {
    archive_set_up();
    folder_write_text(&folder, "a", "alpha");
    folder_write_text(&folder, "b/c", "gamma");
    archive_set_time(&folder, "a", long_ago);
    archive_set_time(&folder, "b/c", long_ago);
    archive_set_time(&folder, "b", long_ago);
    archive_set_time(&folder, ".", long_ago);
}

TestSuite(archive_tag, .init = set_up, .fini = archive_tear_down, .timeout = 60);

struct tag {
    char text[TAG_BYTES];
};

static struct tag tag_at(const struct beneath *beneath, const char *path, const char *top,
                         struct timespec now) {
    struct archive *archive = NULL;
    struct tag tag;
    cr_assert_eq(archive_create(&archive, ARCHIVE_TAR, beneath, path, top, now, 0, NULL), 0);
    cr_assert_eq(archive_measure_all(archive, archive_long_slice), 0);
    cr_assert_lt(strlen(archive_entity_tag(archive)), sizeof tag.text);
    strcpy(tag.text, archive_entity_tag(archive));
    archive_destroy(archive);
    return tag;
}

static struct tag tag_now(void) {
    return tag_at(&root, "", "top", archive_clock(60));
}

static bool is_weak(struct tag tag) {
    return strncmp(tag.text, "W/\"", 3) == 0;
}

Test(archive_tag, is_strong_and_well_formed) {
    struct tag tag = tag_now();
    size_t length = strlen(tag.text);
    cr_expect_eq(strncmp(tag.text, "\"tar-", 5), 0, "%s", tag.text);
    cr_expect_eq(strspn(tag.text + 5, "0123456789abcdef"), 32);
    cr_expect_eq(length, 38);
    cr_expect_eq(tag.text[length - 1], '"');
}

Test(archive_tag, and_every_byte_are_the_same_for_a_copy_elsewhere) {
    struct folder copy;
    struct beneath copy_root;
    struct text bytes = {0};
    struct text copied_bytes = {0};
    folder_create(&copy);
    folder_write_text(&copy, "x/y/b/c", "gamma"); /* made in another order */
    folder_write_text(&copy, "x/y/a", "alpha");
    archive_set_time(&copy, "x/y/a", long_ago);
    archive_set_time(&copy, "x/y/b/c", long_ago);
    archive_set_time(&copy, "x/y/b", long_ago);
    archive_set_time(&copy, "x/y", long_ago);
    cr_assert_eq(beneath_open_root(&copy_root, copy.path), 0);
    struct archive *one = archive_of(&root, "");
    struct archive *other = archive_of(&copy_root, "x/y/");
    cr_expect_str_eq(archive_entity_tag(one), archive_entity_tag(other));
    cr_assert_eq(archive_produce(one, archive_long_slice, &bytes), 0);
    cr_assert_eq(archive_produce(other, archive_long_slice, &copied_bytes), 0);
    cr_assert_eq(bytes.length, copied_bytes.length);
    cr_expect_eq(memcmp(bytes.bytes, copied_bytes.bytes, bytes.length), 0);
    archive_destroy(one);
    archive_destroy(other);
    text_deinit(&bytes);
    text_deinit(&copied_bytes);
    beneath_close_root(&copy_root);
    folder_remove(&copy);
}

/* ---- another archive, another tag ---------------------------------------------------------------------- */

static void restore_time_of_folders(void) {
    archive_set_time(&folder, "b", long_ago);
    archive_set_time(&folder, ".", long_ago);
}

static void change_nothing(void) {
}

static void change_size(void) {
    folder_write_text(&folder, "a", "alpha and more");
    archive_set_time(&folder, "a", long_ago);
}

static void change_seconds(void) {
    archive_set_time(&folder, "a", (struct timespec){long_ago.tv_sec + 1, long_ago.tv_nsec});
}

static void change_nanoseconds(void) {
    archive_set_time(&folder, "b/c", (struct timespec){long_ago.tv_sec, long_ago.tv_nsec + 1});
}

static void change_mode(void) {
    folder_chmod(&folder, "a", 0744);
}

static void change_mode_that_is_not_in_it(void) {
    folder_chmod(&folder, "a", 0664);
}

static void change_time_of_folder(void) {
    archive_set_time(&folder, "b", (struct timespec){long_ago.tv_sec, 43});
}

static void change_time_of_top(void) {
    archive_set_time(&folder, ".", (struct timespec){long_ago.tv_sec, 43});
}

static void change_name(void) {
    struct folder_path from = folder_path(&folder, "a");
    struct folder_path to = folder_path(&folder, "A");
    cr_assert_eq(rename(from.text, to.text), 0);
    restore_time_of_folders();
}

static void add_empty(void) {
    folder_write_text(&folder, "d", "");
    archive_set_time(&folder, "d", long_ago);
    restore_time_of_folders();
}

static void add_dot_file(void) {
    folder_write_text(&folder, ".hidden", "");
    restore_time_of_folders();
}

Test(archive_tag, is_another_one_for_another_archive) {
    static const struct {
        const char *name;
        void (*change)(void);
        bool is_same;
    } rows[] = {
        {"nothing", change_nothing, true},
        {"a dot-file", add_dot_file, true},
        {"a mode that is not in the archive", change_mode_that_is_not_in_it, true},
        {"nanoseconds", change_nanoseconds, false},
        {"seconds", change_seconds, false},
        {"size", change_size, false},
        {"executable", change_mode, false},
        {"time of a folder", change_time_of_folder, false},
        {"time of the top", change_time_of_top, false},
        {"an empty file more", add_empty, false},
        {"name", change_name, false},
    };
    struct tag before = tag_now();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        rows[i].change();
        struct tag after = tag_now();
        cr_expect_eq(strcmp(before.text, after.text) == 0, rows[i].is_same, "%s", rows[i].name);
        before = after;
    }
}

Test(archive_tag, depends_on_the_name_at_the_top) {
    struct timespec now = archive_clock(60);
    cr_expect_str_neq(tag_at(&root, "", "one", now).text, tag_at(&root, "", "two", now).text);
}

/* ---- what is young, and what has no time to speak of --------------------------------------------------- */

static struct timespec change_time(const char *name) {
    struct stat status;
    struct folder_path path = folder_path(&folder, name);
    cr_assert_eq(lstat(path.text, &status), 0);
    return status.st_ctim;
}

static struct timespec shift(struct timespec time, long nanoseconds) {
    long second = 1000L * 1000 * 1000;
    long sum = time.tv_nsec + nanoseconds;
    time.tv_sec += sum / second;
    time.tv_nsec = sum % second;
    if (time.tv_nsec < 0) {
        time.tv_nsec += second;
        time.tv_sec--;
    }
    return time;
}

Test(archive_tag, is_weak_as_long_as_a_change_may_not_show_in_the_times) {
    static const long millisecond = 1000 * 1000;
    struct timespec youngest = change_time("."); /* it was given its time last */
    struct tag later = tag_at(&root, "", "top", shift(youngest, 3000 * millisecond));
    struct tag now = tag_at(&root, "", "top", youngest);
    cr_expect(!is_weak(later));
    cr_expect(is_weak(now));
    cr_expect(is_weak(tag_at(&root, "", "top", shift(youngest, 15 * millisecond))));
    cr_expect_str_eq(now.text + strlen(now.text) - 3, "-y\"");
    cr_expect_str_neq(now.text + 2, later.text, "not even weakly the same");
}

/* On some file systems the change time is that of the creation. */
Test(archive_tag, is_weak_for_a_young_modification_time) {
    struct timespec now = archive_clock(3600);
    cr_expect(!is_weak(tag_at(&root, "", "top", now)));
    archive_set_time(&folder, "b/c", shift(now, -1000 * 1000));
    cr_expect(is_weak(tag_at(&root, "", "top", now)));
}

static struct timespec wall_now; /* what the wall clock says, if not all-zero */

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    if (clock != CLOCK_REALTIME || wall_now.tv_sec == 0) {
        return __real_clock_gettime(clock, now);
    }
    *now = wall_now;
    return 0;
}

/* Measuring may take long: what was changed after it began is young, too. */
Test(archive_tag, is_weak_for_what_was_changed_after_the_clock_was_read) {
    static const long millisecond = 1000 * 1000;
    struct timespec before = archive_clock(-3600);
    folder_write_text(&folder, "a", "written just now");
    wall_now = shift(change_time("a"), 15 * millisecond);
    cr_expect(is_weak(tag_at(&root, "", "top", before)));
    wall_now = shift(change_time("a"), 25 * millisecond);
    cr_expect(!is_weak(tag_at(&root, "", "top", before)));
}

Test(archive_tag, is_strong_when_a_file_is_dated_ahead) {
    archive_set_time(&folder, "a", (struct timespec){archive_clock(0).tv_sec + 500 * 1000, 1});
    cr_expect(!is_weak(tag_now()));
}

/* Reproducible images set all times to the first second of 1970, so that they tell nothing. */
Test(archive_tag, knows_other_contents_by_their_change_time_if_the_time_has_no_meaning) {
    static const struct timespec epoch = {1, 0};
    archive_set_time(&folder, "a", epoch);
    struct tag before = tag_now();
    struct timespec changed = change_time("a");
    cr_expect_str_eq(tag_now().text, before.text);
    do {
        folder_write_text(&folder, "a", "ALPHA");
        archive_set_time(&folder, "a", epoch);
    } while (change_time("a").tv_nsec == changed.tv_nsec && change_time("a").tv_sec == changed.tv_sec);
    cr_expect_str_neq(tag_now().text, before.text);
}
