/* SPDX-License-Identifier: MIT */
#include "http/archive/archive.h"
#include "http/archive/state.h"
#include "http/base/clock.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
    PIECE_BYTES = 64 * 1024,
    SMALL_CONTENT_BYTES = 16 * 1024, /* to be copied into the text: an extra piece costs more than that */
};

void archive_seek(struct archive *archive, struct byte_range range) {
    assert(archive->is_measured && 0 <= range.begin && range.begin < range.end && range.end <= archive->size);
    archive_scan_restart(&archive->scan);
    archive->range = range;
    archive->cursor = range.begin;
    archive->is_scanned = false;
    archive->holds_last = false;
}

static off_t lesser(off_t a, off_t b) {
    return a < b ? a : b;
}

/* Append zeros up to this place of the archive. */
static void append_zeros(struct archive *archive, off_t end, struct text *text) {
    size_t length = (size_t)(end - archive->cursor);
    char *room = text_reserve(text, length);
    if (room != NULL) {
        memset(room, 0, length);
        text->length += length;
    }
    archive->cursor = end;
}

/* Append what the range has of the header. */
static void append_header(struct archive *archive, struct text *text) {
    const struct archive_scan *scan = &archive->scan;
    struct tar_entry entry = archive_scan_tar_entry(scan);
    off_t end = lesser(scan->content_begin, archive->range.end);
    size_t length_before = text->length;
    tar_header_append(text, &entry);
    if (!text->failed) {
        char *header = text->bytes + length_before;
        size_t length = (size_t)(end - archive->cursor);
        memmove(header, header + (archive->cursor - scan->begin), length);
        text->length = length_before + length;
    }
    archive->cursor = end;
}

/* Open the file of the entry, if it is what the scan has seen. */
static int open_content(const struct archive *archive, struct resource *file) {
    const struct folder_entry *entry = &archive->scan.entry;
    enum http_status status = resource_open(archive->scan.root, archive->scan.path, file);
    switch (status) {
    case HTTP_OK:
        break;
    case HTTP_NOT_FOUND:
    case HTTP_FORBIDDEN:
        return -ESTALE;
    case HTTP_SERVICE_UNAVAILABLE:
        return -EMFILE; /* or -ENOMEM: not for long */
    default:
        return -EIO;
    }
    if (file->is_folder || file->size != entry->size || clock_compare(file->modified, entry->modified) != 0 ||
        clock_compare(file->changed, entry->changed) != 0) {
        resource_close(file);
        return -ESTALE;
    }
    return 0;
}

/* A disk that says EAGAIN is no slice that is over. */
static int failure_of_read(int result) {
    return result == -EAGAIN ? -EIO : result;
}

static int read_content(const struct resource *file, struct byte_range range, struct text *text) {
    struct file_version version = file_version_of(file);
    size_t size = (size_t)(range.end - range.begin);
    char *room = text_reserve(text, size);
    if (room == NULL) {
        return -ENOMEM;
    }
    ssize_t length = resource_read(file, room, size, size, range.begin);
    if (length < 0) {
        return failure_of_read((int)length);
    }
    text->length += (size_t)length;
    if ((size_t)length < size) {
        return -ESTALE; /* it has shrunk */
    }
    return file_version_is_current(&version, file->fd) ? 0 : -ESTALE;
}

/* Go on with the content: into the text if it is short, else as a file. A file can be checked only after it
 * has been sent. Therefore the last byte of a range never comes as a file: it is read, and sent after the
 * check. Returns 1 with a file, 0, or a negative errno. */
static int append_content(struct archive *archive, struct text *text, struct resource *file,
                          struct byte_range *range) {
    off_t content_begin = archive->scan.content_begin;
    off_t end = lesser(archive->scan.content_end, archive->range.end);
    struct resource opened;
    int result = open_content(archive, &opened);
    if (result != 0) {
        return result;
    }
    bool is_small = end - archive->cursor <= SMALL_CONTENT_BYTES;
    if (!is_small && end == archive->range.end) {
        end--;
    }
    struct byte_range wanted = {archive->cursor - content_begin, end - content_begin};
    archive->cursor = end;
    if (is_small) {
        result = read_content(&opened, wanted, text);
        resource_close(&opened);
        return result;
    }
    result = resource_try(&opened, wanted.begin);
    if (result != 0) {
        resource_close(&opened);
        return failure_of_read(result);
    }
    archive->sent = file_version_of(&opened);
    *file = opened;
    *range = wanted;
    return 1;
}

/* Append what the range has of the entry, up to where a file has to be sent. Returns as append_content()
 * does. */
static int append_entry(struct archive *archive, struct text *text, struct resource *file,
                        struct byte_range *range) {
    const struct archive_scan *scan = &archive->scan;
    off_t end = lesser(scan->end, archive->range.end);
    int result = 0;
    while (archive->cursor < end && result == 0) {
        if (archive->cursor < scan->content_begin) {
            append_header(archive, text);
        } else if (archive->cursor < scan->content_end) {
            result = append_content(archive, text, file, range);
        } else {
            append_zeros(archive, end, text);
        }
    }
    return result;
}

/* Behind the last entry it shows whether all was as it had been measured. */
static int compare_scans(const struct archive *archive) {
    char state[DIGEST_HEX_BYTES];
    digest_write(archive->scan.state, state);
    return strcmp(state, archive->state) == 0 ? 0 : -ESTALE;
}

/* Go on to the next entry. Returns 0, also when there is no other, or a negative errno. */
static int turn_to_next_entry(struct archive *archive, struct time_slice slice) {
    int result = archive_scan_next(&archive->scan, slice);
    if (result == 0) {
        archive->is_scanned = true;
        return compare_scans(archive);
    }
    if (result < 0) {
        return result;
    }
    bool is_as_measured = clock_compare(archive->scan.entry.changed, archive->youngest) <= 0 &&
                          archive->scan.end + TAR_END_BYTES <= archive->size;
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
        append_zeros(archive, archive->range.end, text);
    } else if (archive->cursor < lesser(archive->scan.end, archive->range.end)) {
        result = append_entry(archive, text, file, range);
        if (result == 0 && archive->cursor == archive->range.end && !text->failed) {
            hold_back(archive, text);
        }
    } else {
        result = turn_to_next_entry(archive, slice);
    }
    return text->failed ? -ENOMEM : result;
}

int archive_next(struct archive *archive, struct time_slice slice, struct text *text, struct resource *file,
                 struct byte_range *range) {
    size_t length_before = text->length;
    int result = take_back(archive, file);
    while (result == 0 && (archive->cursor < archive->range.end || archive->holds_last) &&
           text->length - length_before < PIECE_BYTES) {
        result = go_on(archive, slice, text, file, range);
        if (result == 0 && time_slice_is_over(slice)) {
            result = -EAGAIN;
        }
    }
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
