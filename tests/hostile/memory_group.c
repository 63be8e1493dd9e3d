/* SPDX-License-Identifier: MIT */
#include "tests/hostile/memory_group.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { VALUE_BYTES = 64 };

static const struct {
    const char *mount;
    const char *line; /* of /proc/self/cgroup, before the path */
    const char *limit;
    const char *peak;
} versions[] = {
    [1] = {"/sys/fs/cgroup/memory", ":memory:", "memory.limit_in_bytes", "memory.max_usage_in_bytes"},
    [2] = {"/sys/fs/cgroup", "0::", "memory.max", "memory.peak"},
};

static int open_value(const char *folder, const char *name, int flags) {
    char path[2 * MEMORY_GROUP_PATH_BYTES];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return open(path, flags | O_CLOEXEC);
}

static bool write_value(const char *folder, const char *name, size_t value) {
    char text[VALUE_BYTES];
    int length = snprintf(text, sizeof text, "%zu", value);
    int fd = open_value(folder, name, O_WRONLY);
    bool is_written = fd != -1 && write(fd, text, (size_t)length) == length;
    (void)close(fd);
    return is_written;
}

/* Where this process is now. */
static bool find_home(struct memory_group *group, int version) {
    char line[MEMORY_GROUP_PATH_BYTES];
    bool is_found = false;
    FILE *file = fopen("/proc/self/cgroup", "re");
    while (file != NULL && !is_found && fgets(line, sizeof line, file) != NULL) {
        const char *at = strstr(line, versions[version].line);
        if (at != NULL) {
            line[strcspn(line, "\n")] = '\0';
            (void)snprintf(group->home, sizeof group->home, "%.64s%.180s", versions[version].mount,
                           at + strlen(versions[version].line));
            is_found = true;
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return is_found;
}

static bool make(struct memory_group *group, int version, size_t limit_bytes) {
    (void)snprintf(group->path, sizeof group->path, "%s/lido-test-%d", versions[version].mount,
                   (int)getpid());
    if (!find_home(group, version) || mkdir(group->path, 0755) == -1) {
        return false;
    }
    group->version = version;
    return write_value(group->path, versions[version].limit, limit_bytes) &&
           write_value(group->path, "cgroup.procs", (size_t)getpid());
}

const char *memory_group_enter(struct memory_group *group, size_t limit_bytes) {
    for (int version = 1; version <= 2; version++) {
        if (make(group, version, limit_bytes)) {
            return NULL;
        }
        (void)rmdir(group->path);
    }
    group->path[0] = '\0';
    return "no control group with a limit of memory can be made here";
}

void memory_group_leave(const struct memory_group *group) {
    cr_assert(write_value(group->home, "cgroup.procs", (size_t)getpid()), "cannot go back to %s",
              group->home);
}

size_t memory_group_peak_bytes(const struct memory_group *group) {
    char text[VALUE_BYTES] = "";
    int fd = open_value(group->path, versions[group->version].peak, O_RDONLY);
    ssize_t length = fd != -1 ? read(fd, text, sizeof text - 1) : -1;
    (void)close(fd);
    return length > 0 ? strtoull(text, NULL, 10) : 0;
}

void memory_group_remove(struct memory_group *group) {
    if (group->path[0] != '\0') {
        (void)rmdir(group->path);
        group->path[0] = '\0';
    }
}
