/* SPDX-License-Identifier: MIT */
#include "server/check/forms.h"

#include "http/base/clock.h"
#include "http/compression/gzip.h"
#include "http/semantics/content_coding.h"
#include "server/check/walk.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXPANDED_BYTES_MAX = 64 << 20, MAGIC_BYTES = 4 };

static const unsigned char gzip_magic[] = {0x1F, 0x8B, 8};          /* RFC 1952 section 2.3 */
static const unsigned char zstd_magic[] = {0x28, 0xB5, 0x2F, 0xFD}; /* RFC 8878 section 3.1.1 */

/* Returns the coding that the end of the name tells, or CODING_IDENTITY. */
static enum content_coding coding_of(const char *name, size_t *stem_length) {
    size_t length = strlen(name);
    for (enum content_coding coding = CODING_IDENTITY + 1; coding < CODING_COUNT; coding++) {
        const char *suffix = content_coding_suffix(coding);
        size_t suffix_length = strlen(suffix);
        if (length > suffix_length && strcmp(name + length - suffix_length, suffix) == 0) {
            *stem_length = length - suffix_length;
            return coding;
        }
    }
    return CODING_IDENTITY;
}

static bool begins_with(int fd, const unsigned char *magic, size_t length) {
    unsigned char bytes[MAGIC_BYTES];
    return pread(fd, bytes, length, 0) == (ssize_t)length && memcmp(bytes, magic, length) == 0;
}

static bool is_whole_gzip(int fd, off_t size) {
    if (!begins_with(fd, gzip_magic, sizeof gzip_magic)) {
        return false;
    }
    struct gzip_form form = {0};
    enum gzip_outcome outcome =
        gzip_library() == NULL
            ? GZIP_TOO_LARGE
            : gzip_expand((struct gzip_source){.fd = fd, .size = size}, EXPANDED_BYTES_MAX, &form);
    free(form.bytes);
    return outcome != GZIP_FAILED;
}

/* A stream of brotli has no mark to know it by, but it is never empty (RFC 7932 section 9.1). */
static bool is_broken(const struct walk_entry *entry, enum content_coding coding) {
    if (entry->status.st_size == 0) {
        return true;
    }
    int fd = openat(entry->folder_fd, entry->name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd == -1) {
        return false; /* told as one that cannot be read */
    }
    bool is_fine = true;
    if (coding == CODING_GZIP) {
        is_fine = is_whole_gzip(fd, entry->status.st_size);
    } else if (coding == CODING_ZSTD) {
        is_fine = begins_with(fd, zstd_magic, sizeof zstd_magic);
    }
    (void)close(fd);
    return !is_fine;
}

enum form_state forms_check(const struct walk_entry *entry) {
    size_t stem_length = 0;
    enum content_coding coding = coding_of(entry->name, &stem_length);
    if (coding == CODING_IDENTITY) {
        return FORM_NONE;
    }
    char stem[NAME_MAX + 1];
    (void)snprintf(stem, sizeof stem, "%.*s", (int)stem_length, entry->name);
    struct stat original;
    if (fstatat(entry->folder_fd, stem, &original, 0) == -1 || !S_ISREG(original.st_mode)) {
        return FORM_NONE; /* a download, and not a form of anything */
    }
    if (is_broken(entry, coding)) {
        return FORM_BROKEN;
    }
    return clock_compare(entry->status.st_mtim, original.st_mtim) < 0 ? FORM_OLDER : FORM_FINE;
}
