/* SPDX-License-Identifier: MIT */
/*
 * A file in, its gzip form (RFC 1952) out, and the other way round. The one module that knows zlib.
 *
 * The same bytes in give the same bytes out, wherever and whenever: neither a time nor a system nor a name is
 * written down. Remembers nothing, decides nothing and locks nothing; in a build without zlib every attempt
 * fails.
 */
#ifndef LIDO_HTTP_COMPRESSION_GZIP_H
#define LIDO_HTTP_COMPRESSION_GZIP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum gzip_outcome {
    GZIP_DONE,
    GZIP_TOO_LARGE, /* for the limit, and always will be */
    GZIP_FAILED,    /* no memory, no library, or the file cannot be read or has become shorter */
};

/* The bytes to compress: `contents`, or what is read from an open file. */
struct gzip_source {
    int fd;
    const char *contents; /* NULL: read the file */
    off_t size;           /* 1 or more */
};

/* What comes out. */
struct gzip_form {
    char *bytes; /* for free(3) */
    size_t length;
    uint32_t checksum; /* CRC-32 of these bytes: differs where two versions of zlib give different ones */
};

/* Name and version of the library that this was built with, e.g. "zlib 1.2.13"; NULL when there is none. */
const char *gzip_library(void);

/* Compress the first `size` bytes of the source into at most `limit` bytes (and less than 4 GiB). Reads a
 * file with pread(2); allocates the limit, of which only what is used is touched, and about 350 KiB to work
 * with, but no room for the file itself. On GZIP_DONE *form is the caller's; else it stays as it is. Takes
 * long: tests/bench/NOTES.md. Thread-safe. */
enum gzip_outcome gzip_compress(struct gzip_source source, size_t limit, struct gzip_form *form)
    __attribute__((warn_unused_result));

/* The other way round: expand a source in the gzip format, of one member or more, to less than `limit`
 * bytes. A source of more than twice the limit is too large as well, however little comes out of it. Blocks
 * and allocates as gzip_compress() does. On GZIP_DONE form->bytes and form->length are set;
 * GZIP_FAILED also when it is not in this format, or cut off. Thread-safe. */
enum gzip_outcome gzip_expand(struct gzip_source source, size_t limit, struct gzip_form *form)
    __attribute__((warn_unused_result));

#endif
