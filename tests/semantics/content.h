/* SPDX-License-Identifier: MIT */
/*
 * The files that the rows ask for, with fixed bytes and fixed modification times, and the settings that go
 * with them.
 *
 * Any server can be set before the same folder: main/ and second/ are the roots of two sites; config.c says
 * for which host names Lido has which settings.
 */
#ifndef LIDO_TESTS_SEMANTICS_CONTENT_H
#define LIDO_TESTS_SEMANTICS_CONTENT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

/* Sun, 06 Nov 1994 08:49:37 GMT, as in RFC 9110. */
enum { CONTENT_TIME = 784111777 };

struct content_file {
    const char *path; /* from the folder's root: "main/a.txt"; with a final slash: a folder */
    const char *text; /* the bytes, repeated `times` times */
    size_t times;     /* 0 for once */
    off_t hole;       /* as many zero bytes stand before it */
    struct timespec modified;
};

/* The files; path NULL ends the list. */
extern const struct content_file content_files[];

/* Lido's settings; the roots are relative to the folder. Without a library for compression, compress stays
 * off. */
extern const char *const content_config;
extern const char *const content_config_compress;

/* Make everything in an existing folder, lido.conf too. Returns 0 or a negative errno. */
int content_create(const char *folder, bool with_compression) __attribute__((warn_unused_result));

/* The file that the main site has at this path ("/a.txt"), or NULL. */
const struct content_file *content_find(const char *path);

/* Its size in bytes. */
off_t content_size(const struct content_file *file);

/* Whether `bytes` are the file's from `offset` on. */
bool content_matches(const struct content_file *file, off_t offset, const char *bytes, size_t length);

#endif
