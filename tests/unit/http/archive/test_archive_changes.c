/* SPDX-License-Identifier: MIT */
/* Trees that change between measuring and the last byte. Whatever the change and the moment: what is produced
 * to its end is what was measured, byte by byte. */
#include "http/base/clock.h"
#include "tests/unit/http/archive/archive.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGE_BYTES = 50 * 1000, ROUNDS_MAX = 1000 };

static struct folder workplace; /* around the folder */

static void set_up(void) {
    folder_create(&workplace);
}

static void tear_down(void) {
    folder_remove(&workplace);
}

TestSuite(archive_changes, .init = set_up, .fini = tear_down, .timeout = 200);

static const char *const planted[] = {"a", "b/c", "b/large", "b/sub/x", "b/sub", "b",
                                      "d", "e/f", "e",       "large",   "z"};

static const struct timespec long_ago = {1700000000, 42};

static void plant(void) {
    folder_create_inside(&folder, &workplace, "tree");
    folder_write_text(&folder, "a", "alpha");
    folder_write_text(&folder, "b/c", "gamma");
    folder_write_pattern(&folder, "b/large", 0, LARGE_BYTES);
    folder_write_text(&folder, "b/sub/x", "xi");
    folder_write_text(&folder, "d", "delta");
    folder_write_text(&folder, "e/f", "phi");
    folder_write_pattern(&folder, "large", 7, LARGE_BYTES);
    folder_write_text(&folder, "z", "zeta");
    for (size_t i = 0; i < sizeof planted / sizeof planted[0]; i++) {
        archive_set_time(&folder, planted[i], long_ago);
    }
    archive_set_time(&folder, ".", long_ago);
    cr_assert_eq(beneath_open_root(&root, folder.path), 0);
}

static void uproot(void) {
    beneath_close_root(&root);
    folder_remove(&folder);
}

/* ---- what may happen ----------------------------------------------------------------------------------- */

static void move(const char *from, const char *to) {
    struct folder_path from_path = folder_path(&folder, from);
    struct folder_path to_path = folder_path(&folder, to);
    cr_assert_eq(rename(from_path.text, to_path.text), 0);
}

static void take_away(const char *name) {
    struct folder_path path = folder_path(&folder, name);
    cr_assert_eq(remove(path.text), 0);
}

static struct timespec change_time(const char *name) {
    struct stat status;
    struct folder_path path = folder_path(&folder, name);
    cr_assert_eq(stat(path.text, &status), 0);
    return status.st_ctim;
}

/* Do it again until the file's change time is another one than before, which takes a tick of the clock. For
 * changes that may show nowhere else. */
static void repeat(void (*change)(void), const char *name) {
    struct timespec before = change_time(name);
    struct timespec after = before;
    while (after.tv_sec == before.tv_sec && after.tv_nsec == before.tv_nsec) {
        change();
        after = change_time(name);
    }
}

static void grow_small(void) {
    folder_write_text(&folder, "b/c", "gamma and more");
}

static void grow_large(void) {
    folder_truncate(&folder, "b/large", 2 * LARGE_BYTES);
}

static void shrink_small(void) {
    folder_write_text(&folder, "d", "");
}

static void shrink_large(void) {
    folder_truncate(&folder, "large", LARGE_BYTES / 2);
}

static void touch_small(void) {
    folder_touch(&folder, "z", 1800000000);
}

static void touch_large(void) {
    folder_touch(&folder, "large", 1800000000);
}

static void touch_folder(void) {
    folder_touch(&folder, "e", 1800000000);
}

static void forge(void) {
    folder_write_text(&folder, "a", "ALPHA");
    archive_set_time(&folder, "a", long_ago);
}

static void forge_noticeably(void) {
    repeat(forge, "a");
}

static void make_executable(void) {
    folder_chmod(&folder, "d", 0755);
}

static void replace(void) {
    folder_write_text(&folder, ".new", "delto");
    archive_set_time(&folder, ".new", long_ago);
    folder_chmod(&folder, ".new", 0600);
    move(".new", "d");
    folder_write_text(&folder, "d", "delt0");
}

static void remove_file(void) {
    take_away("d");
}

static void remove_first(void) {
    take_away("a");
}

static void add_file(void) {
    folder_write_text(&folder, "c", "new");
}

static void add_file_farther_down(void) {
    folder_write_text(&folder, "b/sub/w", "new");
}

static void add_folder(void) {
    folder_mkdir(&folder, "y");
}

static void remove_folder(void) {
    take_away("e/f");
    take_away("e");
}

static void rename_folder(void) {
    move("b", "w");
}

static void put_folder_in_place_of_file(void) {
    take_away("d");
    folder_mkdir(&folder, "d");
}

static void put_link_in_place_of_folder(void) {
    move("b/sub", "sub");
    folder_symlink(&folder, "b/sub", "../sub");
}

static void chmod_both(void) {
    folder_chmod(&folder, "a", 0644);
    folder_chmod(&folder, "d", 0644);
}

static void swap_files(void) {
    repeat(chmod_both, "a");
    repeat(chmod_both, "d");
    move("a", ".a");
    move("d", "a");
    move(".a", "d");
}

static const struct change {
    const char *name;
    void (*make)(void);
} changes[] = {
    {"a small file grows", grow_small},
    {"a large file grows", grow_large},
    {"a small file shrinks", shrink_small},
    {"a large file shrinks", shrink_large},
    {"a small file is touched", touch_small},
    {"a large file is touched", touch_large},
    {"a folder is touched", touch_folder},
    {"other bytes, same size and time", forge_noticeably},
    {"a file becomes executable", make_executable},
    {"a file is replaced", replace},
    {"a file is removed", remove_file},
    {"the first file is removed", remove_first},
    {"a file is added", add_file},
    {"a file is added farther down", add_file_farther_down},
    {"a folder is added", add_folder},
    {"a folder is removed", remove_folder},
    {"a folder is renamed", rename_folder},
    {"a file becomes a folder", put_folder_in_place_of_file},
    {"a folder becomes a link", put_link_in_place_of_folder},
    {"two files swap names", swap_files},
};

enum { CHANGE_COUNT = sizeof changes / sizeof changes[0] };

/* ---- producing while it happens ------------------------------------------------------------------------ */

/* Read the part of a file that was handed out; if it is not there any more, so many zeros. */
static void read_part(const struct resource *file, struct byte_range range, struct text *out) {
    size_t length = (size_t)(range.end - range.begin);
    char *room = text_reserve(out, length);
    cr_assert_not_null(room);
    memset(room, 0, length);
    cr_assert_geq(pread(file->fd, room, length, range.begin), 0);
    out->length += length;
}

/* Produce a range in steps as small as can be; let the change happen before step number `moment`. Returns as
 * archive_next(); *happened tells whether it came to the change. */
static int produce(struct archive *archive, struct byte_range range, const struct change *change, int moment,
                   bool *happened, struct text *out) {
    struct resource file = {.fd = -1};
    struct byte_range part = {0, 0};
    int result = 1;
    *happened = false;
    archive_seek(archive, range);
    for (int i = 0; result == 1 || result == -EAGAIN; i++) {
        if (i == moment) {
            change->make();
            *happened = true;
        }
        if (result == 1 && file.fd >= 0) {
            read_part(&file, part, out);
        }
        result = archive_next(archive, archive_no_slice, out, &file, &part);
    }
    cr_assert_eq(file.fd, -1);
    return result;
}

static struct text make_original(off_t *size) {
    struct text original = {0};
    plant();
    struct archive *archive = archive_of(&root, "");
    cr_assert_eq(archive_produce(archive, archive_long_slice, &original), 0);
    *size = archive_size(archive);
    archive_destroy(archive);
    uproot();
    return original;
}

/* Returns how many moments there were; *refusals: how many of them were met with an error. */
static int change_at_all_moments(const struct text *original, struct byte_range range,
                                 const struct change *change, int *refusals) {
    bool happened = true;
    int moment = 0;
    *refusals = 0;
    for (; happened && moment < ROUNDS_MAX; moment++) {
        struct text out = {0};
        plant();
        struct archive *archive = archive_of(&root, "");
        int result = produce(archive, range, change, moment, &happened, &out);
        size_t length = (size_t)(range.end - range.begin);
        if (result == 0) {
            cr_assert_eq(out.length, length, "%s at %d", change->name, moment);
            cr_assert_eq(memcmp(out.bytes, original->bytes + range.begin, length), 0, "%s at %d",
                         change->name, moment);
        } else {
            cr_assert_eq(result, -ESTALE, "%s at %d: %d", change->name, moment, result);
            cr_assert_lt(out.length, length, "%s at %d: complete in spite of it", change->name, moment);
            ++*refusals;
        }
        cr_assert(moment > 0 || result == -ESTALE, "%s: not noticed", change->name);
        archive_destroy(archive);
        text_deinit(&out);
        uproot();
    }
    cr_assert(!happened);
    return moment;
}

Test(archive_changes, never_lead_to_a_whole_archive_that_is_not_what_was_measured) {
    off_t size = 0;
    struct text original = make_original(&size);
    for (size_t i = 0; i < CHANGE_COUNT; i++) {
        int refusals = 0;
        int moments = change_at_all_moments(&original, (struct byte_range){0, size}, &changes[i], &refusals);
        cr_expect(moments > 12 && refusals > 1, "%s: %d of %d", changes[i].name, refusals, moments);
    }
    text_deinit(&original);
}

/* What goes before or behind a range changes its place, or its meaning, as well. */
Test(archive_changes, are_noticed_before_the_last_byte_of_any_range) {
    off_t size = 0;
    struct text original = make_original(&size);
    const struct byte_range ranges[] = {
        {0, 1}, {600, 700}, {3000, 3100}, {5000, 40000}, {size - 5000, size - 3000}, {size - 1, size}};
    for (size_t i = 0; i < CHANGE_COUNT; i++) {
        for (size_t j = 0; j < sizeof ranges / sizeof ranges[0]; j++) {
            int refusals = 0;
            int moments = change_at_all_moments(&original, ranges[j], &changes[i], &refusals);
            cr_expect(moments > 2 && refusals > 0, "%s: %d of %d", changes[i].name, refusals, moments);
        }
    }
    text_deinit(&original);
}

/* Make the first file younger than all that was planted, of which the root was the last. A change within the tick of the
 * clock in which that was done has its time, though the file itself may be older: it is noticed behind the last entry. */
static void touch_first_after_all(void) {
    struct timespec last = change_time(".");
    do {
        folder_touch(&folder, "a", 1800000000);
    } while (clock_compare(change_time("a"), last) <= 0);
}

/* An early refusal saves a long download for nothing. */
Test(archive_changes, in_a_file_that_comes_late_end_it_there_at_the_latest) {
    struct resource file = {.fd = -1};
    struct byte_range range;
    struct text text = {0};
    plant();
    struct archive *archive = archive_of(&root, "");
    touch_first_after_all();
    cr_expect_eq(archive_next(archive, archive_long_slice, &text, &file, &range), -ESTALE);
    cr_expect_lt(text.length, 2000);
    archive_destroy(archive);
    text_deinit(&text);
    uproot();
}
