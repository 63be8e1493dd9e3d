/* SPDX-License-Identifier: MIT */
#include "server/check/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Folders that are still to be read, the last one first, so that there are no more of them than on the way down. */
struct pending {
    char **paths;
    size_t count;
    size_t capacity;
};

static int push(struct pending *pending, const char *path) {
    if (pending->count == pending->capacity) {
        size_t capacity = 2 * pending->capacity + 16;
        char **paths = realloc(pending->paths, capacity * sizeof *paths);
        if (paths == NULL) {
            return -ENOMEM;
        }
        pending->paths = paths;
        pending->capacity = capacity;
    }
    char *copy = strdup(path);
    if (copy == NULL) {
        return -ENOMEM;
    }
    pending->paths[pending->count++] = copy;
    return 0;
}

static bool is_dot_or_dots(const char *name) {
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* Returns 0 or -ENOMEM; what cannot be looked at any more is gone. */
static int visit_name(DIR *folder, const char *in, const char *name, const struct walk_visitor *visitor,
                      struct pending *pending) {
    char path[PATH_MAX];
    struct walk_entry entry = {.folder_fd = dirfd(folder), .name = name, .path = path};
    int length = snprintf(path, sizeof path, "%s%s%s", in, *in != '\0' ? "/" : "", name);
    if (length >= (int)sizeof path) {
        visitor->fail(visitor->context, in, -ENAMETOOLONG);
        return 0;
    }
    if (fstatat(entry.folder_fd, name, &entry.status, AT_SYMLINK_NOFOLLOW) == -1) {
        return 0;
    }
    bool go_down = visitor->visit(visitor->context, &entry) && S_ISDIR(entry.status.st_mode);
    return go_down ? push(pending, path) : 0;
}

static int read_folder(int root_fd, const char *path, const struct walk_visitor *visitor,
                       struct pending *pending) {
    int fd = openat(root_fd, *path != '\0' ? path : ".", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd != -1 ? fdopendir(fd) : NULL;
    if (folder == NULL) {
        visitor->fail(visitor->context, path, -errno);
        if (fd != -1) {
            (void)close(fd);
        }
        return 0;
    }
    int result = 0;
    const struct dirent *entry = NULL;
    while (result == 0 && (entry = readdir(folder)) != NULL) {
        if (!is_dot_or_dots(entry->d_name)) {
            result = visit_name(folder, path, entry->d_name, visitor, pending);
        }
    }
    (void)closedir(folder);
    return result;
}

int walk_tree(int root_fd, const struct walk_visitor *visitor) {
    struct pending pending = {0};
    struct walk_entry root = {.folder_fd = root_fd, .name = ".", .path = ""};
    bool is_wanted = fstat(root_fd, &root.status) == 0 && visitor->visit(visitor->context, &root);
    int result = is_wanted ? push(&pending, "") : 0;
    while (pending.count > 0) {
        char *path = pending.paths[--pending.count];
        result = result == 0 ? read_folder(root_fd, path, visitor, &pending) : result;
        free(path);
    }
    free(pending.paths);
    return result;
}
