/* SPDX-License-Identifier: MIT */
/*
 * A file system that answers when the test lets it: a disk that has fallen asleep, or a network file system
 * whose server is away, without any sleeping.
 *
 * It is a FUSE file system of ten files with the bytes of pattern.h, served by a process of its own. The
 * kernel asks it for every name, every status and every page: it may keep nothing and reads nothing ahead, so
 * that a call that is held back is one that somebody waits for. When the test ends, in whatever way, the
 * process sees its end of the line close, answers what it held back, unmounts and ends; should it be killed
 * itself, fusermount3 unmounts (auto_unmount).
 */
#ifndef LIDO_TESTS_SUPPORT_SLOW_FILES_SLOW_FILES_H
#define LIDO_TESTS_SUPPORT_SLOW_FILES_SLOW_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SLOW_FILES_SMALL "small.bin"
#define SLOW_FILES_LARGE "large.bin"
#define SLOW_FILES_NUMBERED "%d.bin" /* 0 to 7, small ones */

enum { SLOW_FILES_SMALL_BYTES = 1000, SLOW_FILES_LARGE_BYTES = 4 * 1024 * 1024 };
enum { SLOW_FILES_REASON_BYTES = 512 };

/* What can be held back. */
enum slow_call { SLOW_NOTHING, SLOW_LOOKUP, SLOW_GETATTR, SLOW_OPEN, SLOW_READ, SLOW_CLOSE, SLOW_LIST };

/* All-zero when there is none. */
struct slow_files {
    pid_t pid;
    int control;
    int says;            /* a file with what the process, libfuse and fusermount3 say */
    unsigned orders;     /* given so far */
    size_t held;         /* calls held back, when last heard of */
    enum slow_call kept; /* what the last order was about */
    off_t kept_from;
};

/* Mount it on an existing folder. Returns false where that cannot be done, with what libfuse says of it in
 * reason[0 .. SLOW_FILES_REASON_BYTES): it takes /dev/fuse, fusermount3 and the right to mount. */
bool slow_files_mount(struct slow_files *files, const char *path, char *reason)
    __attribute__((warn_unused_result));

/* From now on answer no such call on any file (SLOW_LIST: no opening of the folder); of reads, none that touches a byte
 * from `from` on. */
void slow_files_hold(struct slow_files *files, enum slow_call call, off_t from);

/* Block until `count` calls are being held back. */
void slow_files_await_held(struct slow_files *files, size_t count);

/* Answer what was held back, and all that comes. */
void slow_files_let_go(struct slow_files *files);

/* Answer what was held back, and all that would be, with this errno. */
void slow_files_fail(struct slow_files *files, int error);

/* Let go, unmount and wait until that is done. Does nothing without a mount. */
void slow_files_unmount(struct slow_files *files);

#endif
