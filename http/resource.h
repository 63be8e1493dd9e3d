/* SPDX-License-Identifier: MIT */
/*
 * What a path leads to: an open regular file or folder, with what stat said of it. Anything else is not served.
 */
#ifndef LIDO_HTTP_RESOURCE_H
#define LIDO_HTTP_RESOURCE_H

#include "http/beneath.h"
#include "http/status.h"

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

struct resource {
    int fd; /* -1 when closed */
    bool is_folder;
    off_t size; /* of a file, in bytes */
    struct timespec modified;
    struct timespec changed; /* status change: also when the modification time was set back */
    dev_t device;
    ino_t inode;
};

/* Open the path beneath the root and look at it. Returns HTTP_OK and fills *resource (to be closed by the caller), or the
 * status to tell the client: 404, 403, 500, 503. Neither a FIFO nor a device is waited for. Thread-safe. */
enum http_status resource_open(const struct beneath *root, const char *path, struct resource *resource)
    __attribute__((warn_unused_result));

/* Close it; closing again does nothing. */
void resource_close(struct resource *resource);

/* The one mapping from an errno of opening or reading a file to a status. */
enum http_status resource_status_of_errno(int error);

#endif
