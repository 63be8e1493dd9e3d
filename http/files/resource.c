/* SPDX-License-Identifier: MIT */
#include "http/files/resource.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <unistd.h>

#ifndef RWF_NOWAIT /* musl has preadv2(2) from 1.2.5 on */
#include <linux/fs.h>
#include <sys/syscall.h>

static ssize_t preadv2(int fd, const struct iovec *buffers, int count, off_t offset, int flags) {
    return syscall(SYS_preadv2, fd, buffers, count, (long)offset, (long)(offset >> 32), flags);
}
#endif

enum http_status resource_status_of_errno(int error) {
    errno = error; /* for whoever tells of it: the status alone does not say why */
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
    case EXDEV: /* leads out of the root: as if it were not there */
    case ENXIO: /* a socket, or a device without a driver */
    case ENODEV:
        return HTTP_NOT_FOUND;
    case EACCES:
    case EPERM:
        return HTTP_FORBIDDEN;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case EAGAIN:
    case EBUSY:  /* somebody renames so fast that nothing can be found */
    case ESTALE: /* there is no root, or its server has another one now */
        return HTTP_SERVICE_UNAVAILABLE;
    default:
        return HTTP_INTERNAL_SERVER_ERROR;
    }
}

static struct resource describe(int fd, const struct stat *status) {
    return (struct resource){
        .fd = fd,
        .is_folder = S_ISDIR(status->st_mode),
        .size = status->st_size,
        .modified = status->st_mtim,
        .changed = status->st_ctim,
        .device = status->st_dev,
        .inode = status->st_ino,
    };
}

enum http_status resource_open(const struct beneath *root, const char *path, struct resource *resource) {
    int fd = beneath_open(root, path);
    if (fd < 0) {
        return resource_status_of_errno(-fd);
    }
    struct stat status;
    if (fstat(fd, &status) == -1) {
        int error = errno;
        (void)close(fd);
        return resource_status_of_errno(error);
    }
    if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) {
        (void)close(fd);
        return resource_status_of_errno(ENODEV);
    }
    *resource = describe(fd, &status);
    return HTTP_OK;
}

bool resource_stat(const struct beneath *root, const char *path, struct resource *resource) {
    struct stat status;
    if (fstatat(root->root_fd, path, &status, 0) == -1) {
        return false;
    }
    *resource = describe(-1, &status);
    return true;
}

bool resource_may_exist(const struct beneath *root, const char *path) {
    struct stat status;
    return fstatat(root->root_fd, path, &status, AT_SYMLINK_NOFOLLOW) == 0 ||
           (errno != ENOENT && errno != ENAMETOOLONG);
}

ssize_t resource_read(const struct resource *resource, char *bytes, size_t least, size_t most, off_t offset) {
    size_t length = 0;
    while (length < least) {
        ssize_t n = pread(resource->fd, bytes + length, most - length, offset + (off_t)length);
        if (n == 0) {
            break;
        }
        if (n > 0) {
            length += (size_t)n;
        } else if (errno != EINTR) {
            return -errno;
        }
    }
    return (ssize_t)length;
}

int resource_try(const struct resource *resource, off_t offset) {
    char byte = '\0';
    ssize_t length = resource_read(resource, &byte, 1, 1, offset);
    return length < 0 ? (int)length : 0;
}

enum { ZFS_MAGIC = 0x2fc12fc1 /* in no header of the system */ };

static bool is_byte_in_memory(int fd, off_t offset) {
    char byte = 0;
    struct iovec room = {&byte, sizeof byte};
    return preadv2(fd, &room, 1, offset, RWF_NOWAIT) == 1;
}

bool resource_is_in_memory(const struct resource *resource, off_t begin, off_t end) {
    return begin >= end ||
           (is_byte_in_memory(resource->fd, begin) && is_byte_in_memory(resource->fd, end - 1));
}

bool resource_stat_may_block(const struct resource *resource) {
    static const unsigned long known[] = {
        BTRFS_SUPER_MAGIC,    EXT4_SUPER_MAGIC, F2FS_SUPER_MAGIC, OVERLAYFS_SUPER_MAGIC, RAMFS_MAGIC,
        EROFS_SUPER_MAGIC_V1, SQUASHFS_MAGIC,   TMPFS_MAGIC,      XFS_SUPER_MAGIC,       ZFS_MAGIC,
    };
    struct statfs about;
    if (fstatfs(resource->fd, &about) == -1) {
        return true;
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if ((unsigned long)about.f_type == known[i]) {
            return false;
        }
    }
    return true;
}

struct resource resource_take(struct resource *resource) {
    struct resource taken = *resource;
    resource->fd = -1;
    resource->contents = NULL;
    resource->cached = NULL;
    return taken;
}

void resource_close(struct resource *resource) {
    if (resource->cached != NULL) {
        resource->give_back(resource->cached);
    } else if (resource->fd >= 0) {
        (void)close(resource->fd);
    }
    (void)resource_take(resource);
}
