/* SPDX-License-Identifier: MIT */
/*
 * The stage (stage.h) with a disk that answers when the test lets it (slow_files.h), mounted on the folder slow/ of the
 * site, and clients that have nothing to do with it.
 *
 * Give slow_files_set_up and slow_files_tear_down to a TestSuite as .init and .fini.
 */
#ifndef LIDO_TESTS_SUPPORT_SLOW_FILES_STAGE_H
#define LIDO_TESTS_SUPPORT_SLOW_FILES_STAGE_H

#include "tests/support/slow_files/slow_files.h"
#include "tests/support/stage.h"

enum { SLOW_FILES_STUCK_MAX = 8, SLOW_FILES_KEPT = 4 };

extern struct slow_files disk;
extern struct client stuck[SLOW_FILES_STUCK_MAX]; /* who waits for the disk */
extern struct client kept[SLOW_FILES_KEPT];       /* others, each with a connection that stays */

/* Start the program with these settings besides time-outs that are out of the way, and a disk that keeps nobody waiting
 * yet; or leave the test out. */
#define BEGIN(...)                                                                                        \
    do {                                                                                                  \
        char reason[SLOW_FILES_REASON_BYTES];                                                             \
        if (!slow_files_mount(&disk, folder_path(&site, "slow").text, reason)) {                          \
            stage_skip("no FUSE here (it takes /dev/fuse, fusermount3, the right to mount): %s", reason); \
        }                                                                                                 \
        slow_files_begin(LIST("LIDO_KEEPALIVE_TIMEOUT=300s", "LIDO_SEND_TIMEOUT=300s",                    \
                              "LIDO_HEADER_TIMEOUT=300s", __VA_ARGS__));                                  \
    } while (0)

void slow_files_set_up(void);
void slow_files_tear_down(void);

/* For BEGIN. */
void slow_files_begin(const char *const *settings);

/* Have a client ask for a file whose disk does not answer calls of this kind, from byte `from` on. */
void get_stuck(struct client *client, const char *name, enum slow_call call, off_t from);

/* Some requests of each of the others, and as many over new connections: each has to be answered. */
void expect_others_are_served(void);

/* Nothing may have been answered yet. */
void expect_silence(const struct client *client);

/* Read the whole answer: so many bytes of the pattern. */
void expect_whole(struct client *client, off_t size);

#endif
