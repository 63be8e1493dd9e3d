/* SPDX-License-Identifier: MIT */
/*
 * What archive.c, which measures an archive, and stream.c, which produces its bytes, share.
 *
 * For nobody else. One owner at a time.
 */
#ifndef LIDO_HTTP_ARCHIVE_STATE_H
#define LIDO_HTTP_ARCHIVE_STATE_H

#include "http/archive/archive.h"
#include "http/archive/scan.h"
#include "http/files/version.h"

struct archive {
    struct archive_scan scan;

    bool is_measured;
    bool may_change_unnoticed; /* something in it is so young that a change may not show in its times */
    struct timespec youngest;  /* change time; whatever is younger has been changed since */
    off_t size;
    char state[DIGEST_HEX_BYTES]; /* of the scan, behind its last entry */
    char entity_tag[ENTITY_TAG_BYTES];

    struct byte_range range;
    off_t cursor;    /* the next byte to be produced */
    bool is_scanned; /* there is no other entry, and all were as measured */
    bool holds_last; /* the last byte of the range waits for that */
    char last;
    struct file_version sent; /* of the file that was handed out */
};

#endif
