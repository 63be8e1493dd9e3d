/* SPDX-License-Identifier: MIT */
/*
 * The zip form of an archive (PKWARE APPNOTE 6.3: sections in zip_header.c), stored, with zip64 fields where
 * a size, a place or a count needs them.
 *
 * The CRC-32 of a file stands behind its content (a data descriptor, 4.3.9), so that a file is read once.
 * Times stand there in UTC twice: to 2 s, as MS-DOS had them, and to 1 s (Info-ZIP's extended timestamp).
 * Deterministic, as tar_header.h is: equal entries give equal bytes. (libarchive and minizip want to be fed a
 * whole stream, and cannot begin in its middle.) A name that is no UTF-8 is left as it is.
 */
#ifndef LIDO_HTTP_ARCHIVE_ZIP_HEADER_H
#define LIDO_HTTP_ARCHIVE_ZIP_HEADER_H

#include "http/archive/layout.h"

extern const struct archive_layout archive_layout_zip;

#endif
