/* SPDX-License-Identifier: MIT */
/*
 * Processes that change files as they are served: one renames them and swaps them for links that lead out, the other one
 * removes, edits and locks them, as fast as they can. What they hold is of blocks.h. Files outside of the root hold MISCHIEF_SECRET. What cannot be
 * done fails the test.
 *
 * In the site's folder m/:
 *   one.txt, two.txt   change places all the time: what they hold is "pair-a" or "pair-b"
 *   swapped.txt        is "swapped", or a link to /etc/passwd
 *   folder/inside.txt  is "inside"; or the folder is a link to one outside of the root
 *   deep/level/up.txt  is a link by "../../" to m/top.txt, "top"; level/ moves up to where this leads out of the root
 *   fresh.txt          is "fresh", removed and made anew
 *   edited.txt, small-edited.txt   are "edited" and "small-edited", cut off and written to where they are
 *   locked.txt         is "locked", and may be read or not
 *   coded.js           is "plain"; coded.js.gz, "coded", comes and goes
 */
#ifndef LIDO_TESTS_HOSTILE_MISCHIEF_H
#define LIDO_TESTS_HOSTILE_MISCHIEF_H

#include "tests/support/folder.h"

#include <sys/types.h>

#define MISCHIEF_SECRET "secret-outside"

enum { MISCHIEF_PROCESSES = 2, MISCHIEF_LARGE_BYTES = 90 * 1024 /* kept open, not in memory */ };

struct mischief_counts {
    long renames;
    long edits;
};

struct mischief {
    pid_t pids[MISCHIEF_PROCESSES];
    const volatile struct mischief_counts *counts; /* what they have done so far */
};

/* Make the files, beneath both folders; `workplace` is used until the end. */
void mischief_prepare(const struct folder *site, const struct folder *workplace);

/* Begin. It ends with the test at the latest. */
void mischief_start(struct mischief *mischief);

/* Let them rest wherever they are, and go on. When this returns, they have. */
void mischief_pause(const struct mischief *mischief);
void mischief_go_on(const struct mischief *mischief);

/* Stop them. */
void mischief_end(struct mischief *mischief);

#endif
