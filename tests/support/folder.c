/* SPDX-License-Identifier: MIT */
#include "tests/support/folder.h"

#include "tests/support/filling.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_BYTES = 64 * 1024, FTW_DESCRIPTORS = 16, STRIDE = 7919 /* a prime */ };

void folder_create(struct folder *folder) {
    const char *parent = getenv("TMPDIR");
    (void)snprintf(folder->path, sizeof folder->path, "%s/lido-test-XXXXXX",
                   parent != NULL ? parent : "/tmp");
    cr_assert(mkdtemp(folder->path) != NULL, "mkdtemp %s: %s", folder->path, strerror(errno));
    char real[PATH_MAX];
    cr_assert(realpath(folder->path, real) != NULL, "realpath %s: %s", folder->path, strerror(errno));
    cr_assert(strlen(real) < sizeof folder->path, "%s is too long", real);
    memcpy(folder->path, real, strlen(real) + 1);
    cr_assert(chmod(folder->path, 0755) == 0, "chmod %s: %s", folder->path, strerror(errno));
}

static int open_up(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status, (void)walk;
    if (kind == FTW_D || kind == FTW_DNR) {
        (void)chmod(path, 0755);
    }
    return 0;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *walk) {
    (void)status, (void)kind, (void)walk;
    return remove(path);
}

void folder_remove(struct folder *folder) {
    if (folder->path[0] == '\0') {
        return;
    }
    (void)nftw(folder->path, open_up, FTW_DESCRIPTORS, FTW_PHYS);
    int result = nftw(folder->path, remove_one, FTW_DESCRIPTORS, FTW_PHYS | FTW_DEPTH);
    cr_expect(result == 0, "cannot remove %s: %s", folder->path, strerror(errno));
    folder->path[0] = '\0';
}

void folder_create_inside(struct folder *folder, const struct folder *parent, const char *name) {
    folder_mkdir(parent, name);
    struct folder_path path = folder_path(parent, name);
    memcpy(folder->path, path.text, sizeof folder->path);
}

struct folder_path folder_path(const struct folder *folder, const char *name) {
    struct folder_path path;
    int length = snprintf(path.text, sizeof path.text, "%s/%s", folder->path, name);
    cr_assert(length > 0 && (size_t)length < sizeof path.text, "%s/%s is too long", folder->path, name);
    return path;
}

static void make_parents(const struct folder *folder, const char *name) {
    struct folder_path path = folder_path(folder, name);
    for (char *slash = path.text + strlen(folder->path) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        cr_assert(mkdir(path.text, 0755) == 0 || errno == EEXIST, "mkdir %s: %s", path.text, strerror(errno));
        *slash = '/';
    }
}

void folder_mkdir(const struct folder *folder, const char *name) {
    make_parents(folder, name);
    struct folder_path path = folder_path(folder, name);
    cr_assert(mkdir(path.text, 0755) == 0, "mkdir %s: %s", path.text, strerror(errno));
}

static int open_in(const struct folder *folder, const char *name, int flags) {
    struct folder_path path = folder_path(folder, name);
    int fd = open(path.text, flags | O_CLOEXEC, 0644);
    cr_assert(fd != -1, "open %s: %s", path.text, strerror(errno));
    return fd;
}

static int open_file(const struct folder *folder, const char *name, int flags) {
    make_parents(folder, name);
    return open_in(folder, name, flags);
}

static void write_all(int fd, const char *bytes, size_t size) {
    while (size > 0) {
        ssize_t written = write(fd, bytes, size);
        if (written == -1 && errno == EINTR) {
            continue;
        }
        cr_assert(written > 0, "write: %s", strerror(errno));
        bytes += written;
        size -= (size_t)written;
    }
}

void folder_write(const struct folder *folder, const char *name, const void *bytes, size_t size) {
    int fd = open_file(folder, name, O_WRONLY | O_CREAT | O_TRUNC);
    write_all(fd, bytes, size);
    cr_assert(close(fd) == 0, "close %s: %s", name, strerror(errno));
}

void folder_write_text(const struct folder *folder, const char *name, const char *text) {
    folder_write(folder, name, text, strlen(text));
}

static void write_filling(int fd, off_t offset, off_t size) {
    static char bytes[COPY_BYTES];
    for (off_t end = offset + size; offset < end;) {
        size_t count = end - offset < (off_t)sizeof bytes ? (size_t)(end - offset) : sizeof bytes;
        filling_write(bytes, offset, count);
        write_all(fd, bytes, count);
        offset += (off_t)count;
    }
}

void folder_write_pattern(const struct folder *folder, const char *name, off_t offset, off_t size) {
    int fd = open_file(folder, name, O_WRONLY | O_CREAT);
    cr_assert(lseek(fd, offset, SEEK_SET) == offset, "lseek %s: %s", name, strerror(errno));
    write_filling(fd, offset, size);
    cr_assert(close(fd) == 0, "close %s: %s", name, strerror(errno));
}

void folder_write_many(const struct folder *folder, const char *pattern, int count, off_t size) {
    cr_assert(count % STRIDE != 0);
    make_parents(folder, pattern);
    for (int i = 0; i < count; i++) {
        char name[NAME_MAX + 1];
        (void)snprintf(name, sizeof name, pattern, (int)((int64_t)i * STRIDE % count));
        int fd = open_in(folder, name, O_WRONLY | O_CREAT);
        write_filling(fd, 0, size);
        cr_assert(close(fd) == 0, "close %s: %s", name, strerror(errno));
    }
}

void folder_truncate(const struct folder *folder, const char *name, off_t size) {
    int fd = open_file(folder, name, O_WRONLY | O_CREAT);
    cr_assert(ftruncate(fd, size) == 0, "ftruncate %s: %s", name, strerror(errno));
    cr_assert(close(fd) == 0, "close %s: %s", name, strerror(errno));
}

void folder_symlink(const struct folder *folder, const char *name, const char *target) {
    make_parents(folder, name);
    struct folder_path path = folder_path(folder, name);
    cr_assert(symlink(target, path.text) == 0, "symlink %s: %s", path.text, strerror(errno));
}

void folder_fifo(const struct folder *folder, const char *name) {
    make_parents(folder, name);
    struct folder_path path = folder_path(folder, name);
    cr_assert(mkfifo(path.text, 0644) == 0, "mkfifo %s: %s", path.text, strerror(errno));
}

void folder_chmod(const struct folder *folder, const char *name, mode_t mode) {
    struct folder_path path = folder_path(folder, name);
    cr_assert(chmod(path.text, mode) == 0, "chmod %s: %s", path.text, strerror(errno));
}

void folder_touch(const struct folder *folder, const char *name, time_t seconds) {
    struct folder_path path = folder_path(folder, name);
    const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    cr_assert(utimensat(AT_FDCWD, path.text, times, 0) == 0, "utimensat %s: %s", path.text, strerror(errno));
}

void folder_read_text(const struct folder *folder, const char *name, char *text, size_t size) {
    int fd = open_file(folder, name, O_RDONLY);
    size_t length = 0;
    ssize_t count;
    while (length + 1 < size && (count = read(fd, text + length, size - length - 1)) > 0) {
        length += (size_t)count;
    }
    text[length] = '\0';
    (void)close(fd);
}
