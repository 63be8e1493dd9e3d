/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/file_events.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { AN_HOUR_S = 3600 };

time_t clock_ahead_s = AN_HOUR_S;
size_t look_count;
size_t read_count;
void (*before_read)(void);
size_t read_at_most;
size_t read_interruptions;
int read_error;
off_t read_end;

static struct timespec wall_stop; /* where the wall clock stands; all-zero: it goes */
static int64_t monotonic_ms = 1000 * 1000;

/* glibc gives calls with 64-bit offsets names of their own when asked for such offsets. */
#if defined(__GLIBC__) && defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS == 64
#define REAL(name) __real_##name##64
#else
#define REAL(name) __real_##name
#endif

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
int REAL(fstatat)(int fd, const char *name, struct stat *status, int flags);
int __wrap_fstatat(int fd, const char *name, struct stat *status, int flags);
int __wrap_fstatat64(int fd, const char *name, struct stat *status, int flags);
ssize_t REAL(pread)(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread64(int fd, void *bytes, size_t size, off_t offset);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    int result = __real_clock_gettime(clock, now);
    if (clock == CLOCK_REALTIME) {
        *now = wall_stop.tv_sec != 0 ? wall_stop : *now;
        now->tv_sec += clock_ahead_s;
    } else if (clock == CLOCK_MONOTONIC_COARSE) {
        *now = (struct timespec){monotonic_ms / 1000, monotonic_ms % 1000 * 1000 * 1000};
    }
    return result;
}

int __wrap_fstatat(int fd, const char *name, struct stat *status, int flags) {
    look_count++;
    return REAL(fstatat)(fd, name, status, flags);
}

int __wrap_fstatat64(int fd, const char *name, struct stat *status, int flags) {
    return __wrap_fstatat(fd, name, status, flags);
}

ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset) {
    void (*hook)(void) = before_read;
    before_read = NULL;
    read_count++;
    if (hook != NULL) {
        hook();
    }
    if (read_interruptions > 0) {
        read_interruptions--;
        errno = EINTR;
        return -1;
    }
    if (read_error != 0) {
        errno = read_error;
        return -1;
    }
    if (read_end > 0 && offset >= read_end) {
        return 0;
    }
    return REAL(pread)(fd, bytes, read_at_most > 0 && read_at_most < size ? read_at_most : size, offset);
}

ssize_t __wrap_pread64(int fd, void *bytes, size_t size, off_t offset) {
    return __wrap_pread(fd, bytes, size, offset);
}

void pass_time(int64_t ms) {
    monotonic_ms += ms;
}

static struct timespec touch(int fd) {
    struct stat status;
    cr_assert_eq(futimens(fd, NULL), 0);
    cr_assert_eq(fstat(fd, &status), 0);
    return status.st_ctim;
}

void stop_wall_clock(const struct folder *folder, const char *name) {
    struct stat status;
    struct folder_path path = folder_path(folder, name);
    cr_assert_eq(stat(path.text, &status), 0);
    wall_stop = status.st_ctim;
}

/* Nothing tells when that clock goes on but the clock itself. It takes some milliseconds at most. */
void await_tick(const struct folder *folder) {
    struct folder_path path = folder_path(folder, ".clock");
    int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    cr_assert_geq(fd, 0);
    struct timespec first = touch(fd);
    struct timespec now = first;
    while (now.tv_sec == first.tv_sec && now.tv_nsec == first.tv_nsec) {
        now = touch(fd);
    }
    (void)close(fd);
    (void)unlink(path.text);
}
