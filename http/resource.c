/* SPDX-License-Identifier: MIT */
#include "http/resource.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

enum http_status resource_status_of_errno(int error) {
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
        return HTTP_SERVICE_UNAVAILABLE;
    default:
        return HTTP_INTERNAL_SERVER_ERROR;
    }
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
        return HTTP_NOT_FOUND;
    }
    *resource = (struct resource){
        .fd = fd,
        .is_folder = S_ISDIR(status.st_mode),
        .size = status.st_size,
        .modified = status.st_mtim,
        .changed = status.st_ctim,
        .device = status.st_dev,
        .inode = status.st_ino,
    };
    return HTTP_OK;
}

void resource_close(struct resource *resource) {
    if (resource->fd >= 0) {
        (void)close(resource->fd);
    }
    resource->fd = -1;
}
