/* SPDX-License-Identifier: MIT */
#include "server/listen/unix_socket.h"

#include "server/net/socket_address.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

static int bind_once(int fd, const struct sockaddr_storage *address) {
    int result = bind(fd, (const struct sockaddr *)address, socket_address_length(address));
    return result == -1 ? -errno : 0;
}

/* Find out whether a program answers there. Returns 0 if one does, or a negative errno. */
static int try_to_connect(const struct sockaddr_storage *address) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return -errno;
    }
    int result = connect(fd, (const struct sockaddr *)address, socket_address_length(address));
    int error = result == -1 ? -errno : 0;
    (void)close(fd);
    return error;
}

static bool is_same(const struct stat *status, dev_t device, ino_t inode) {
    return S_ISSOCK(status->st_mode) && status->st_dev == device && status->st_ino == inode;
}

/* Make room at a path that bind(2) found taken. Returns 0, or a negative errno as unix_socket_bind(). */
static int remove_stale(const struct sockaddr_storage *address) {
    struct stat before;
    struct stat now;
    if (lstat(socket_address_path(address), &before) == -1) {
        return errno == ENOENT ? 0 : -errno;
    }
    if (!S_ISSOCK(before.st_mode)) {
        return -EEXIST;
    }

    int error = try_to_connect(address);
    if (error == -EACCES || error == -EPERM || error == -EMFILE || error == -ENFILE) {
        return error; /* no way to tell, so it is not ours to remove */
    }
    if (error != -ECONNREFUSED) {
        return error == -ENOENT
                   ? 0
                   : -EADDRINUSE; /* EAGAIN: so busy that its queue is full; EPROTOTYPE: datagrams */
    }

    if (lstat(socket_address_path(address), &now) == -1 || !is_same(&now, before.st_dev, before.st_ino)) {
        return 0; /* another program was faster; binding will tell */
    }
    return unlink(socket_address_path(address)) == -1 && errno != ENOENT ? -errno : 0;
}

int unix_socket_bind(int fd, const struct sockaddr_storage *address, struct unix_file *file) {
    int error = bind_once(fd, address);
    if (error == -EADDRINUSE) {
        error = remove_stale(address);
        if (error == 0) {
            error = bind_once(fd, address);
        }
    }
    if (error != 0) {
        return error;
    }

    struct stat status;
    /* Follows no symlink: in a folder that others may write to, one could have taken the file's place. */
    if (fchmodat(AT_FDCWD, socket_address_path(address), UNIX_SOCKET_MODE, AT_SYMLINK_NOFOLLOW) == -1 ||
        lstat(socket_address_path(address), &status) == -1) {
        error = -errno;
        (void)unlink(socket_address_path(address));
        return error;
    }
    *file = (struct unix_file){.device = status.st_dev, .inode = status.st_ino};
    return 0;
}

void unix_socket_remove(const struct sockaddr_storage *address, const struct unix_file *file) {
    struct stat status;
    if (lstat(socket_address_path(address), &status) == 0 && is_same(&status, file->device, file->inode)) {
        (void)unlink(socket_address_path(address));
    }
}
