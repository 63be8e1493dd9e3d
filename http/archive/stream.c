/* SPDX-License-Identifier: MIT */
#include "http/archive/archive.h"
#include "http/archive/content.h"
#include "http/archive/state.h"
#include "http/base/clock.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum { PIECE_BYTES = 64 * 1024 };

static off_t lesser(off_t a, off_t b) {
    return a < b ? a : b;
}

/* Whether there is a directory that begins before this place. */
static bool has_directory(const struct archive *archive, off_t end) {
    const struct archive_totals *totals = &archive->totals;
    return totals->directory_begin < lesser(end, totals->directory_end);
}

void archive_seek(struct archive *archive, struct byte_range range) {
    assert(archive->is_measured && 0 <= range.begin && range.begin < range.end && range.end <= archive->size);
    archive_scan_restart(&archive->scan);
    archive->range = range;
    archive->cursor = range.begin;
    archive->in_directory =
        range.begin >= archive->totals.directory_begin && has_directory(archive, range.end);
    archive_content_forget(archive);
    archive_sums_clear(&archive->sums);
    archive->is_scanned = false;
    archive->holds_last = false;
}

/* Of what was appended behind `length_before`, and is the archive's from `begin` to `end`, keep what the
 * range has. */
static void keep_range(struct archive *archive, struct text *text, size_t length_before, off_t begin,
                       off_t end) {
    end = lesser(end, archive->range.end);
    if (!text->failed) {
        char *bytes = text->bytes + length_before;
        size_t length = (size_t)(end - archive->cursor);
        memmove(bytes, bytes + (archive->cursor - begin), length);
        text->length = length_before + length;
    }
    archive->cursor = end;
}

static void append_header(struct archive *archive, const struct archive_entry *entry, struct text *text) {
    size_t length_before = text->length;
    archive->scan.layout->append_header(text, entry);
    keep_range(archive, text, length_before, archive->scan.begin, archive->scan.content_begin);
}

static int append_trailer(struct archive *archive, const struct archive_entry *entry, struct text *text) {
    const struct archive_scan *scan = &archive->scan;
    uint32_t sum = 0;
    int result = scan->layout->has_sums ? archive_content_sum(archive, text, &sum) : 1;
    if (result == 1) {
        size_t length_before = text->length;
        scan->layout->append_trailer(text, entry, sum);
        keep_range(archive, text, length_before, scan->content_end, scan->end);
    }
    return result < 0 ? result : 0;
}

/* Append the entry's record in the directory. */
static int append_record(struct archive *archive, const struct archive_entry *entry, struct text *text) {
    const struct archive_scan *scan = &archive->scan;
    off_t directory_begin = archive->totals.directory_begin;
    uint32_t sum = 0;
    int result = archive_content_sum(archive, text, &sum);
    if (result == 1) {
        size_t length_before = text->length;
        scan->layout->append_record(text, entry, sum);
        keep_range(archive, text, length_before, directory_begin + scan->record_begin,
                   directory_begin + scan->record_end);
    }
    return result < 0 ? result : 0;
}

static void append_end(struct archive *archive, struct text *text) {
    size_t length_before = text->length;
    archive->scan.layout->append_end(text, &archive->totals);
    keep_range(archive, text, length_before, archive->totals.directory_end, archive->size);
}

/* Append the next part of the entry that the range has. Returns 1 when a file was handed out, 0, or a
 * negative errno. */
static int append_part(struct archive *archive, struct text *text, struct resource *file,
                       struct byte_range *range) {
    const struct archive_scan *scan = &archive->scan;
    struct archive_entry entry = archive_scan_entry(scan);
    if (archive->in_directory) {
        return append_record(archive, &entry, text);
    }
    if (archive->cursor < scan->content_begin) {
        append_header(archive, &entry, text);
        return 0;
    }
    if (archive->cursor < scan->content_end) {
        return scan->layout->has_sums ? archive_content_read(archive, text)
                                      : archive_content_send(archive, text, file, range);
    }
    return append_trailer(archive, &entry, text);
}

/* Where the part of the archive ends that the entry at hand makes. */
static off_t part_end(const struct archive *archive) {
    return archive->in_directory ? archive->totals.directory_begin + archive->scan.record_end
                                 : archive->scan.end;
}

/* Behind the last entry it shows whether all was as it had been measured. */
static int compare_scans(const struct archive *archive) {
    char state[DIGEST_HEX_BYTES];
    digest_write(archive->scan.state, state);
    return strcmp(state, archive->state) == 0 ? 0 : -ESTALE;
}

/* Behind the last entry: if the range reaches into the directory, all entries are gone through once more, as
 * its records are made of them. (To keep them would take memory that grows with all the names.) */
static int end_scan(struct archive *archive) {
    int result = compare_scans(archive);
    if (!archive->in_directory && has_directory(archive, archive->range.end)) {
        archive_scan_restart(&archive->scan);
        archive->in_directory = true;
    } else {
        archive->is_scanned = true;
    }
    return result;
}

/* Go on to the next entry. Returns 0, also when there is no other, or a negative errno. */
static int turn_to_next_entry(struct archive *archive, struct time_slice slice) {
    const struct archive_scan *scan = &archive->scan;
    const struct archive_totals *totals = &archive->totals;
    archive_content_forget(archive);
    int result = archive_scan_next(&archive->scan, slice);
    if (result == 0) {
        return end_scan(archive);
    }
    if (result < 0) {
        return result;
    }
    bool is_as_measured = clock_compare(scan->entry.changed, archive->youngest) <= 0 &&
                          scan->end <= totals->directory_begin &&
                          scan->record_end <= totals->directory_end - totals->directory_begin;
    return is_as_measured ? 0 : -ESTALE;
}

/* Check and close the file that was sent last. */
static int take_back(struct archive *archive, struct resource *file) {
    bool is_current = file->fd < 0 || file_version_is_current(&archive->sent, file->fd);
    resource_close(file);
    return is_current ? 0 : -ESTALE;
}

/* Keep the last byte of the range until the rest of the tree has been looked at: if an entry has gone or
 * come, all behind it stands at another place, and the range must not look complete. */
static void hold_back(struct archive *archive, struct text *text) {
    archive->last = text->bytes[--text->length];
    archive->holds_last = true;
}

/* Do the next thing. Returns 1 when a file was handed out, 0, or a negative errno. */
static int go_on(struct archive *archive, struct time_slice slice, struct text *text, struct resource *file,
                 struct byte_range *range) {
    int result = 0;
    if (archive->holds_last && archive->is_scanned) {
        text_append_bytes(text, &archive->last, 1);
        archive->holds_last = false;
    } else if (archive->is_scanned) {
        append_end(archive, text);
    } else if (archive->cursor < lesser(part_end(archive), archive->range.end)) {
        result = append_part(archive, text, file, range);
        if (result == 0 && archive->cursor == archive->range.end && !text->failed) {
            hold_back(archive, text);
        }
    } else {
        result = turn_to_next_entry(archive, slice);
    }
    return text->failed ? -ENOMEM : result;
}

/* Where the sums go from the contents to the directory. (Without a content in the range there are none to be
 * kept: the records have files read again.) */
static int reserve_sums(struct archive *archive) {
    const struct byte_range *range = &archive->range;
    bool are_kept = archive->scan.layout->has_sums && range->begin < archive->totals.directory_begin &&
                    has_directory(archive, range->end);
    return are_kept ? archive_sums_reserve(&archive->sums, archive->content_count) : 0;
}

/* The text may have to wait for its client as long as there is one. It is there already, so this does not fail. */
static void charge_text(struct archive *archive, const struct text *text) {
    size_t bytes = memory_held(text->capacity);
    memory_budget_give(archive->scan.budget, archive->text_bytes);
    memory_budget_charge(archive->scan.budget, bytes);
    archive->text_bytes = bytes;
}

int archive_next(struct archive *archive, struct time_slice slice, struct text *text, struct resource *file,
                 struct byte_range *range) {
    size_t length_before = text->length;
    int result = take_back(archive, file);
    if (result == 0) {
        result = reserve_sums(archive);
    }
    while (result == 0 && (archive->cursor < archive->range.end || archive->holds_last) &&
           text->length - length_before < PIECE_BYTES) {
        result = go_on(archive, slice, text, file, range);
        if (result == 0 && time_slice_is_over(slice)) {
            result = -EAGAIN;
        }
    }
    charge_text(archive, text);
    bool has_text = text->length > length_before;
    return has_text && (result == 0 || result == -EAGAIN) ? 1 : result;
}

static void seek(void *state, struct byte_range range) {
    archive_seek(state, range);
}

static int next(void *state, struct time_slice slice, struct text *text, struct resource *file,
                struct byte_range *range) {
    return archive_next(state, slice, text, file, range);
}

static void release(void *state) {
    archive_destroy(state);
}

struct body_source archive_body_source(struct archive *archive) {
    return (struct body_source){
        .state = archive, .size = archive_size(archive), .seek = seek, .next = next, .release = release};
}
