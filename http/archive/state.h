/* SPDX-License-Identifier: MIT */
/*
 * What archive.c, which measures an archive, stream.c, which produces its bytes, and content.c, which takes
 * those of the files, share.
 *
 * For nobody else. One owner at a time.
 */
#ifndef LIDO_HTTP_ARCHIVE_STATE_H
#define LIDO_HTTP_ARCHIVE_STATE_H

#include "http/archive/archive.h"
#include "http/archive/scan.h"
#include "http/archive/sums.h"
#include "http/files/version.h"

/* The file of an entry on its way into the text, or only into its sum. */
struct archive_reading {
    struct resource file; /* fd -1: none */
    struct file_version version;
    off_t at; /* what comes next */
    uint32_t sum;
    bool is_done; /* all that was to be read has been */
};

struct archive {
    struct archive_scan scan;
    size_t held_bytes; /* taken from the budget for what is held till the end, */
    size_t text_bytes; /* and for the text of the last piece, which waits till a client takes it */

    bool is_measured;
    bool may_change_unnoticed; /* something in it is so young that a change may not show in its times */
    struct timespec youngest;  /* change time; whatever is younger has been changed since */
    off_t size;
    struct archive_totals totals;
    size_t content_count;         /* files that are not empty */
    char state[DIGEST_HEX_BYTES]; /* of the scan, behind its last entry */
    char entity_tag[ENTITY_TAG_BYTES];

    struct byte_range range;
    off_t cursor;      /* the next byte to be produced */
    bool in_directory; /* this scan is for the directory, which needs one of its own */
    bool is_scanned;   /* there is no other entry, and all were as measured */
    bool holds_last;   /* the last byte of the range waits for that */
    char last;
    struct file_version sent; /* of the file that was handed out */
    struct archive_reading reading;
    struct archive_sums sums; /* of the files that this range has gone by */
};

#endif
