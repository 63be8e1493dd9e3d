/* SPDX-License-Identifier: MIT */
#include "http/archive/archive.h"

#include "http/archive/state.h"
#include "http/archive/tar_header.h"
#include "http/archive/zip_header.h"
#include "http/base/clock.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct archive_layout *const layouts[] = {
    [ARCHIVE_TAR] = &archive_layout_tar, [ARCHIVE_ZIP] = &archive_layout_zip};

/* What an archive takes beside its walk and its sums. */
static size_t held_by(const struct archive_scan *scan) {
    return memory_held(sizeof(struct archive)) + memory_held(strlen(scan->folder) + 1) +
           memory_held(scan->name_begin + PATH_MAX) + 2 * digest_held_bytes();
}

static int take_budget(struct archive *archive) {
    size_t bytes = held_by(&archive->scan);
    if (!memory_budget_take(archive->scan.budget, bytes)) {
        return -ENOMEM;
    }
    archive->held_bytes = bytes;
    return 0;
}

static int create(struct archive **out, const struct archive_layout *layout, const struct beneath *root,
                  const char *path, const char *top, struct timespec now, struct memory_budget *budget) {
    struct archive *archive = calloc(1, sizeof *archive);
    if (archive == NULL) {
        return -ENOMEM;
    }
    archive->reading.file.fd = -1;
    archive_sums_init(&archive->sums, budget);
    int result = archive_scan_init(&archive->scan, layout, root, path, top, now, budget);
    result = result == 0 ? take_budget(archive) : result;
    if (result != 0) {
        archive_destroy(archive);
        return result;
    }
    *out = archive;
    return 0;
}

int archive_create(struct archive **out, enum archive_form form, const struct beneath *root, const char *path,
                   const char *top, struct timespec now, time_t source_date, struct memory_budget *budget) {
    int result = create(out, layouts[form], root, path, top, now, budget);
    if (result == 0) {
        (*out)->scan.source_date = source_date;
    }
    return result;
}

int archive_create_like(struct archive **out, const struct archive *measured) {
    assert(measured->is_measured);
    const struct archive_scan *scan = &measured->scan;
    char top[PATH_MAX];
    *(char *)mempcpy(top, scan->name, scan->name_begin - 1) = '\0'; /* without its slash */
    int result = create(out, scan->layout, scan->root, scan->folder, top, scan->now, scan->budget);
    if (result != 0) {
        return result;
    }
    struct archive *archive = *out;
    archive->scan.source_date = scan->source_date;
    archive->scan.entries_max = scan->entries_max;
    archive->may_change_unnoticed = measured->may_change_unnoticed;
    archive->youngest = measured->youngest;
    archive->size = measured->size;
    archive->totals = measured->totals;
    archive->content_count = measured->content_count;
    memcpy(archive->state, measured->state, sizeof archive->state);
    memcpy(archive->entity_tag, measured->entity_tag, sizeof archive->entity_tag);
    archive->is_measured = true;
    archive_seek(archive, (struct byte_range){0, archive->size});
    return 0;
}

void archive_set_entries_max(struct archive *archive, size_t entries_max) {
    archive->scan.entries_max = entries_max;
}

void archive_destroy(struct archive *archive) {
    if (archive != NULL) {
        archive_scan_deinit(&archive->scan);
        archive_sums_deinit(&archive->sums);
        memory_budget_give(archive->scan.budget, archive->held_bytes + archive->text_bytes);
        resource_close(&archive->reading.file);
        free(archive);
    }
}

/* Whether what has this time may change again, from now on, and have the same time. Measuring may have taken
 * long, so that a time behind its beginning is compared with the clock as it is now. */
static bool may_repeat(struct timespec stamp, struct timespec now) {
    if (clock_compare(stamp, now) > 0) {
        now = clock_wall();
    }
    return !file_version_is_settled(&(struct file_version){.changed = stamp}, now);
}

static void note(struct archive *archive) {
    const struct folder_entry *entry = &archive->scan.entry;
    struct timespec now = archive->scan.now;
    if (clock_compare(entry->changed, archive->youngest) > 0) {
        archive->youngest = entry->changed;
    }
    archive->may_change_unnoticed =
        archive->may_change_unnoticed || may_repeat(entry->changed, now) || may_repeat(entry->modified, now);
}

/* As with files, a weak tag differs from the strong one that follows, so that the two are not even weakly the
 * same. */
static int finish_measuring(struct archive *archive) {
    const struct archive_scan *scan = &archive->scan;
    struct archive_totals *totals = &archive->totals;
    totals->entry_count = scan->entry_count;
    totals->directory_begin = scan->end;
    if (__builtin_add_overflow(scan->end, scan->record_end, &totals->directory_end) ||
        __builtin_add_overflow(totals->directory_end, scan->layout->end_bytes(totals), &archive->size)) {
        return -EFBIG;
    }
    archive->content_count = scan->content_count;
    char digest[DIGEST_HEX_BYTES];
    digest_write(archive->scan.digest, digest);
    digest_write(archive->scan.state, archive->state);
    (void)snprintf(archive->entity_tag, sizeof archive->entity_tag,
                   archive->may_change_unnoticed ? "W/\"%s-%s-y\"" : "\"%s-%s\"", scan->layout->name, digest);
    archive->is_measured = true;
    archive_seek(archive, (struct byte_range){0, archive->size});
    return 0;
}

int archive_measure(struct archive *archive, struct time_slice slice) {
    int result = archive->is_measured ? 0 : 1;
    while (result == 1) {
        result = archive_scan_next(&archive->scan, slice);
        if (result == 1) {
            note(archive);
            result = time_slice_is_over(slice) ? -EAGAIN : 1;
        } else if (result == 0) {
            return finish_measuring(archive);
        }
    }
    return result;
}

off_t archive_size(const struct archive *archive) {
    assert(archive->is_measured);
    return archive->size;
}

const char *archive_entity_tag(const struct archive *archive) {
    assert(archive->is_measured);
    return archive->entity_tag;
}
