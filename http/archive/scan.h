/* SPDX-License-Identifier: MIT */
/*
 * One walk over a folder as the entries of an archive: what each is called there, and which of the archive's
 * bytes are its own.
 *
 * It makes no byte of the archive and reads no file. A part of archive.c, which walks twice: to measure and
 * to produce.
 */
#ifndef LIDO_HTTP_ARCHIVE_SCAN_H
#define LIDO_HTTP_ARCHIVE_SCAN_H

#include "http/archive/layout.h"
#include "http/archive/tree_digest.h"
#include "http/base/memory_budget.h"
#include "http/base/time_slice.h"
#include "http/files/beneath.h"
#include "http/files/folder_entry.h"

#include <stddef.h>
#include <sys/types.h>
#include <time.h>

struct archive_scan {
    const struct archive_layout *layout;
    const struct beneath *root;
    struct memory_budget *budget;
    char *folder;      /* owned: the path beneath the root */
    char *name;        /* owned: of the entry in the archive; begins with `top` and a slash */
    size_t name_begin; /* where that is followed by the path within the folder */
    struct timespec now;
    time_t source_date;     /* SOURCE_DATE_EPOCH, or 0; set behind archive_scan_init(), as the next one is */
    size_t entries_max;     /* see archive_set_entries_max() */
    struct tree_walk *walk; /* owned; NULL before the first entry */
    struct digest *digest;  /* owned; of all entries up to now, as a copy of the tree would have it */
    struct digest *state;   /* owned; of the same with all change times, which nobody can set back */

    const char *path;          /* of the entry found last, beneath the root; the walk's */
    struct folder_entry entry; /* the same entry */
    off_t begin;               /* of its header in the archive */
    off_t content_begin;
    off_t content_end;
    off_t end;          /* of what follows the content */
    off_t record_begin; /* of its record, counted from where the directory begins */
    off_t record_end;
    size_t entry_count;   /* up to this entry */
    size_t content_count; /* of these, files that are not empty */
};

/* Set it up; see archive_create(). Returns 0 or -ENOMEM; archive_scan_deinit() is due in either case. */
int archive_scan_init(struct archive_scan *scan, const struct archive_layout *layout,
                      const struct beneath *root, const char *path, const char *top, struct timespec now,
                      struct memory_budget *budget) __attribute__((warn_unused_result));

void archive_scan_deinit(struct archive_scan *scan);

/* Begin again, with the next call of archive_scan_next(). */
void archive_scan_restart(struct archive_scan *scan);

/* Find the next entry. Returns as tree_walk_next() does, or -EFBIG when the archive would be longer than a
 * file can be. */
int archive_scan_next(struct archive_scan *scan, struct time_slice slice) __attribute__((warn_unused_result));

/* What the headers of the entry found last are made of. */
struct archive_entry archive_scan_entry(const struct archive_scan *scan);

#endif
