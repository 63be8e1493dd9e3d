/* SPDX-License-Identifier: MIT */
#include "http/files/beneath.h"

#include "http/files/places.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* O_NONBLOCK: a FIFO without a writer opens at once, and is then refused for not being a regular file. */
enum { OPEN_FLAGS = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY };

enum { RACE_RETRIES = 8, RELIEFS_MAX = 8 /* what was given back may be somebody else's by then */ };

/* What a step of the walk says when the walk has to begin anew. No system call used here fails like this. */
enum { PATH_REWRITTEN = ERESTART };

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

/* What says nothing of whether the kernel has the call: it is short of something, or the disk fails. */
static bool is_passing(int error) {
    return error == EMFILE || error == ENFILE || error == ENOMEM || error == EIO || error == ESTALE;
}

int beneath_open_root(struct beneath *beneath, const char *path) {
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd == -1) {
        return -errno;
    }
    int probe = open_with_openat2(fd, "");
    if (probe >= 0) {
        (void)close(probe);
    } else if (is_passing(-probe)) {
        (void)close(fd);
        return probe;
    }
    *beneath = (struct beneath){.root_fd = fd, .has_openat2 = probe >= 0};
    return 0;
}

/* Whether it is a regular file that can be read: 0, or why not. */
static int check_file(const char *path) {
    struct stat file;
    int fd = open(path, OPEN_FLAGS);
    if (fd == -1) {
        return -errno;
    }
    int result = fstat(fd, &file) == -1 ? -errno : 0;
    (void)close(fd);
    return result != 0 || S_ISREG(file.st_mode) ? result : -ENOTDIR;
}

int beneath_open_folder_of(struct beneath *beneath, const char *path, char **name) {
    int result = check_file(path);
    if (result != 0) {
        return result;
    }
    char *folder = realpath(path, NULL);
    if (folder == NULL) {
        return -errno;
    }
    char *slash = strrchr(folder, '/'); /* it is absolute */
    char *copy = strdup(slash + 1);
    slash[slash == folder ? 1 : 0] = '\0';
    result = copy != NULL ? beneath_open_root(beneath, folder) : -ENOMEM;
    if (result == 0) {
        *name = copy;
    } else {
        free(copy);
    }
    free(folder);
    return result;
}

void beneath_close_root(struct beneath *beneath) {
    if (beneath->root_fd >= 0) {
        (void)close(beneath->root_fd);
    }
    beneath->root_fd = -1;
}

static int open_once(const struct beneath *beneath, const char *path) {
    int fd = beneath_open_at(beneath->root_fd, beneath->has_openat2, path);
    if (fd == -EXDEV && beneath->places != NULL) {
        fd = places_open(beneath->places, beneath, path);
    }
    return fd;
}

static bool can_be_relieved(const struct beneath *beneath, int error) {
    const struct descriptor_relief *relief = beneath->relief;
    return (error == EMFILE || error == ENFILE) && relief != NULL && relief->give_way(relief->context);
}

int beneath_open(const struct beneath *beneath, const char *path) {
    if (beneath->root_fd == -1) {
        return -ESTALE;
    }
    int fd = open_once(beneath, path);
    for (int i = 0; i < RELIEFS_MAX && fd < 0 && can_be_relieved(beneath, -fd); i++) {
        fd = open_once(beneath, path);
    }
    return fd;
}

int beneath_open_at(int folder_fd, bool has_openat2, const char *path) {
    return has_openat2 ? open_with_openat2(folder_fd, path) : beneath_walk(folder_fd, path);
}

struct walk {
    char path[PATH_MAX]; /* what is done, and what is left */
    int links_left;
    struct beneath_exit *exit; /* to be filled in, or NULL */
};

/* A link is followed now; `rest` is what stands behind it in walk->path. The end of the path stays as it is
 * while the link's text takes further steps. */
static void note_link(struct walk *walk, const char *rest) {
    struct beneath_exit *exit = walk->exit;
    if (exit != NULL) {
        exit->behind_length = strlen(rest);
        (void)snprintf(exit->link, sizeof exit->link, "%.*s", (int)(rest - walk->path), walk->path);
    }
}

static void note_exit(struct walk *walk, const char *to) {
    struct beneath_exit *exit = walk->exit;
    if (exit != NULL) {
        size_t length = strlen(to);
        exit->behind_length = exit->behind_length < length ? exit->behind_length : length;
        memcpy(exit->to, to, length + 1);
    }
}

/* The component at *path; moves *path behind it and its slashes. */
static size_t next_component(const char **path, const char **component) {
    size_t length = strcspn(*path, "/");
    *component = *path;
    *path += length;
    *path += strspn(*path, "/");
    return length;
}

/* Take the last component off the path of a folder. Returns 0, or -EXDEV when that is the root. */
static int drop_last_component(const char *path, size_t *length) {
    bool was_dot = true;
    while (was_dot) {
        while (*length > 0 && path[*length - 1] == '/') {
            --*length;
        }
        if (*length == 0) {
            return -EXDEV;
        }
        was_dot = path[*length - 1] == '.' && (*length == 1 || path[*length - 2] == '/');
        while (*length > 0 && path[*length - 1] != '/') {
            --*length;
        }
    }
    return 0;
}

/* Replace what stands behind walk->path[0 .. done_length) by `text` and `rest`, its end, and carry out each
 * ".." that this begins with. What is done holds real folders only, so that ".." may be taken off as text; a
 * ".." farther behind may have to wait for a link. Returns -PATH_REWRITTEN or another negative errno. */
static int rewrite_path(struct walk *walk, size_t done_length, const char *text, const char *rest) {
    char joined[PATH_MAX];
    int joined_length = snprintf(joined, sizeof joined, "%s%s", text, rest);
    if (joined_length < 0 || (size_t)joined_length >= sizeof joined) {
        return -ENAMETOOLONG;
    }
    if (text[0] == '/') {
        note_exit(walk, joined);
        return -EXDEV;
    }
    const char *at = joined;
    while (strncmp(at, "..", 2) == 0 && (at[2] == '/' || at[2] == '\0')) {
        int result = drop_last_component(walk->path, &done_length);
        if (result != 0) {
            note_exit(walk, at);
            return result;
        }
        at += 2;
        at += strspn(at, "/");
    }
    size_t size = strlen(at) + 1;
    if (done_length + size > PATH_MAX) {
        return -ENAMETOOLONG;
    }
    memcpy(walk->path + done_length, at, size);
    return -PATH_REWRITTEN;
}

/* Whether the component is a symbolic link; if so, where to. Returns 1, 0, or a negative errno. */
static int read_link(int folder_fd, const char *name, char link[PATH_MAX]) {
    ssize_t length = readlinkat(folder_fd, name, link, PATH_MAX - 1);
    if (length == -1) {
        return errno == EINVAL ? 0 : -errno; /* EINVAL: there is something, but not a link */
    }
    link[length] = '\0';
    return 1;
}

/* Open the first component of *rest in the folder. Returns the descriptor and moves *rest on; or a negative
 * errno; or -PATH_REWRITTEN after a link or a ".." has been replaced in the path: neither is ever opened,
 * whatever renames happen. */
static int step_down(int folder_fd, struct walk *walk, const char **rest) {
    char name[NAME_MAX + 1];
    char link[PATH_MAX];
    const char *component = NULL;
    size_t done_length = (size_t)(*rest - walk->path);
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
    if (strcmp(name, "..") == 0) {
        return rewrite_path(walk, done_length, name, component + length);
    }
    int is_link = read_link(folder_fd, name, link);
    if (is_link < 0) {
        return is_link;
    }
    if (is_link == 1) {
        note_link(walk, component + length);
        return --walk->links_left < 0 ? -ELOOP : rewrite_path(walk, done_length, link, component + length);
    }
    bool last = **rest == '\0';
    int flags = last ? OPEN_FLAGS : O_PATH | O_CLOEXEC;
    flags |= O_NOFOLLOW | (component[length] == '/' ? O_DIRECTORY : 0);
    int fd = openat(folder_fd, name, flags);
    return fd == -1 ? -errno : fd;
}

/* Walk down from the root without following links. Returns as step_down() does. */
static int walk_once(int root_fd, struct walk *walk) {
    const char *rest = walk->path;
    int fd = step_down(root_fd, walk, &rest);
    while (fd >= 0 && *rest != '\0') {
        int next_fd = step_down(fd, walk, &rest);
        (void)close(fd);
        fd = next_fd;
    }
    return fd;
}

static int walk_down(int root_fd, const char *path, struct walk *walk) {
    size_t size = strlen(path) + 1;
    if (size > sizeof walk->path) {
        return -ENAMETOOLONG;
    }
    if (path[0] == '/') {
        return -EXDEV;
    }
    memcpy(walk->path, path, size);
    int fd = -PATH_REWRITTEN;
    while (fd == -PATH_REWRITTEN) { /* ends: links run out, and a ".." makes the path shorter */
        fd = walk_once(root_fd, walk);
    }
    return fd;
}

int beneath_walk(int root_fd, const char *path) {
    struct walk walk = {.links_left = BENEATH_LINKS_MAX};
    return walk_down(root_fd, path, &walk);
}

int beneath_find_exit(int folder_fd, const char *path, int *links_left, struct beneath_exit *exit) {
    struct walk walk = {.links_left = *links_left, .exit = exit};
    exit->to[0] = '\0';
    int fd = walk_down(folder_fd, path, &walk);
    *links_left = walk.links_left;
    return fd;
}
