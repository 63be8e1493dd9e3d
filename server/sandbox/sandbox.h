/* SPDX-License-Identifier: MIT */
/*
 * What the server gives up once it has opened what it needs, and before it has a thread that answers anybody: the user
 * that started it (user, group), the rest of the file system (chroot, Landlock), capabilities, most system calls.
 *
 * Says what holds and what cannot be had here; prints nothing. Nothing of it can be taken back, so a reload has to do
 * with what was granted. Needs the main thread alone: all threads that it starts later are in the sandbox, too.
 */
#ifndef LIDO_SERVER_SANDBOX_SANDBOX_H
#define LIDO_SERVER_SANDBOX_SANDBOX_H

#include "conf/settings.h"
#include "server/result.h"
#include "server/sandbox/grants.h"
#include "server/sandbox/identity.h"

#include <stdbool.h>

enum { SANDBOX_TEXT_BYTES = 512, SANDBOX_HELD_MAX = 2 };

/* All-zero: there is none. */
struct sandbox {
    struct identity identity;
    char *home;                 /* of whoever started it, or NULL */
    struct grants grants;       /* what can be reached; nothing, as long as has_files does not say so */
    bool has_files;             /* Landlock holds */
    bool has_calls;             /* seccomp holds */
    bool connects;              /* ... and lets it connect */
    bool drops;                 /* the user has changed, or capabilities were given up */
    int held[SANDBOX_HELD_MAX]; /* descriptors that keep what was granted of /proc in the kernel's memory */
    size_t held_count;
};

/* What became of it, in words. */
struct sandbox_report {
    char holds[SANDBOX_TEXT_BYTES]; /* "files (Landlock 7), system calls (seccomp)"; empty: nothing does */
    char lacks[SANDBOX_TEXT_BYTES]; /* what was wanted and cannot be had, and why; empty: nothing */
};

/* Whether root started this, and the settings do not say who it shall run as: then one line about that is in `error`. */
bool sandbox_lacks_user(const struct config *config, char error[SERVER_ERROR_BYTES]);

/* For a check: whether this machine has the user and the group that the settings name, whoever may change to them; and
 * make `chroot`, if that is set, the root of all paths, for good. *is_known: false where only root could, and so where
 * the paths lead cannot be told. Returns SERVER_OK; or SERVER_MISTAKE or SERVER_FAILED with one line in `error`. Blocks as
 * getpwnam(3) does. */
enum server_result sandbox_check(const struct config *config, bool *is_known, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Before anything is opened: find user and group, and make `chroot` the root of all paths, if that is set; the settings'
 * own files were read before. Returns SERVER_OK; or SERVER_MISTAKE or SERVER_FAILED with one line in `error`. Release with
 * sandbox_deinit() in any case. */
enum server_result sandbox_prepare(struct sandbox *sandbox, const struct config *config,
                                   char error[SERVER_ERROR_BYTES]) __attribute__((warn_unused_result));

/* When all is open that needs the rights that are given up here: go in. With sandbox = on, what the kernel does not offer is
 * left out, with sandbox = strict it is a failure; so is, with either, what fails for another reason. Returns and complains
 * as sandbox_prepare() does. */
enum server_result sandbox_enter(struct sandbox *sandbox, const struct config *config,
                                 struct sandbox_report *report, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Whether another config can do with what was granted. Returns false with one line in `error`, which says what needs a
 * restart. The main thread only. */
bool sandbox_admits(const struct sandbox *sandbox, const struct config *config,
                    char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* When another config has mistakes, the first of which is `error`: if one is that a file may not be read, as the kernel
 * puts it, add to them that the sandbox may be the reason. The main thread only. */
void sandbox_explain_mistakes(const struct sandbox *sandbox, struct config_mistakes *mistakes,
                              const char *error);

/* Free what is remembered; the sandbox itself stays. */
void sandbox_deinit(struct sandbox *sandbox);

#endif
