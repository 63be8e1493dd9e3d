/* SPDX-License-Identifier: MIT */
#include "http/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* O_NONBLOCK: a FIFO without a writer opens at once, and is then refused for not being a regular file. */
enum { OPEN_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

enum { RACE_RETRIES = 8, LINKS_MAX = 40 };

/* A kernel that meets a rename while it resolves ".." says EAGAIN: try again, but not for ever. */
static int open_with_openat2(int root_fd, const char *path) {
    struct open_how how = {.flags = OPEN_FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    const char *name = path[0] == '\0' ? "." : path;
    long fd = -1;
    for (int attempt = 0; attempt < RACE_RETRIES; attempt++) {
        fd = syscall(SYS_openat2, root_fd, name, &how, sizeof how);
        if (fd != -1 || (errno != EAGAIN && errno != EINTR)) {
            break;
        }
    }
    return fd == -1 ? -errno : (int)fd;
}

int beneath_open_root(struct beneath *beneath, const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd == -1) {
        return -errno;
    }
    int probe = open_with_openat2(fd, "");
    if (probe >= 0) {
        (void)close(probe);
    }
    *beneath = (struct beneath){.root_fd = fd, .has_openat2 = probe >= 0};
    return 0;
}

void beneath_close_root(struct beneath *beneath) {
    if (beneath->root_fd >= 0) {
        (void)close(beneath->root_fd);
    }
    beneath->root_fd = -1;
}

int beneath_open(const struct beneath *beneath, const char *path) {
    return beneath->has_openat2 ? open_with_openat2(beneath->root_fd, path)
                                : beneath_walk(beneath->root_fd, path);
}

/* The component at *path; moves *path behind it and its slashes. */
static size_t next_component(const char **path, const char **component) {
    size_t length = strcspn(*path, "/");
    *component = *path;
    *path += length;
    *path += strspn(*path, "/");
    return length;
}

/* Append a component to the normalised path of *length bytes; ".." takes the last one off. Returns 0 or -EXDEV. */
static int append_component(char *path, size_t *length, const char *component, size_t component_length) {
    if (component_length == 1 && component[0] == '.') {
        return 0;
    }
    if (component_length == 2 && memcmp(component, "..", 2) == 0) {
        if (*length == 0) {
            return -EXDEV;
        }
        while (*length > 0 && path[--*length] != '/') {
        }
        return 0;
    }
    if (*length > 0) {
        path[(*length)++] = '/';
    }
    memcpy(path + *length, component, component_length);
    *length += component_length;
    return 0;
}

/* Replace the link that stands behind path[0 .. done_length) by what it points to, with `rest` ("" or "/...") behind it.
 * What is done holds real folders only, so that ".." may be taken off as text. Returns 0 or a negative errno. */
static int splice_link(char path[PATH_MAX], size_t done_length, const char *link, const char *rest) {
    char joined[PATH_MAX];
    int joined_length = snprintf(joined, sizeof joined, "%.*s/%s%s", (int)done_length, path, link, rest);
    if (joined_length < 0 || (size_t)joined_length >= sizeof joined) {
        return -ENAMETOOLONG;
    }
    size_t length = 0;
    const char *at = joined + strspn(joined, "/");
    while (*at != '\0') {
        const char *component = NULL;
        size_t component_length = next_component(&at, &component);
        int result = append_component(path, &length, component, component_length);
        if (result != 0) {
            return result;
        }
    }
    if (joined[joined_length - 1] == '/' && length > 0) {
        path[length++] = '/';
    }
    path[length] = '\0';
    return 0;
}

/* Whether the component is a symbolic link; if so, where to. Returns 1, 0, or a negative errno. */
static int read_link(int folder_fd, const char *name, char link[PATH_MAX]) {
    ssize_t length = readlinkat(folder_fd, name, link, PATH_MAX - 1);
    if (length == -1) {
        return errno == EINVAL ? 0 : -errno; /* EINVAL: there is something, but not a link */
    }
    link[length] = '\0';
    return link[0] == '/' ? -EXDEV : 1;
}

/* Open the first component of *rest in the folder. Returns the descriptor and moves *rest on; or a negative errno; or
 * -EAGAIN after a link was spliced into `path`, when the walk has to begin anew. */
static int step_down(int folder_fd, char path[PATH_MAX], const char **rest) {
    char name[NAME_MAX + 1];
    char link[PATH_MAX];
    const char *component = NULL;
    size_t done_length = (size_t)(*rest - path);
    size_t length = next_component(rest, &component);
    if (length == 0) {
        int root_fd = openat(folder_fd, ".", OPEN_FLAGS);
        return root_fd == -1 ? -errno : root_fd;
    }
    if (length > NAME_MAX) {
        return -ENAMETOOLONG;
    }
    memcpy(name, component, length);
    name[length] = '\0';
    int is_link = read_link(folder_fd, name, link);
    if (is_link < 0) {
        return is_link;
    }
    if (is_link == 1) {
        int result = splice_link(path, done_length, link, component + length);
        return result < 0 ? result : -EAGAIN;
    }
    bool last = **rest == '\0';
    int flags = last ? OPEN_FLAGS : O_PATH | O_CLOEXEC;
    flags |= O_NOFOLLOW | (component[length] == '/' ? O_DIRECTORY : 0);
    int fd = openat(folder_fd, name, flags);
    return fd == -1 ? -errno : fd;
}

/* Walk down from the root without following links. Returns as step_down() does. */
static int walk_once(int root_fd, char path[PATH_MAX]) {
    const char *rest = path;
    int fd = step_down(root_fd, path, &rest);
    while (fd >= 0 && *rest != '\0') {
        int next_fd = step_down(fd, path, &rest);
        (void)close(fd);
        fd = next_fd;
    }
    return fd;
}

int beneath_walk(int root_fd, const char *path) {
    char remaining[PATH_MAX];
    if (strlen(path) >= sizeof remaining) {
        return -ENAMETOOLONG;
    }
    memcpy(remaining, path, strlen(path) + 1);
    for (int links = 0; links <= LINKS_MAX; links++) {
        int fd = walk_once(root_fd, remaining);
        if (fd != -EAGAIN) {
            return fd;
        }
    }
    return -ELOOP;
}
