/* SPDX-License-Identifier: MIT */
#include "http/files/places.h"

#include "http/base/refused_links.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct place {
    char *path; /* absolute, without a slash at its end: "" is the root of the file system */
    int fd;     /* -1 for the root of the site */
};

struct places {
    size_t count;
    struct place items[]; /* first the root */
};

/* Takes over the descriptor. */
static int add(struct places *places, const char *path, int fd) {
    char *copy = strdup(path);
    if (copy == NULL) {
        if (fd != -1) {
            (void)close(fd);
        }
        return -ENOMEM;
    }
    size_t length = strlen(copy);
    while (length > 0 && copy[length - 1] == '/') {
        copy[--length] = '\0';
    }
    places->items[places->count++] = (struct place){copy, fd};
    return 0;
}

/* Under the name that it was given and, as links may know it by that, under its real one. */
static int add_folder(struct places *places, const char *path) {
    char real[PATH_MAX];
    const char *names[] = {path, realpath(path, real)};
    int result = 0;
    for (size_t i = 0; i < 2 && result == 0 && names[i] != NULL; i++) {
        int fd = open(names[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
        result = fd != -1 ? add(places, names[i], fd) : 0;
    }
    return result;
}

struct places *places_create(const char *root, char *const *paths, size_t count) {
    struct places *places = calloc(1, sizeof *places + (1 + 2 * count) * sizeof places->items[0]);
    char real[PATH_MAX];
    const char *name = realpath(root, real) != NULL ? real : root;
    int result = places != NULL ? add(places, name, -1) : -ENOMEM;
    for (size_t i = 0; i < count && result == 0; i++) {
        result = paths[i][0] == '/' ? add_folder(places, paths[i]) : 0;
    }
    if (result != 0) {
        places_destroy(places);
        return NULL;
    }
    return places;
}

void places_destroy(struct places *places) {
    for (size_t i = 0; places != NULL && i < places->count; i++) {
        if (places->items[i].fd != -1) {
            (void)close(places->items[i].fd);
        }
        free(places->items[i].path);
    }
    free(places);
}

/* The innermost place that the path is in, or NULL. */
static const struct place *find(const struct places *places, const char *path) {
    const struct place *found = NULL;
    size_t longest = 0;
    for (size_t i = 0; path[0] == '/' && i < places->count; i++) {
        const struct place *place = &places->items[i];
        size_t length = strlen(place->path);
        bool is_in = strncmp(path, place->path, length) == 0 && (path[length] == '/' || path[length] == '\0');
        if (is_in && (found == NULL || length > longest)) {
            found = place;
            longest = length;
        }
    }
    return found;
}

static bool is_up(const char *path) {
    return path[0] == '.' && path[1] == '.' && (path[2] == '/' || path[2] == '\0');
}

/* Make an absolute path of "../..." from a place. Returns false where nothing is known above, or no room. */
static bool rise(const struct place *place, char path[PATH_MAX]) {
    char joined[PATH_MAX];
    size_t length = strlen(place->path);
    const char *rest = path;
    while (is_up(rest)) {
        while (length > 0 && place->path[length - 1] != '/') {
            length--;
        }
        if (length == 0) {
            return false;
        }
        length--; /* the slash */
        rest += 2;
        rest += strspn(rest, "/");
    }
    int joined_length = snprintf(joined, sizeof joined, "%.*s/%s", (int)length, place->path, rest);
    if (joined_length >= PATH_MAX) {
        return false;
    }
    memcpy(path, joined, (size_t)joined_length + 1);
    return true;
}

/* Whether links lead anywhere but inside. */
static bool has_folders(const struct places *places) {
    return places->count > 1;
}

static int descriptor_of(const struct place *place, const struct beneath *root) {
    return place->fd != -1 ? place->fd : root->root_fd;
}

struct way_out {
    char link[2 * PATH_MAX]; /* the last link, in which place it may be; "": there was none */
    struct beneath_exit exit;
};

/* Open what the path leads to from place to place; out->link is empty at first. Returns -EXDEV where it
 * leads out of all of them by *out; out->exit.to is an absolute path then, or nobody knows where it leads. */
static int follow(const struct places *places, const struct beneath *root, const char *path,
                  struct way_out *out) {
    const struct place *place = &places->items[0];
    struct beneath_exit *exit = &out->exit;
    char rest[PATH_MAX];
    int links_left = BENEATH_LINKS_MAX;
    int length = snprintf(rest, sizeof rest, "%s", path);
    int fd = length < PATH_MAX ? -EXDEV : -ENAMETOOLONG;
    while (fd == -EXDEV) {
        exit->link[0] = '\0';
        fd = beneath_find_exit(descriptor_of(place, root), rest, &links_left, exit);
        if (fd != -EXDEV) {
            return fd;
        }
        if (exit->link[0] != '\0') {
            (void)snprintf(out->link, sizeof out->link, "%s/%s", place->path, exit->link);
        }
        if (out->link[0] == '\0') { /* the path itself says ".." */
            return -EXDEV;
        }
        if (--links_left < 0) {
            return -ELOOP;
        }
        bool is_known = exit->to[0] == '/' || (is_up(exit->to) && rise(place, exit->to));
        place = is_known && has_folders(places) ? find(places, exit->to) : NULL;
        if (place == NULL) {
            return -EXDEV;
        }
        const char *behind = exit->to + strlen(place->path);
        (void)snprintf(rest, sizeof rest, "%s", behind + strspn(behind, "/"));
        fd = beneath_open_at(descriptor_of(place, root), root->has_openat2, rest);
    }
    return fd;
}

int places_open(const struct places *places, const struct beneath *root, const char *path) {
    struct way_out out = {.link = ""};
    return has_folders(places) ? follow(places, root, path, &out) : -EXDEV;
}

/* Cut off what stood behind the link. */
static void keep_target(struct beneath_exit *exit) {
    size_t length = strlen(exit->to);
    length -= exit->behind_length < length ? exit->behind_length : length;
    while (length > 1 && exit->to[length - 1] == '/') {
        length--;
    }
    exit->to[length] = '\0';
}

void places_note_refused(const struct beneath *root, const char *path, struct refused_links *refused) {
    if (root->places == NULL || refused_links_is_full(refused)) {
        return;
    }
    struct way_out out = {.link = ""};
    int fd = beneath_open_at(root->root_fd, root->has_openat2, path);
    fd = fd == -EXDEV ? follow(root->places, root, path, &out) : fd;
    if (fd >= 0) {
        (void)close(fd);
    } else if (fd == -EXDEV && out.link[0] != '\0' &&
               out.exit.to[0] == '/') { /* else: too far up, or too long */
        keep_target(&out.exit);
        refused_links_note(refused, out.link, out.exit.to);
    }
}
