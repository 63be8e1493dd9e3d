/* SPDX-License-Identifier: MIT */
#include "server/sites/root_watch.h"

#include "http/base/clock.h"
#include "http/base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct root_stamp stamp_of(int result, const struct stat *found) {
    if (result == -1) {
        return (struct root_stamp){.error = errno};
    }
    struct root_stamp stamp = {.device = found->st_dev, .inode = found->st_ino};
    if (!S_ISDIR(found->st_mode)) {
        stamp.size = found->st_size;
        stamp.modified = found->st_mtim;
    }
    return stamp;
}

struct root_stamp root_stamp_of(int fd) {
    struct stat found;
    return stamp_of(fstat(fd, &found), &found);
}

/* The folder that a file really is in, which is what stands open for a root that is a file. */
static struct root_stamp stamp_of_folder_of(const char *path) {
    struct stat found;
    char *real = realpath(path, NULL);
    if (real == NULL) {
        return (struct root_stamp){.error = errno};
    }
    char *slash = strrchr(real, '/');
    slash[slash == real ? 1 : 0] = '\0';
    struct root_stamp stamp = stamp_of(stat(real, &found), &found);
    free(real);
    return stamp;
}

static struct root_stamp stamp_of_root(const char *path) {
    struct stat found;
    int result = stat(path, &found);
    if (result == 0 && S_ISREG(found.st_mode)) {
        return stamp_of_folder_of(path);
    }
    return result == 0 && !S_ISDIR(found.st_mode) ? (struct root_stamp){.error = ENOTDIR}
                                                  : stamp_of(result, &found);
}

static uint64_t digest_of_places(const struct root_watch *watch) {
    uint64_t digest = 0;
    for (size_t i = 0; i < watch->place_count; i++) {
        if (watch->places[i][0] != '/') {
            continue; /* inside */
        }
        struct stat found;
        struct root_stamp stamp = stamp_of(stat(watch->places[i], &found), &found);
        uint64_t values[] = {(uint64_t)stamp.error, stamp.device, stamp.inode};
        digest = digest_hash(values, sizeof values, digest);
    }
    return digest;
}

struct root_watch root_watch_look(const struct root_watch *watch) {
    struct root_watch now = *watch;
    struct stat found;
    now.root_stamp = stamp_of_root(watch->root);
    if (watch->types != NULL) {
        now.types_stamp = stamp_of(stat(watch->types, &found), &found);
    }
    now.places_digest = digest_of_places(watch);
    return now;
}

static void try_path(const char *path) {
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd != -1) {
        (void)close(fd);
    }
}

void root_watch_try(const struct root_watch *watch) {
    if (watch->root_stamp.error == 0) {
        try_path(watch->root);
    }
    if (watch->types != NULL) {
        try_path(watch->types);
    }
    for (size_t i = 0; i < watch->place_count; i++) {
        if (watch->places[i][0] == '/') { /* else it is the word inside */
            try_path(watch->places[i]);
        }
    }
}

bool root_stamp_is_same(const struct root_stamp *a, const struct root_stamp *b) {
    return a->error == b->error && a->device == b->device && a->inode == b->inode && a->size == b->size &&
           clock_compare(a->modified, b->modified) == 0;
}

bool root_watch_is_same(const struct root_watch *a, const struct root_watch *b) {
    return root_stamp_is_same(&a->root_stamp, &b->root_stamp) &&
           root_stamp_is_same(&a->types_stamp, &b->types_stamp) && a->places_digest == b->places_digest;
}
