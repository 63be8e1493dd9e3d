/* SPDX-License-Identifier: MIT */
/*
 * The headers of a tar archive: POSIX ustar, with pax extended headers where ustar has no room (POSIX.1-2017,
 * pax, "pax Interchange Format").
 *
 * Deterministic: owner and group are 0 without names, permissions are 0644, or 0755 for folders and
 * executable files; equal entries give equal bytes. (libarchive writes headers and contents in one stream
 * that it wants to be fed: it can neither say how long the archive will be, nor begin in its middle, nor let
 * the kernel send the files.)
 */
#ifndef LIDO_HTTP_ARCHIVE_TAR_HEADER_H
#define LIDO_HTTP_ARCHIVE_TAR_HEADER_H

#include "http/archive/layout.h"

#include <stddef.h>
#include <sys/types.h>

enum {
    TAR_BLOCK_BYTES = 512,
    TAR_END_BYTES = 2 * TAR_BLOCK_BYTES /* of zeros, behind the last entry */
};

extern const struct archive_layout archive_layout_tar;

/* Append the header blocks of an entry. Files beyond 8 GiB are fine. */
void tar_header_append(struct text *out, const struct archive_entry *entry);

/* How long these are, without making them. A multiple of TAR_BLOCK_BYTES. */
size_t tar_header_bytes(const struct archive_entry *entry);

/* How many zeros follow the content of a file of this size. */
size_t tar_padding_bytes(off_t size);

#endif
