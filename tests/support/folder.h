/* SPDX-License-Identifier: MIT */
/*
 * A temporary folder of one test, and what a test puts into it.
 *
 * Names are relative to the folder; parent folders are made as needed. Whatever cannot be made fails the
 * test: no function here returns an error. Other users may enter the folder, so that a program without
 * privileges can serve it.
 */
#ifndef LIDO_TESTS_SUPPORT_FOLDER_H
#define LIDO_TESTS_SUPPORT_FOLDER_H

#include <stddef.h>
#include <sys/types.h>

enum { FOLDER_PATH_BYTES = 1024 };

struct folder {
    char path[FOLDER_PATH_BYTES]; /* absolute; "" when there is none */
};

/* The absolute path of something in a folder, by value so that it can stand in an argument list. */
struct folder_path {
    char text[FOLDER_PATH_BYTES];
};

/* Make an empty folder below TMPDIR (or /tmp). */
void folder_create(struct folder *folder);

/* Remove the folder with all it holds, whatever the modes; follows no symlink. Does nothing without a folder.
 * */
void folder_remove(struct folder *folder);

/* Make `name` inside `parent` and let *folder mean it; it goes with its parent. */
void folder_create_inside(struct folder *folder, const struct folder *parent, const char *name);

struct folder_path folder_path(const struct folder *folder, const char *name);

void folder_mkdir(const struct folder *folder, const char *name);

/* Write a file of `size` bytes, replacing what was there. */
void folder_write(const struct folder *folder, const char *name, const void *bytes, size_t size);
void folder_write_text(const struct folder *folder, const char *name, const char *text);

/* Write the pattern's bytes [offset, offset + size) (pattern.h) to their place in a file; the rest of it
 * stays. */
void folder_write_pattern(const struct folder *folder, const char *name, off_t offset, off_t size);

/* Write `count` files of `size` bytes, all in one folder, by a pattern of printf(3) for their numbers from 0 on:
 * "list/%d". They come in an order of their own, which is no order of names. */
void folder_write_many(const struct folder *folder, const char *pattern, int count, off_t size);

/* Make a file of `size` bytes that occupies no blocks, or change the size of one that exists. */
void folder_truncate(const struct folder *folder, const char *name, off_t size);

void folder_symlink(const struct folder *folder, const char *name, const char *target);
void folder_fifo(const struct folder *folder, const char *name);
void folder_chmod(const struct folder *folder, const char *name, mode_t mode);

/* Set the modification time, in seconds since the epoch. */
void folder_touch(const struct folder *folder, const char *name, time_t seconds);

/* Read a file as text into text[0 .. size), with a NUL; what does not fit is left out. */
void folder_read_text(const struct folder *folder, const char *name, char *text, size_t size);

#endif
