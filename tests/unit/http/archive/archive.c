/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/archive/archive.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder folder;
struct beneath root;

void archive_set_up(void) {
    folder_create(&folder);
    cr_assert_eq(beneath_open_root(&root, folder.path), 0);
}

void archive_tear_down(void) {
    beneath_close_root(&root);
    folder_remove(&folder);
}

const struct time_slice archive_long_slice = {INT64_MAX};
const struct time_slice archive_no_slice = {0};

struct timespec archive_clock(time_t seconds) {
    struct timespec now;
    cr_assert_eq(clock_gettime(CLOCK_REALTIME, &now), 0);
    now.tv_sec += seconds;
    return now;
}

int archive_measure_all(struct archive *archive, struct time_slice slice) {
    int result = -EAGAIN;
    while (result == -EAGAIN) {
        result = archive_measure(archive, slice);
    }
    return result;
}

struct archive *archive_of(const struct beneath *beneath, const char *path) {
    return archive_of_form(ARCHIVE_TAR, beneath, path);
}

struct archive *archive_of_form(enum archive_form form, const struct beneath *beneath, const char *path) {
    struct archive *archive = NULL;
    cr_assert_eq(archive_create(&archive, form, beneath, path, "top", archive_clock(60), 0, NULL), 0);
    cr_assert_eq(archive_measure_all(archive, archive_long_slice), 0);
    return archive;
}

int archive_produce_piece(struct archive *archive, struct time_slice slice, struct resource *file,
                          struct text *out) {
    struct byte_range range = {0, 0};
    int result = -EAGAIN;
    while (result == -EAGAIN) {
        size_t length_before = out->length;
        result = archive_next(archive, slice, out, file, &range);
        cr_assert(result != -EAGAIN || out->length == length_before, "a piece is held back");
        cr_assert(result == 1 || file->fd == -1, "a file without a piece");
        cr_assert(result != 1 || file->fd >= 0 || out->length > length_before, "a piece of nothing");
    }
    while (result == 1 && file->fd >= 0 && range.begin < range.end) {
        size_t left = (size_t)(range.end - range.begin);
        char *room = text_reserve(out, left);
        cr_assert_not_null(room);
        ssize_t count = pread(file->fd, room, left, range.begin);
        cr_assert_gt(count, 0, "a file is shorter than its range");
        out->length += (size_t)count;
        range.begin += count;
    }
    return result;
}

int archive_produce(struct archive *archive, struct time_slice slice, struct text *out) {
    struct resource file = {.fd = -1};
    int result = 1;
    while (result == 1) {
        result = archive_produce_piece(archive, slice, &file, out);
    }
    return result;
}

int archive_produce_range(struct archive *archive, struct byte_range range, struct time_slice slice,
                          struct text *out) {
    archive_seek(archive, range);
    return archive_produce(archive, slice, out);
}

void archive_expect_range(struct archive *archive, const struct text *whole, off_t begin, off_t end,
                          struct time_slice slice) {
    struct text part = {0};
    cr_assert_eq(archive_produce_range(archive, (struct byte_range){begin, end}, slice, &part), 0);
    cr_assert_eq(part.length, (size_t)(end - begin), "%jd-%jd", (intmax_t)begin, (intmax_t)end);
    cr_assert_eq(memcmp(part.bytes, whole->bytes + begin, part.length), 0, "%jd-%jd", (intmax_t)begin,
                 (intmax_t)end);
    text_deinit(&part);
}

void archive_set_time(const struct folder *where, const char *name, struct timespec modified) {
    const struct timespec times[2] = {modified, modified};
    struct folder_path path = folder_path(where, name);
    cr_assert_eq(utimensat(AT_FDCWD, path.text, times, AT_SYMLINK_NOFOLLOW), 0, "%s: %s", path.text,
                 strerror(errno));
}
