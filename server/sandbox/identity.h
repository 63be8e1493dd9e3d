/* SPDX-License-Identifier: MIT */
/*
 * Who the process runs as: from the names in the settings to numbers, and from root to somebody with fewer rights.
 *
 * Knows users and groups (passwd(5), group(5)), and nothing of files, Landlock or system calls. Only the main thread,
 * before any other is started.
 */
#ifndef LIDO_SERVER_SANDBOX_IDENTITY_H
#define LIDO_SERVER_SANDBOX_IDENTITY_H

#include "conf/settings.h"
#include "server/result.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* All-zero: whoever has started the process. */
struct identity {
    bool changes; /* to what follows */
    uid_t user;
    gid_t group;
    gid_t *others; /* owned: further groups of the user */
    size_t other_count;
};

/* Find who `user` and `group` of the config name. Without root's rights they can only name who it is already. Returns
 * SERVER_OK, or SERVER_MISTAKE with one line in `error`. Blocks as getpwnam(3) does. */
enum server_result identity_find(struct identity *identity, const struct config *config,
                                 char error[SERVER_ERROR_BYTES]) __attribute__((warn_unused_result));

/* The first half of that: whether both are there, whoever may change to them. Returns and blocks the same. */
enum server_result identity_check(const struct config *config, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Become that, for good: real, effective and saved (setresuid(2), setgroups(2)). Returns 0 or a negative errno. */
int identity_take(const struct identity *identity) __attribute__((warn_unused_result));

void identity_deinit(struct identity *identity);

#endif
