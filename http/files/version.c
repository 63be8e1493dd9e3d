/* SPDX-License-Identifier: MIT */
#include "http/files/version.h"

#include "http/base/clock.h"
#include "http/files/resource.h"

#include <sys/stat.h>

bool file_version_equals(const struct file_version *one, const struct file_version *other) {
    return one->file.device == other->file.device && one->file.inode == other->file.inode &&
           one->size == other->size && clock_compare(one->modified, other->modified) == 0 &&
           clock_compare(one->changed, other->changed) == 0;
}

struct file_version file_version_of(const struct resource *resource) {
    return (struct file_version){
        .file = {.device = resource->device, .inode = resource->inode},
        .size = resource->size,
        .modified = resource->modified,
        .changed = resource->changed,
    };
}

bool file_version_is_current(const struct file_version *version, int fd) {
    struct stat status;
    if (fstat(fd, &status) == -1) {
        return false;
    }
    struct file_version current = {
        .file = {.device = status.st_dev, .inode = status.st_ino},
        .size = status.st_size,
        .modified = status.st_mtim,
        .changed = status.st_ctim,
    };
    return file_version_equals(version, &current);
}

bool file_version_is_settled(const struct file_version *version, struct timespec now) {
    int64_t tick_ns = clock_file_tick_ns(version->changed);
    return clock_compare(version->changed, clock_shift(now, -tick_ns)) < 0 ||
           clock_compare(version->changed, clock_shift(now, tick_ns)) > 0;
}
