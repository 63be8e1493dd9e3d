/* SPDX-License-Identifier: MIT */
/*
 * What stands in a file that was resolved or opened, wherever it is: in memory or behind a descriptor.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_RESOURCE_TEXT_H
#define LIDO_TESTS_UNIT_SUPPORT_RESOURCE_TEXT_H

#include "http/files/resource.h"

#include <criterion/criterion.h>
#include <string.h>
#include <unistd.h>

/* Whether there is a file or a folder. */
static inline bool resource_is_there(const struct resource *resource) {
    return resource->fd >= 0 || resource->contents != NULL;
}

/* Write it, up to size - 1 bytes of it, as a C string. */
static inline void resource_write_text(const struct resource *resource, char *text, size_t size) {
    size_t length = (size_t)resource->size < size ? (size_t)resource->size : size - 1;
    if (resource->contents != NULL) {
        memcpy(text, resource->contents, length);
    } else {
        cr_assert_eq(pread(resource->fd, text, length, 0), (ssize_t)length);
    }
    text[length] = '\0';
}

#endif
