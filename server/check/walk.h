/* SPDX-License-Identifier: MIT */
/*
 * Everything beneath a folder, one after the other, links not followed: readdir(3) and fstatat(2), folder by folder, so that
 * neither depth nor size of the tree takes a stack.
 *
 * Judges nothing. Not thread-safe.
 */
#ifndef LIDO_SERVER_CHECK_WALK_H
#define LIDO_SERVER_CHECK_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

/* A file, a folder, a link or anything else. All of it lives until the visitor returns. */
struct walk_entry {
    int folder_fd;
    const char *name;
    const char *path; /* beneath the root, without a slash at either end; "" is the root itself */
    struct stat status;
};

struct walk_visitor {
    /* Called for each. Returns whether what is beneath it is to be visited, too, if it is a folder. */
    bool (*visit)(void *context, const struct walk_entry *entry);
    /* Called for a folder that could not be read: `error` is a negative errno. */
    void (*fail)(void *context, const char *path, int error);
    void *context;
};

/* Visit all beneath the folder of this descriptor, which stays the caller's, and itself at first. May wait for a disk, for
 * long. Returns 0 or -ENOMEM. */
int walk_tree(int root_fd, const struct walk_visitor *visitor) __attribute__((warn_unused_result));

#endif
