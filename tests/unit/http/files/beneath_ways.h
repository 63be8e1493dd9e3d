/* SPDX-License-Identifier: MIT */
/*
 * Every way of opening a path beneath a root: openat2(2), the walk, and the walk as beneath_open() takes it.
 * What holds for one has to hold for all.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_FILES_BENEATH_WAYS_H
#define LIDO_TESTS_UNIT_HTTP_FILES_BENEATH_WAYS_H

#include "http/files/beneath.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int walk(const struct beneath *from, const char *path) {
    return beneath_walk(from->root_fd, path);
}

static int open_without_openat2(const struct beneath *from, const char *path) {
    struct beneath without = {.root_fd = from->root_fd, .has_openat2 = false};
    return beneath_open(&without, path);
}

static const struct {
    const char *name;
    int (*open)(const struct beneath *, const char *);
} ways[] = {{"open", beneath_open}, {"walk", walk}, {"open without openat2", open_without_openat2}};

enum { WAYS_COUNT = sizeof ways / sizeof ways[0] };

/* "error:<errno>", "folder", "fifo", or what the file holds; lives until the next call. Closes the
 * descriptor. */
static inline const char *describe(int fd) {
    static char text[64];
    struct stat status;
    if (fd < 0) {
        (void)snprintf(text, sizeof text, "error:%d", -fd);
        return text;
    }
    cr_assert_eq(fstat(fd, &status), 0);
    cr_expect(fcntl(fd, F_GETFD) == FD_CLOEXEC, "the descriptor outlives exec");
    ssize_t length = S_ISREG(status.st_mode) ? read(fd, text, sizeof text - 1) : 0;
    cr_assert_geq(length, 0);
    text[length] = '\0';
    cr_assert_eq(close(fd), 0);
    return S_ISDIR(status.st_mode) ? "folder" : S_ISFIFO(status.st_mode) ? "fifo" : text;
}

/* Open the path in each way and expect what describe() says of it, or the errno if `found` is NULL. */
static inline void expect_opened(const struct beneath *from, const char *path, const char *found, int error) {
    char expected[64];
    if (found == NULL) {
        (void)snprintf(expected, sizeof expected, "error:%d", error);
    } else {
        (void)snprintf(expected, sizeof expected, "%s", found);
    }
    for (size_t way = 0; way < WAYS_COUNT; way++) {
        const char *got = describe(ways[way].open(from, path));
        cr_expect(strcmp(got, expected) == 0, "%s '%.80s': %s instead of %s", ways[way].name, path, got,
                  expected);
    }
}

#endif
