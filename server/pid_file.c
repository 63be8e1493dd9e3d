/* SPDX-License-Identifier: MIT */
#include "server/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TEXT_BYTES = 32, ATTEMPTS = 100, FILE_MODE = 0644 };

static pid_t read_pid(int fd) {
    char text[TEXT_BYTES];
    ssize_t length = pread(fd, text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    char *end = NULL;
    long pid = strtol(text, &end, 10);
    return end != text && (*end == '\n' || *end == '\0') && pid > 0 && pid <= INT_MAX ? (pid_t)pid : 0;
}

/* Whether it may be written over: it is empty, has a number, or what a crash made of one, zeros. */
static bool is_pid_file(int fd) {
    char text[TEXT_BYTES];
    ssize_t length = pread(fd, text, sizeof text, 0);
    for (ssize_t i = 0; i < length; i++) {
        if (strchr("0123456789 \n", text[i]) == NULL) { /* '\0' ends that, and so is in it */
            return false;
        }
    }
    return length >= 0 && length < (ssize_t)sizeof text;
}

static int write_pid(int fd) {
    char text[TEXT_BYTES];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) == -1) {
        return -errno;
    }
    ssize_t written = pwrite(fd, text, (size_t)length, 0);
    return written == -1 ? -errno : written == length ? 0 : -ENOSPC;
}

/* Whether the path still leads to the file that is open. */
static bool is_at(const char *path, int fd, struct stat *status) {
    struct stat there;
    return fstat(fd, status) == 0 && stat(path, &there) == 0 && there.st_dev == status->st_dev &&
           there.st_ino == status->st_ino;
}

/* Open and lock. A file that its holder has just removed is no use. Returns the descriptor or a negative errno. */
static int hold(const char *path, struct stat *status, pid_t *holder) {
    for (int i = 0; i < ATTEMPTS; i++) {
        int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, FILE_MODE);
        if (fd == -1) {
            return -errno;
        }
        if (flock(fd, LOCK_EX | LOCK_NB) == -1) {
            int error = errno == EWOULDBLOCK ? EBUSY : errno;
            *holder = read_pid(fd);
            (void)close(fd);
            return -error;
        }
        if (is_at(path, fd, status)) {
            return fd;
        }
        (void)close(fd);
    }
    return -EAGAIN;
}

static void remove_held(const char *path, int fd) {
    struct stat status;
    if (is_at(path, fd, &status)) {
        bool is_gone = unlink(path) == 0 || ftruncate(fd, 0) == 0; /* for want of rights: empty */
        (void)is_gone;
    }
}

/* What is no pid file is left as it is; of one that cannot be written, nothing is left. */
static int write_or_remove(const char *path, int fd, const struct stat *status) {
    if (!S_ISREG(status->st_mode)) {
        return -EINVAL;
    }
    if (!is_pid_file(fd)) {
        return -EEXIST;
    }
    int error = write_pid(fd);
    if (error != 0) {
        remove_held(path, fd);
    }
    return error;
}

int pid_file_create(struct pid_file *file, const char *path, pid_t *holder) {
    struct stat status = {0};
    int fd = hold(path, &status, holder);
    if (fd < 0) {
        return fd;
    }
    char *copy = strdup(path);
    int error = copy == NULL ? -ENOMEM : write_or_remove(path, fd, &status);
    if (error != 0) {
        free(copy);
        (void)close(fd);
        return error;
    }
    *file = (struct pid_file){.path = copy, .fd = fd};
    return 0;
}

int pid_file_check(const char *path) {
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd == -1) {
        return 0;
    }
    bool is_other = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && !is_pid_file(fd);
    (void)close(fd);
    return is_other ? -EEXIST : 0;
}

void pid_file_remove(struct pid_file *file) {
    if (file->path == NULL) {
        return;
    }
    remove_held(file->path, file->fd);
    (void)close(file->fd);
    free(file->path);
    *file = (struct pid_file){0};
}

int pid_file_find(const char *path, pid_t *pid) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd == -1) {
        return -errno;
    }
    bool is_held = flock(fd, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK;
    pid_t found = read_pid(fd);
    (void)close(fd);
    *pid = found;
    return found == 0 ? -EINVAL : is_held ? 0 : -ESRCH;
}
