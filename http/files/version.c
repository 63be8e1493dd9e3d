/* SPDX-License-Identifier: MIT */
#include "http/files/version.h"

#include "http/base/file_clock.h"
#include "http/files/resource.h"

#include <sys/stat.h>

enum { NS_PER_SECOND = 1000 * 1000 * 1000, FAR_AWAY_SECONDS = FILE_CLOCK_COARSE_TICK_S + 1 };

static bool same_time(struct timespec one, struct timespec other) {
    return one.tv_sec == other.tv_sec && one.tv_nsec == other.tv_nsec;
}

bool file_version_equals(const struct file_version *one, const struct file_version *other) {
    return one->file.device == other->file.device && one->file.inode == other->file.inode &&
           one->size == other->size && same_time(one->modified, other->modified) &&
           same_time(one->changed, other->changed);
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

static int64_t nanoseconds_of(struct timespec span) {
    return (int64_t)span.tv_sec * NS_PER_SECOND + span.tv_nsec;
}

bool file_version_is_settled(const struct file_version *version, struct timespec now) {
    int64_t seconds = (int64_t)now.tv_sec - version->changed.tv_sec;
    if (seconds > FAR_AWAY_SECONDS || seconds < -FAR_AWAY_SECONDS) {
        return true; /* and the product below cannot overflow */
    }
    int64_t tick = nanoseconds_of(file_clock_tick(version->changed));
    int64_t age = seconds * NS_PER_SECOND + now.tv_nsec - version->changed.tv_nsec;
    return age > tick || age < -tick;
}
