/* SPDX-License-Identifier: MIT */
/*
 * The file that says which process the server is (pid_file), for whoever wants to send it a signal.
 *
 * The server holds a lock on it for as long as it lives (flock(2)), however it ends: so a file that is left over is told
 * from one that counts, and a number that another process has by now is never sent a signal. Sends none itself. Not
 * thread-safe.
 */
#ifndef LIDO_SERVER_PID_FILE_H
#define LIDO_SERVER_PID_FILE_H

#include <stdbool.h>
#include <sys/types.h>

/* All-zero: none. */
struct pid_file {
    char *path; /* owned; NULL: there is none */
    int fd;
};

/* Write the calling process into a file at `path`, and hold it. Returns 0, for pid_file_remove(), or a negative errno:
 * -EBUSY if another process holds it, and then *holder is that, or 0 if the file does not say; -EEXIST if it has
 * something else than a number, and is left as it is. */
int pid_file_create(struct pid_file *file, const char *path, pid_t *holder)
    __attribute__((warn_unused_result));

/* Find out without writing whether pid_file_create() would refuse the file that is at `path` for what is in it. Returns
 * 0, also if there is none or it may not be read, or -EEXIST. */
int pid_file_check(const char *path) __attribute__((warn_unused_result));

/* Remove the file, if it is still the one that was written, and let go; empty it where the rights for that were given up.
 * Again: does nothing. */
void pid_file_remove(struct pid_file *file);

/* Find the process that holds the file. Returns 0 and sets *pid, or a negative errno: -ESRCH if none holds it, with the
 * number in *pid; -EINVAL if there is no number in it. */
int pid_file_find(const char *path, pid_t *pid) __attribute__((warn_unused_result));

#endif
