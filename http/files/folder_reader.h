/* SPDX-License-Identifier: MIT */
/*
 * The names in one folder, in the order of the file system, without what is not shown: dot-files, unless
 * the root says otherwise, and what is neither a file nor a folder nor a link to one beneath the root.
 *
 * Looks at a file (fstatat(2)) only where readdir(3) does not tell its kind. Holds one buffer, however large
 * the folder is. Any call may wait for a disk. Not thread-safe.
 */
#ifndef LIDO_HTTP_FILES_FOLDER_READER_H
#define LIDO_HTTP_FILES_FOLDER_READER_H

#include "http/files/beneath.h"
#include "http/files/folder_entry.h"

#include <dirent.h>
#include <stdbool.h>

struct folder_reader {
    const struct beneath *root;
    const char *path; /* of the folder beneath the root: "" or "dir/"; the caller's */
    DIR *folder;      /* owned; NULL when closed */
};

/* What an open one holds: the stream of the C library, with glibc's buffer. */
enum { FOLDER_READER_HELD_BYTES = 32 * 1024 + 64 };

/* Begin at the first name. Takes over folder_fd, also on failure. `path` must outlive the reader. Returns 0
 * or a negative errno. */
int folder_reader_open(struct folder_reader *reader, const struct beneath *root, int folder_fd,
                       const char *path) __attribute__((warn_unused_result));

/* Closing again does nothing. */
void folder_reader_close(struct folder_reader *reader);

/* Read the next name. Returns 1 and fills *entry (its name lives until the next call; has_status tells
 * whether it had to be looked at), 0 at the end, -EAGAIN when that name is not shown or has vanished: call
 * again (one name a call, so that a folder of nothing but dot-files cannot hold up a caller with a time
 * slice), or another negative errno of reading. */
int folder_reader_next(struct folder_reader *reader, struct folder_entry *entry)
    __attribute__((warn_unused_result));

/* Fill in size, times and kind of an entry without a status. Returns 1, -EAGAIN when it is not there any more, or of a
 * kind that is not shown, or another negative errno: it is not known whether it is there. */
int folder_reader_look(const struct folder_reader *reader, struct folder_entry *entry);

/* Whether this server may read it: only then it is worth a link. Returns 1; -EAGAIN when it may not; or another negative
 * errno: nobody knows. */
int folder_reader_may_read(const struct folder_reader *reader, const struct folder_entry *entry)
    __attribute__((warn_unused_result));

#endif
