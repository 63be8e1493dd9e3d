/* SPDX-License-Identifier: MIT */
#include "http/transport/transport.h"

#include "http/base/clock.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

enum { DISCARD_STEP_BYTES = 16 * 1024, COPY_BYTES = 16 * 1024, JOIN_MAX_BYTES = 4096 };

/* The largest count that one sendfile(2) takes, see its man page. */
static const size_t sendfile_max_bytes = 0x7ffff000;

static enum transport_result result_of_errno(void) {
    return errno == EAGAIN || errno == EWOULDBLOCK ? TRANSPORT_WOULD_BLOCK : TRANSPORT_FAILED;
}

enum transport_result transport_receive(int fd, void *buffer, size_t size, size_t *received) {
    ssize_t n = 0;
    do {
        n = recv(fd, buffer, size, MSG_DONTWAIT);
    } while (n == -1 && errno == EINTR);
    if (n == -1) {
        return result_of_errno();
    }
    if (n == 0) {
        return TRANSPORT_CLOSED;
    }
    *received = (size_t)n;
    return TRANSPORT_DONE;
}

enum transport_result transport_discard(int fd, size_t limit) {
    char waste[DISCARD_STEP_BYTES];
    for (size_t total = 0; total < limit;) {
        size_t received = 0;
        size_t room = limit - total < sizeof waste ? limit - total : sizeof waste;
        enum transport_result result = transport_receive(fd, waste, room, &received);
        if (result != TRANSPORT_DONE) {
            return result;
        }
        total += received;
    }
    return TRANSPORT_DONE;
}

bool transport_has_unread(int fd) {
    char byte = 0;
    return recv(fd, &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT) > 0;
}

void transport_note_arrivals(int fd) {
    int yes = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes,
                     sizeof yes); /* UNIX sockets take it, and note nothing */
}

/* The time that the kernel has put beside the bytes; 0: none. */
static int64_t noted_ns(struct msghdr *message) {
    const struct cmsghdr *note = CMSG_FIRSTHDR(message);
    struct timespec time;
    if (note == NULL || note->cmsg_level != SOL_SOCKET || note->cmsg_type != SCM_TIMESTAMPNS) {
        return 0;
    }
    memcpy(&time, CMSG_DATA(note), sizeof time);
    return time.tv_sec * CLOCK_NS_PER_S + time.tv_nsec;
}

int64_t transport_arrived_ago_ns(int fd) {
    char byte = 0;
    struct iovec buffer = {&byte, sizeof byte};
    union {
        char bytes[CMSG_SPACE(sizeof(struct timespec))];
        struct cmsghdr alignment;
    } notes;
    struct msghdr message = {
        .msg_iov = &buffer, .msg_iovlen = 1, .msg_control = &notes, .msg_controllen = sizeof notes};
    if (recvmsg(fd, &message, MSG_PEEK | MSG_DONTWAIT) <= 0) {
        return -1;
    }
    int64_t arrived_ns = noted_ns(&message);
    struct timespec now = clock_wall();
    int64_t ago_ns = now.tv_sec * CLOCK_NS_PER_S + now.tv_nsec - arrived_ns;
    return arrived_ns == 0 ? -1 : ago_ns > 0 ? ago_ns : 0;
}

/* Take `sent` bytes off the front of the buffers. */
static void advance(struct iovec **buffers, size_t *count, size_t sent) {
    while (*count > 0 && sent >= (*buffers)->iov_len) {
        sent -= (*buffers)->iov_len;
        (*buffers)->iov_len = 0;
        (*buffers)++;
        (*count)--;
    }
    if (*count > 0) {
        (*buffers)->iov_base = (char *)(*buffers)->iov_base + sent;
        (*buffers)->iov_len -= sent;
    }
}

/* Put what is left of the buffers into one. Returns how much that is, 0 if it is too much to be worth it. */
static size_t join(const struct iovec *buffers, size_t count, char joined[JOIN_MAX_BYTES]) {
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        length += buffers[i].iov_len <= JOIN_MAX_BYTES ? buffers[i].iov_len : JOIN_MAX_BYTES + 1;
    }
    if (length > JOIN_MAX_BYTES) {
        return 0;
    }
    char *end = joined;
    for (size_t i = 0; i < count; i++) {
        if (buffers[i].iov_len > 0) { /* there may be no address, either */
            end = mempcpy(end, buffers[i].iov_base, buffers[i].iov_len);
        }
    }
    return length;
}

/* One buffer costs the kernel less than several, even if it has to be put together first. */
static ssize_t send_once(int fd, struct iovec *buffers, size_t count, int flags) {
    char joined[JOIN_MAX_BYTES];
    size_t length = count > 1 ? join(buffers, count, joined) : 0;
    struct iovec one = {joined, length};
    unsigned short buffers_count = length > 0 ? 1 : (unsigned short)count; /* size_t in glibc, int in musl */
    struct msghdr message = {.msg_iov = length > 0 ? &one : buffers, .msg_iovlen = buffers_count};
    return sendmsg(fd, &message, flags);
}

enum transport_result transport_send(int fd, struct iovec *buffers, size_t count, bool more) {
    advance(&buffers, &count, 0);
    while (count > 0) {
        ssize_t n = send_once(fd, buffers, count, MSG_DONTWAIT | MSG_NOSIGNAL | (more ? MSG_MORE : 0));
        if (n == -1) {
            if (errno == EINTR) {
                continue;
            }
            return result_of_errno();
        }
        advance(&buffers, &count, (size_t)n);
    }
    return TRANSPORT_DONE;
}

/* What sendfile(2) would do, by hand: some file systems cannot map their pages. */
static enum transport_result send_file_by_copy(int fd, int file_fd, off_t *offset, size_t length) {
    char copy[COPY_BYTES];
    while (length > 0) {
        ssize_t n = pread(file_fd, copy, length < sizeof copy ? length : sizeof copy, *offset);
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return n == 0 ? TRANSPORT_TRUNCATED : TRANSPORT_FAILED;
        }
        struct iovec buffer = {.iov_base = copy, .iov_len = (size_t)n};
        enum transport_result result = transport_send(fd, &buffer, 1, false);
        size_t sent = (size_t)n - buffer.iov_len;
        *offset += (off_t)sent;
        length -= sent;
        if (result != TRANSPORT_DONE) {
            return result;
        }
    }
    return TRANSPORT_DONE;
}

enum transport_result transport_send_file(int fd, int file_fd, off_t *offset, size_t length) {
    while (length > 0) {
        ssize_t n = sendfile(fd, file_fd, offset, length < sendfile_max_bytes ? length : sendfile_max_bytes);
        if (n == 0) {
            return TRANSPORT_TRUNCATED;
        }
        if (n > 0) {
            length -= (size_t)n;
        } else if (errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP) {
            return send_file_by_copy(fd, file_fd, offset, length);
        } else if (errno != EINTR) {
            return result_of_errno();
        }
    }
    return TRANSPORT_DONE;
}

bool transport_is_lost(int fd) {
    struct pollfd peer = {.fd = fd};
    return poll(&peer, 1, 0) == 1 && (peer.revents & (POLLERR | POLLHUP)) != 0;
}

int transport_queued_bytes(int fd) {
    int queued = 0;
    return ioctl(fd, SIOCOUTQ, &queued) == -1 ? -1 : queued;
}

int64_t transport_taken_ago_ms(int fd) {
    struct tcp_info info = {0};
    socklen_t size = sizeof info;
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) == -1) {
        return 0;
    }
    return info.tcpi_unacked > 0 ? info.tcpi_last_ack_recv : info.tcpi_last_data_sent;
}

bool transport_end_sending(int fd) {
    return shutdown(fd, SHUT_WR) == 0;
}

void transport_end_receiving(int fd) {
    (void)shutdown(fd, SHUT_RD);
}

void transport_end(int fd) {
    (void)shutdown(fd, SHUT_RDWR);
}

void transport_reset_on_close(int fd) {
    struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}
