/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/folder_reading.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* glibc gives calls with 64-bit offsets names of their own when asked for such offsets. */
#if defined(__GLIBC__) && defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS == 64
#define REAL(name) __real_##name##64
#else
#define REAL(name) __real_##name
#endif

struct dirent *REAL(readdir)(DIR *folder);
struct dirent *__wrap_readdir(DIR *folder);
struct dirent *__wrap_readdir64(DIR *folder);
int REAL(fstatat)(int fd, const char *name, struct stat *status, int flags);
int __wrap_fstatat(int fd, const char *name, struct stat *status, int flags);
int __wrap_fstatat64(int fd, const char *name, struct stat *status, int flags);
int __real_faccessat(int fd, const char *name, int mode, int flags);
int __wrap_faccessat(int fd, const char *name, int mode, int flags);

struct folder_reading folder_reading;

struct dirent *__wrap_readdir(DIR *folder) {
    if (folder_reading.error != 0 && folder_reading.name_count == folder_reading.error_after) {
        errno = folder_reading.error;
        return NULL;
    }
    struct dirent *found = REAL(readdir)(folder);
    if (found != NULL) {
        folder_reading.name_count++;
        if (folder_reading.hides_kinds) {
            found->d_type = DT_UNKNOWN;
        }
    }
    return found;
}

struct dirent *__wrap_readdir64(DIR *folder) {
    return __wrap_readdir(folder);
}

int __wrap_fstatat(int fd, const char *name, struct stat *status, int flags) {
    folder_reading.look_count++;
    if (folder_reading.before_look != NULL) {
        folder_reading.before_look(name);
    }
    if (folder_reading.look_error != 0) {
        errno = folder_reading.look_error;
        return -1;
    }
    return REAL(fstatat)(fd, name, status, flags);
}

int __wrap_fstatat64(int fd, const char *name, struct stat *status, int flags) {
    return __wrap_fstatat(fd, name, status, flags);
}

int __wrap_faccessat(int fd, const char *name, int mode, int flags) {
    folder_reading.access_count++;
    if (folder_reading.access_error != 0) {
        errno = folder_reading.access_error;
        return -1;
    }
    return __real_faccessat(fd, name, mode, flags);
}

int folder_reading_next(struct folder_reader *reader, struct folder_entry *entry) {
    int result;
    do {
        result = folder_reader_next(reader, entry);
    } while (result == -EAGAIN);
    return result;
}
