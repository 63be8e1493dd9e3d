/* SPDX-License-Identifier: MIT */
/*
 * Reads tar archives as POSIX describes them: ustar headers, and extended headers for one entry.
 *
 * Strict: what is not as the standard wants it fails the test, such as a wrong checksum or padding that is
 * not zero. Knows nothing of how Lido writes archives.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_ARCHIVE_TAR_H
#define LIDO_TESTS_UNIT_HTTP_ARCHIVE_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { TAR_MEMBER_PATH_BYTES = 16 * 1024 };

struct tar_member {
    char path[TAR_MEMBER_PATH_BYTES];
    char type;
    unsigned mode;
    off_t size;
    int64_t modified;
    bool is_extended; /* it has an extended header */
    bool is_binary;   /* its path need not be UTF-8 */
    const char *content;
    char stand_in[101]; /* the field `name` */
};

struct tar_reader {
    const char *bytes;
    size_t length;
    size_t at;
};

/* Read the header of the next entry, and leave the reader at its content. Returns false at the end of the
 * bytes, or at a block of zeros. */
bool tar_reader_header(struct tar_reader *reader, struct tar_member *member);

/* The same, and go behind the content and its padding. */
bool tar_reader_next(struct tar_reader *reader, struct tar_member *member);

/* Demand that nothing but two blocks of zeros is left. */
void tar_reader_expect_end(const struct tar_reader *reader);

#endif
