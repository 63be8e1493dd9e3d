/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/io_faults.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { STEPS_MAX = 32, BUFFERS_MAX = 8 };

/* glibc gives calls with 64-bit offsets names of their own when asked for such offsets. */
#if defined(__GLIBC__) && defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS == 64
#define REAL(name) __real_##name##64
#else
#define REAL(name) __real_##name
#endif

ssize_t __real_recv(int fd, void *bytes, size_t size, int flags);
ssize_t __wrap_recv(int fd, void *bytes, size_t size, int flags);
ssize_t __real_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t REAL(sendfile)(int out_fd, int in_fd, off_t *offset, size_t count);
ssize_t __wrap_sendfile(int out_fd, int in_fd, off_t *offset, size_t count);
ssize_t __wrap_sendfile64(int out_fd, int in_fd, off_t *offset, size_t count);
ssize_t REAL(pread)(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread64(int fd, void *bytes, size_t size, off_t offset);

static struct script {
    struct io_step steps[STEPS_MAX];
    size_t count;
    size_t next;
    struct io_step afterwards;
    size_t calls;
} scripts[IO_CALL_COUNT];

static int last_send_flags;

void io_script(enum io_call call, const struct io_step *steps, size_t count) {
    assert(count <= STEPS_MAX);
    memcpy(scripts[call].steps, steps, count * sizeof *steps);
    scripts[call].count = count;
    scripts[call].next = 0;
}

void io_always(enum io_call call, struct io_step step) {
    scripts[call].afterwards = step;
}

size_t io_count(enum io_call call) {
    return scripts[call].calls;
}

int io_last_send_flags(void) {
    return last_send_flags;
}

/* Take the next step. Returns whether the real call is to be made, with at most *size bytes; else *result is
 * set. */
static int take_step(enum io_call call, size_t *size, ssize_t *result) {
    struct script *script = &scripts[call];
    struct io_step step = script->next < script->count ? script->steps[script->next++] : script->afterwards;
    script->calls++;
    if (step.error != 0) {
        errno = step.error;
        *result = -1;
        return 0;
    }
    if (step.nothing || step.pretend) {
        *result = step.pretend ? (ssize_t)*size : 0;
        return 0;
    }
    *size = step.at_most > 0 && step.at_most < *size ? step.at_most : *size;
    return 1;
}

ssize_t __wrap_recv(int fd, void *bytes, size_t size, int flags) {
    ssize_t result = 0;
    return take_step(IO_RECV, &size, &result) ? __real_recv(fd, bytes, size, flags) : result;
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags) {
    struct msghdr shortened = *message;
    struct iovec buffers[BUFFERS_MAX];
    size_t limit = SIZE_MAX;
    ssize_t result = 0;
    last_send_flags = flags;
    if (!take_step(IO_SENDMSG, &limit, &result)) {
        return result;
    }
    assert(message->msg_iovlen <= BUFFERS_MAX);
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        buffers[i] = message->msg_iov[i];
        buffers[i].iov_len = buffers[i].iov_len < limit ? buffers[i].iov_len : limit;
        limit -= buffers[i].iov_len;
    }
    shortened.msg_iov = buffers;
    return __real_sendmsg(fd, &shortened, flags);
}

ssize_t __wrap_sendfile(int out_fd, int in_fd, off_t *offset, size_t count) {
    ssize_t result = 0;
    if (take_step(IO_SENDFILE, &count, &result)) {
        return REAL(sendfile)(out_fd, in_fd, offset, count);
    }
    *offset += result > 0 ? result : 0;
    return result;
}

ssize_t __wrap_sendfile64(int out_fd, int in_fd, off_t *offset, size_t count) {
    return __wrap_sendfile(out_fd, in_fd, offset, count);
}

ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset) {
    ssize_t result = 0;
    return take_step(IO_PREAD, &size, &result) ? REAL(pread)(fd, bytes, size, offset) : result;
}

ssize_t __wrap_pread64(int fd, void *bytes, size_t size, off_t offset) {
    return __wrap_pread(fd, bytes, size, offset);
}
