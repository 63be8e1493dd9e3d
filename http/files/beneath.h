/* SPDX-License-Identifier: MIT */
/*
 * Opens paths that must not lead out of one folder, whatever symbolic links and races may try.
 *
 * The kernel does it where it can: openat2(2) with RESOLVE_BENEATH. Elsewhere (before Linux 5.6, or under a
 * seccomp filter that does not know the call) the path is walked component by component.
 */
#ifndef LIDO_HTTP_FILES_BENEATH_H
#define LIDO_HTTP_FILES_BENEATH_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

struct places;

/* Who gives a descriptor back when there are none to be had (EMFILE, ENFILE). */
struct descriptor_relief {
    /* Close something that others can do without. Returns whether there may be one now. Called by the thread that
     * wants to open a file, without a lock held; must not open any. Thread-safe. */
    bool (*give_way)(void *context);
    void *context;
};

struct beneath {
    int root_fd;      /* -1 when there is none: nothing can be opened then */
    bool has_openat2; /* decided once, by beneath_open_root() */

    const struct places *places;            /* where links may lead to besides; NULL: nowhere */
    const struct descriptor_relief *relief; /* for beneath_open(); NULL: nobody gives way */

    /* For lists of names: whether the dot-file of this path is shown. NULL: none is. */
    bool (*shows_dot_file)(const void *dotfiles, const char *path);
    const void *dotfiles; /* the owner's, for the function above */
};

/* Open the root folder. Returns 0, or a negative errno (-ENOTDIR for a file). Release with
 * beneath_close_root(). */
int beneath_open_root(struct beneath *beneath, const char *path) __attribute__((warn_unused_result));

/* Open the folder of a regular file as the root. Links are followed, so that it is the folder in which the
 * file really is. Sets *name to the file's name there, the caller's for free(3). Returns 0, or a negative
 * errno (-ENOTDIR for anything else than a regular file, -EACCES for one that may not be read). */
int beneath_open_folder_of(struct beneath *beneath, const char *path, char **name)
    __attribute__((warn_unused_result));

void beneath_close_root(struct beneath *beneath);

/* Open a relative path for reading ("" is the root itself), never waiting for a FIFO's other end or a device.
 * Returns the descriptor (the caller's, close-on-exec), or a negative errno; -EXDEV when the path leads out,
 * -ESTALE when there is no root.
 * Without descriptors others are asked to give one back, a few times. Thread-safe. */
int beneath_open(const struct beneath *beneath, const char *path) __attribute__((warn_unused_result));

/* As beneath_open(), but beneath this folder, and nowhere else. Thread-safe. */
int beneath_open_at(int folder_fd, bool has_openat2, const char *path) __attribute__((warn_unused_result));

enum { BENEATH_LINKS_MAX = 40 };

/* Where a path leads out of a folder. */
struct beneath_exit {
    char to[PATH_MAX];    /* "/..." from the root of the file system, "../..." from the folder; "": unknown */
    char link[PATH_MAX];  /* path of the last link on the way, beneath the folder */
    size_t behind_length; /* how much of `to`, at its end, stood behind this link */
};

/* As beneath_walk(), with at most *links_left links, of which it takes those that it follows. Where it
 * returns -EXDEV it sets exit->to; the other two stay as they are when no link was followed. An absolute
 * `path` is none that a link makes, and leads nowhere that is known. Thread-safe. */
int beneath_find_exit(int folder_fd, const char *path, int *links_left, struct beneath_exit *exit)
    __attribute__((warn_unused_result));

/* What beneath_open() does without openat2; public for its test. A symbolic link must be relative, as with
 * RESOLVE_BENEATH. Thread-safe. */
int beneath_walk(int root_fd, const char *path) __attribute__((warn_unused_result));

#endif
