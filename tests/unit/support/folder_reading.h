/* SPDX-License-Identifier: MIT */
/*
 * Folders that behave badly: kinds that are not told, an error in the middle, files that change while they
 * are read.
 *
 * Link with --wrap for readdir, fstatat and faccessat. Each test runs in a process of its own, so that these
 * are plain variables. Calls inside of the C library and Criterion do not count.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_FOLDER_READING_H
#define LIDO_TESTS_UNIT_SUPPORT_FOLDER_READING_H

#include "http/files/folder_reader.h"

#include <stdbool.h>
#include <stddef.h>

struct folder_reading {
    bool hides_kinds;                      /* readdir() says DT_UNKNOWN of all */
    int error;                             /* what readdir() fails with ... */
    size_t error_after;                    /* ... when it has read so many names; error 0: never */
    int look_error;                        /* what fstatat() fails with; 0: nothing */
    int access_error;                      /* what faccessat() fails with; 0: nothing */
    void (*before_look)(const char *name); /* called before each fstatat(); NULL for none */
    size_t name_count;                     /* read */
    size_t look_count;                     /* calls of fstatat() */
    size_t access_count;                   /* calls of faccessat() */
};

extern struct folder_reading folder_reading;

/* As folder_reader_next(), but go on until there is a name that is shown, or the end. */
int folder_reading_next(struct folder_reader *reader, struct folder_entry *entry);

#endif
