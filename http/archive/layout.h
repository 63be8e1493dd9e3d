/* SPDX-License-Identifier: MIT */
/*
 * What the forms of an archive differ in: which bytes stand before and behind the content of each entry, in
 * the directory behind all entries, and at the end.
 *
 * The contents stand in an archive as they are, so that all lengths are known before any file is read. Reads
 * nothing. Pure functions. A part of archive.c, scan.c and stream.c.
 */
#ifndef LIDO_HTTP_ARCHIVE_LAYOUT_H
#define LIDO_HTTP_ARCHIVE_LAYOUT_H

#include "http/base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

struct archive_entry {
    const char *path; /* in the archive; of a folder with its final slash. Any bytes but NUL */
    bool is_folder;
    bool is_executable;
    off_t size; /* of a file, in bytes; 0 of a folder */
    time_t modified;
    off_t begin; /* of its header in the archive */
};

/* What is known behind the last entry. */
struct archive_totals {
    size_t entry_count;
    off_t directory_begin;
    off_t directory_end;
};

/* Each *_bytes() is how much the function below it appends, without making it. `sum` is the CRC-32 of the
 * content (0 of none). */
struct archive_layout {
    const char *name; /* which entity tags begin with */
    const char
        *format;   /* changed whenever the same tree makes another archive than before: its tag changes */
    bool has_sums; /* the sums below are looked at; otherwise files need not be read to be sent */

    /* Before the content. */
    size_t (*header_bytes)(const struct archive_entry *entry);
    void (*append_header)(struct text *out, const struct archive_entry *entry);

    /* Behind the content. */
    size_t (*trailer_bytes)(const struct archive_entry *entry);
    void (*append_trailer)(struct text *out, const struct archive_entry *entry, uint32_t sum);

    /* In the directory. */
    size_t (*record_bytes)(const struct archive_entry *entry);
    void (*append_record)(struct text *out, const struct archive_entry *entry, uint32_t sum);

    /* Behind the directory. */
    size_t (*end_bytes)(const struct archive_totals *totals);
    void (*append_end)(struct text *out, const struct archive_totals *totals);
};

#endif
