/* SPDX-License-Identifier: MIT */
#include "server/ending/sockets.h"

#include "http/transport/transport.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* Looked at, in some 0.1 s; where the limit is higher, few are in use. */
enum { DESCRIPTORS_MAX = 1024 * 1024 };

/* Returns -1 of what is no socket. */
static int option_of(int fd, int option) {
    int value = -1;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

static int descriptor_count(void) {
    struct rlimit limit;
    bool is_known = getrlimit(RLIMIT_NOFILE, &limit) == 0;
    return is_known && limit.rlim_cur < DESCRIPTORS_MAX ? (int)limit.rlim_cur : DESCRIPTORS_MAX;
}

/* What was inherited is of somebody else, too, who would be cut off; it came through exec(3), which closes what has the
 * flag. */
static bool is_own(int fd) {
    int flags = fcntl(fd, F_GETFD);
    return flags != -1 && (flags & FD_CLOEXEC) != 0;
}

void ending_part_from_sockets(void) {
    int count = descriptor_count();
    for (int fd = STDERR_FILENO + 1; fd < count; fd++) {
        int type = option_of(fd, SO_TYPE);
        if (type == SOCK_STREAM && option_of(fd, SO_ACCEPTCONN) == 1) {
            (void)close(fd);
        } else if (type == SOCK_STREAM && is_own(fd)) {
            transport_end(fd);
        }
    }
}
