/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/response/sink.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t __wrap_sendfile(int out_fd, int in_fd, off_t *offset, size_t count);
ssize_t __wrap_sendfile64(int out_fd, int in_fd, off_t *offset, size_t count);

struct sink sink = {.budget = SIZE_MAX, .at_most = SIZE_MAX};

void sink_reset(void) {
    sink.budget = SIZE_MAX;
    sink.at_most = SIZE_MAX;
    sink.error = 0;
    sink.sends = 0;
    sink.file_sends = 0;
    sink.more_sends = 0;
    sink.last_flags = 0;
    sink.length = 0;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* How many of `size` bytes this call takes; the budget is lowered by that. */
static size_t take(size_t size) {
    size_t taken = smaller(size, smaller(sink.budget, sink.at_most));
    assert(taken <= sizeof sink.bytes - sink.length);
    sink.budget -= sink.budget == SIZE_MAX ? 0 : taken;
    return taken;
}

static ssize_t refuse(void) {
    errno = sink.error != 0 ? sink.error : EAGAIN;
    return -1;
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags) {
    (void)fd;
    size_t size = 0;
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        size += message->msg_iov[i].iov_len;
    }
    size_t taken = take(size);
    sink.sends++;
    sink.more_sends += (flags & MSG_MORE) != 0 ? 1 : 0;
    sink.last_flags = flags;
    size_t left = taken;
    for (size_t i = 0; left > 0; i++) {
        size_t count = smaller(left, message->msg_iov[i].iov_len);
        if (count > 0) {
            memcpy(sink.bytes + sink.length, message->msg_iov[i].iov_base, count);
        }
        sink.length += count;
        left -= count;
    }
    return taken > 0 ? (ssize_t)taken : refuse();
}

ssize_t __wrap_sendfile(int out_fd, int in_fd, off_t *offset, size_t count) {
    (void)out_fd;
    size_t taken = take(count);
    sink.file_sends++;
    if (taken == 0) {
        return refuse();
    }
    ssize_t n = pread(in_fd, sink.bytes + sink.length, taken, *offset);
    if (n > 0) {
        sink.length += (size_t)n;
        *offset += n;
    }
    return n;
}

ssize_t __wrap_sendfile64(int out_fd, int in_fd, off_t *offset, size_t count) {
    return __wrap_sendfile(out_fd, in_fd, offset, count);
}
