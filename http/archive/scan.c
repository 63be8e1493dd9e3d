/* SPDX-License-Identifier: MIT */
#include "http/archive/scan.h"

#include "http/files/tree_walk.h"
#include "http/semantics/validators.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int archive_scan_init(struct archive_scan *scan, const struct archive_layout *layout,
                      const struct beneath *root, const char *path, const char *top, struct timespec now,
                      struct memory_budget *budget) {
    size_t top_length = strlen(top);
    *scan = (struct archive_scan){
        .layout = layout,
        .root = root,
        .budget = budget,
        .folder = strdup(path),
        .name = malloc(top_length + 1 + PATH_MAX),
        .name_begin = top_length + 1,
        .now = now,
        .entries_max = SIZE_MAX,
        .digest = digest_create(),
        .state = digest_create(),
    };
    if (scan->folder == NULL || scan->name == NULL || scan->digest == NULL || scan->state == NULL) {
        return -ENOMEM;
    }
    archive_digest_begin(scan->digest, scan->layout->format);
    archive_digest_begin(scan->state, scan->layout->format);
    memcpy(scan->name, top, top_length);
    scan->name[top_length] = '/';
    return 0;
}

void archive_scan_deinit(struct archive_scan *scan) {
    tree_walk_destroy(scan->walk);
    digest_destroy(scan->digest);
    digest_destroy(scan->state);
    free(scan->name);
    free(scan->folder);
}

void archive_scan_restart(struct archive_scan *scan) {
    tree_walk_destroy(scan->walk);
    scan->walk = NULL;
    archive_digest_begin(scan->digest, scan->layout->format);
    archive_digest_begin(scan->state, scan->layout->format);
    scan->begin = scan->content_begin = scan->content_end = scan->end = 0;
    scan->record_begin = scan->record_end = 0;
    scan->entry_count = scan->content_count = 0;
}

struct archive_entry archive_scan_entry(const struct archive_scan *scan) {
    return (struct archive_entry){
        .path = scan->name,
        .is_folder = scan->entry.is_folder,
        .is_executable = scan->entry.is_executable,
        .size = scan->entry.size,
        .modified = scan->entry.modified.tv_sec,
        .begin = scan->begin,
    };
}

/* Some files have the same modification time whatever is in them (in images and stores that are built
 * reproducibly); the validators of files draw the same line. */
static bool has_meaningful_time(const struct archive_scan *scan) {
    struct validators validators;
    struct validators_basis basis = {.size = scan->entry.size,
                                     .modified = scan->entry.modified,
                                     .coding = "",
                                     .source_date = scan->source_date};
    validators_make(&validators, &basis, scan->now);
    return validators.is_dated;
}

static int place(struct archive_scan *scan) {
    const struct archive_layout *layout = scan->layout;
    scan->begin = scan->end;
    scan->record_begin = scan->record_end;
    struct archive_entry entry = archive_scan_entry(scan);
    if (__builtin_add_overflow(scan->begin, layout->header_bytes(&entry), &scan->content_begin) ||
        __builtin_add_overflow(scan->content_begin, entry.size, &scan->content_end) ||
        __builtin_add_overflow(scan->content_end, layout->trailer_bytes(&entry), &scan->end) ||
        __builtin_add_overflow(scan->record_begin, layout->record_bytes(&entry), &scan->record_end)) {
        return -EFBIG;
    }
    scan->entry_count++;
    scan->content_count += entry.size > 0 ? 1 : 0;
    return 1;
}

int archive_scan_next(struct archive_scan *scan, struct time_slice slice) {
    if (scan->walk == NULL) {
        int result = tree_walk_create(&scan->walk, scan->root, scan->folder, scan->budget);
        if (result != 0) {
            return result;
        }
        tree_walk_set_entries_max(scan->walk, scan->entries_max);
    }
    int result = tree_walk_next(scan->walk, slice, &scan->path, &scan->entry);
    if (result != 1) {
        return result;
    }
    const char *path_within = scan->path + strlen(scan->folder);
    memcpy(scan->name + scan->name_begin, path_within, strlen(path_within) + 1);
    archive_digest_add(scan->digest, scan->name, &scan->entry, !has_meaningful_time(scan));
    archive_digest_add(scan->state, scan->name, &scan->entry, true);
    return place(scan);
}
