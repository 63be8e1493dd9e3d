/* SPDX-License-Identifier: MIT */
/*
 * To be loaded ahead of the C library (LD_PRELOAD): makes the calls of a program fail, or do less than they were asked for,
 * as a test wants it. Both sides map the file that FAULTS_CONTROL names; control.py is the other one.
 *
 * A fault is one call of one kind: `countdown` calls from when the test has set it. What was not set costs a load. For
 * glibc, whose allocator can be called by other names.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <pthread.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* What can fail; control.py has the same list. */
enum kind {
    NOTHING,
    MEMORY,
    THREAD,
    OPEN,
    STAT,
    READ,
    READ_FOLDER,
    OPEN_FOLDER,
    WRITE,
    ACCEPT,
    RECEIVE,
    SEND,
    SEND_FILE,
    EPOLL_CONTROL,
    EPOLL_WAIT,
    SOCKET_OPTION,
    SHUT_DOWN,
    CLOSE
};

struct control {
    _Atomic(int32_t) kind;
    _Atomic(int32_t) error;
    _Atomic(int64_t) countdown; /* calls until the one that fails, which is the one at 1 */
    _Atomic(int64_t) fired;     /* faults so far */
    _Atomic(int64_t) at_most;   /* bytes that a call may transfer; 0: as many as it is asked for */
};

/* NOLINTBEGIN(readability-inconsistent-declaration-parameter-name): the C library's are reserved ones */
static struct control nothing;
static struct control *control = &nothing;

__attribute__((constructor)) static void map_control(void) {
    const char *path = getenv("FAULTS_CONTROL");
    long fd = path != NULL ? syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC) : -1;
    if (fd != -1) {
        void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, (int)fd, 0);
        (void)syscall(SYS_close, fd);
        control = mapped != MAP_FAILED ? mapped : control;
    }
}

/* glibc 2.36 does not survive it when a lookup's first allocations fail: it takes a fault by signal in
 * nss_database_check_reload_and_get(), or aborts in nss_database_reload_1(). There the allocation succeeds, and the lookup
 * fails, as the manual has it (getpwnam(3)). */
struct lookup {
    bool is_under_way;
    bool lacks_memory;
};
static _Thread_local __attribute__((tls_model("initial-exec"))) struct lookup lookup;

/* Whether this call is the one. Sets errno. */
static bool fails(enum kind kind) {
    if (atomic_load_explicit(&control->kind, memory_order_relaxed) != (int32_t)kind ||
        atomic_fetch_sub(&control->countdown, 1) != 1) {
        return false;
    }
    atomic_fetch_add(&control->fired, 1);
    if (kind == MEMORY && lookup.is_under_way) {
        lookup.lacks_memory = true;
        return false;
    }
    errno = atomic_load(&control->error);
    return true;
}

static size_t lessened(size_t length) {
    size_t most = (size_t)atomic_load_explicit(&control->at_most, memory_order_relaxed);
    return most > 0 && length > most ? most : length;
}

/* The function of this name that would have been called. */
#define REAL(name, type) ((type)(uintptr_t)dlsym(RTLD_NEXT, name))

/* --- memory --------------------------------------------------------------------------------------------- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
    return fails(MEMORY) ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    return fails(MEMORY) ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    return fails(MEMORY) ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    return fails(MEMORY) ? NULL : __libc_memalign(alignment, size);
}

/* --- users and groups ----------------------------------------------------------------------------------- */

static void begin_lookup(void) {
    lookup = (struct lookup){.is_under_way = true};
}

/* Whether it has to fail. Sets errno. */
static bool end_lookup(void) {
    bool fails = lookup.lacks_memory;
    lookup = (struct lookup){.is_under_way = false};
    errno = fails ? ENOMEM : errno;
    return fails;
}

struct passwd *getpwnam(const char *name) {
    typedef struct passwd *function(const char *);
    begin_lookup();
    struct passwd *found = REAL("getpwnam", function *)(name);
    return end_lookup() ? NULL : found;
}

struct passwd *getpwuid(uid_t user) {
    typedef struct passwd *function(uid_t);
    begin_lookup();
    struct passwd *found = REAL("getpwuid", function *)(user);
    return end_lookup() ? NULL : found;
}

struct group *getgrnam(const char *name) {
    typedef struct group *function(const char *);
    begin_lookup();
    struct group *found = REAL("getgrnam", function *)(name);
    return end_lookup() ? NULL : found;
}

int getgrouplist(const char *name, gid_t group, gid_t *groups, int *count) {
    typedef int function(const char *, gid_t, gid_t *, int *);
    begin_lookup();
    int found = REAL("getgrouplist", function *)(name, group, groups, count);
    return end_lookup() ? -1 : found;
}

/* --- threads -------------------------------------------------------------------------------------------- */

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*run)(void *),
                   void *argument) {
    typedef int function(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    return fails(THREAD) ? errno : REAL("pthread_create", function *)(thread, attributes, run, argument);
}

/* --- files ---------------------------------------------------------------------------------------------- */

int openat(int folder, const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return fails(OPEN) ? -1 : (int)syscall(SYS_openat, folder, path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return fails(OPEN) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

/* openat2(2) has no other name. All system calls take six words at most. */
long syscall(long number, ...) {
    typedef long function(long, ...);
    static _Atomic(uintptr_t) real;
    long words[6];
    va_list arguments;
    va_start(arguments, number);
    for (size_t i = 0; i < 6; i++) {
        words[i] = va_arg(arguments, long);
    }
    va_end(arguments);
    if (number == SYS_openat2 && fails(OPEN)) {
        return -1;
    }
    if (atomic_load(&real) == 0) {
        atomic_store(&real, (uintptr_t)dlsym(RTLD_NEXT, "syscall"));
    }
    return ((function *)atomic_load(&real))(number, words[0], words[1], words[2], words[3], words[4],
                                            words[5]);
}

int fstat(int fd, struct stat *status) {
    typedef int function(int, struct stat *);
    return fails(STAT) ? -1 : REAL("fstat64", function *)(fd, status);
}

int fstatat(int folder, const char *path, struct stat *status, int flags) {
    typedef int function(int, const char *, struct stat *, int);
    return fails(STAT) ? -1 : REAL("fstatat64", function *)(folder, path, status, flags);
}

ssize_t pread(int fd, void *bytes, size_t length, off_t offset) {
    typedef ssize_t function(int, void *, size_t, off_t);
    return fails(READ) ? -1 : REAL("pread64", function *)(fd, bytes, lessened(length), offset);
}

ssize_t read(int fd, void *bytes, size_t length) {
    typedef ssize_t function(int, void *, size_t);
    size_t least =
        sizeof(struct signalfd_siginfo); /* which comes whole or not at all, as the eventfd's number does */
    size_t taken = lessened(length);
    return fails(READ) ? -1 : REAL("read", function *)(fd, bytes, length <= least ? length : taken);
}

DIR *fdopendir(int fd) {
    typedef DIR *function(int);
    return fails(OPEN_FOLDER) ? NULL : REAL("fdopendir", function *)(fd);
}

struct dirent *readdir(DIR *folder) {
    typedef struct dirent *function(DIR *);
    return fails(READ_FOLDER) ? NULL : REAL("readdir64", function *)(folder);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    typedef ssize_t function(int, const void *, size_t);
    size_t taken = length <= sizeof(uint64_t) ? length : lessened(length);
    return fails(WRITE) ? -1 : REAL("write", function *)(fd, bytes, taken);
}

/* As on Linux: what fails is closed all the same (close(2)). */
int close(int fd) {
    typedef int function(int);
    int result = REAL("close", function *)(fd);
    return fails(CLOSE) ? -1 : result;
}

/* --- sockets -------------------------------------------------------------------------------------------- */

int accept4(int fd, struct sockaddr *address, socklen_t *length, int flags) {
    typedef int function(int, struct sockaddr *, socklen_t *, int);
    return fails(ACCEPT) ? -1 : REAL("accept4", function *)(fd, address, length, flags);
}

/* Never less than there is: epoll(7) says that whoever gets less than it has asked for has got all. */
ssize_t recv(int fd, void *bytes, size_t length, int flags) {
    typedef ssize_t function(int, void *, size_t, int);
    return fails(RECEIVE) ? -1 : REAL("recv", function *)(fd, bytes, length, flags);
}

/* Of several parts as much as goes. */
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
    typedef ssize_t function(int, const struct msghdr *, int);
    size_t whole = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        whole += message->msg_iov[i].iov_len;
    }
    size_t left = lessened(whole);
    struct iovec parts[16];
    struct msghdr less = *message;
    less.msg_iov = parts;
    for (less.msg_iovlen = 0; left > 0 && less.msg_iovlen < 16 && less.msg_iovlen < message->msg_iovlen;) {
        struct iovec part = message->msg_iov[less.msg_iovlen];
        part.iov_len = part.iov_len < left ? part.iov_len : left;
        left -= part.iov_len;
        parts[less.msg_iovlen++] = part;
    }
    return fails(SEND) ? -1 : REAL("sendmsg", function *)(fd, &less, flags);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t length) {
    typedef ssize_t function(int, int, off_t *, size_t);
    return fails(SEND_FILE) ? -1 : REAL("sendfile64", function *)(to, from, offset, lessened(length));
}

int epoll_ctl(int fd, int operation, int what, struct epoll_event *event) {
    typedef int function(int, int, int, struct epoll_event *);
    return fails(EPOLL_CONTROL) ? -1 : REAL("epoll_ctl", function *)(fd, operation, what, event);
}

int epoll_wait(int fd, struct epoll_event *events, int count, int timeout_ms) {
    typedef int function(int, struct epoll_event *, int, int);
    return fails(EPOLL_WAIT) ? -1 : REAL("epoll_wait", function *)(fd, events, count, timeout_ms);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t length) {
    typedef int function(int, int, int, const void *, socklen_t);
    return fails(SOCKET_OPTION) ? -1 : REAL("setsockopt", function *)(fd, level, name, value, length);
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *length) {
    typedef int function(int, int, int, void *, socklen_t *);
    return fails(SOCKET_OPTION) ? -1 : REAL("getsockopt", function *)(fd, level, name, value, length);
}

int shutdown(int fd, int how) {
    typedef int function(int, int);
    return fails(SHUT_DOWN) ? -1 : REAL("shutdown", function *)(fd, how);
}
/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
