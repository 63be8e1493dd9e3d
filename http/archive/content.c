/* SPDX-License-Identifier: MIT */
#include "http/archive/content.h"

#include "http/archive/state.h"
#include "http/base/clock.h"
#include "http/files/tree_walk.h"

#include <errno.h>

enum {
    SMALL_CONTENT_BYTES = 16 * 1024, /* to be copied into the text: an extra piece costs more than that */
    STEP_BYTES = 32 * 1024           /* to be read and summed at once, within a slice */
};

static off_t lesser(off_t a, off_t b) {
    return a < b ? a : b;
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

/* Read bytes of the file to where the text ends, without making it longer. Returns 0 and sets *bytes, or a
 * negative errno. */
static int read_range(const struct resource *file, struct byte_range range, struct text *text, char **bytes) {
    size_t size = (size_t)(range.end - range.begin);
    *bytes = text_reserve(text, size);
    if (*bytes == NULL) {
        return -ENOMEM;
    }
    ssize_t length = resource_read(file, *bytes, size, size, range.begin);
    if (length < 0) {
        return failure_of_read((int)length);
    }
    return (size_t)length == size ? 0 : -ESTALE; /* it has shrunk */
}

static int append_small(const struct resource *file, struct byte_range range, struct text *text) {
    struct file_version version = file_version_of(file);
    char *bytes = NULL;
    int result = read_range(file, range, text, &bytes);
    if (result != 0) {
        return result;
    }
    text->length += (size_t)(range.end - range.begin);
    return file_version_is_current(&version, file->fd) ? 0 : -ESTALE;
}

/* Go on with the content: into the text if it is short, else as a file. A file can be checked only after it
 * has been sent. Therefore the last byte of a range never comes as a file: it is read, and sent after the
 * check. */
int archive_content_send(struct archive *archive, struct text *text, struct resource *file,
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
        result = append_small(&opened, wanted, text);
        resource_close(&opened);
        return result;
    }
    result = resource_try(&opened, wanted.begin);
    if (result != 0) {
        resource_close(&opened);
        return failure_of_read(result);
    }
    archive->sent = file_version_of(&opened);
    tree_walk_rest(
        archive->scan.walk); /* so that a client of an archive never holds more than one of a file */
    *file = opened;
    *range = wanted;
    return 1;
}

/* --- contents that are summed --------------------------------------------------------------------------- */

void archive_content_forget(struct archive *archive) {
    resource_close(&archive->reading.file);
    archive->reading.is_done = false;
}

static int begin_reading(struct archive *archive, off_t begin) {
    struct archive_reading *reading = &archive->reading;
    int result = open_content(archive, &reading->file);
    if (result == 0) {
        reading->version = file_version_of(&reading->file);
        reading->at = begin;
        reading->sum = 0;
    }
    return result;
}

/* All has been read. A sum of the whole content is kept. */
static int end_reading(struct archive *archive, bool is_whole) {
    struct archive_reading *reading = &archive->reading;
    bool is_current = file_version_is_current(&reading->version, reading->file.fd);
    resource_close(&reading->file);
    reading->is_done = true;
    if (is_whole) {
        archive_sums_keep(&archive->sums, archive->scan.content_count - 1, reading->sum);
    }
    return is_current ? 0 : -ESTALE;
}

/* Read one step of these bytes of the content. Those before `shown` are only summed, the others appended. */
static int read_step(struct archive *archive, struct byte_range range, off_t shown, struct text *text) {
    struct archive_reading *reading = &archive->reading;
    int result = reading->file.fd < 0 ? begin_reading(archive, range.begin) : 0;
    if (result != 0) {
        return result;
    }
    bool is_shown = reading->at >= shown;
    off_t end = lesser(is_shown ? range.end : lesser(shown, range.end), reading->at + STEP_BYTES);
    char *bytes = NULL;
    result = read_range(&reading->file, (struct byte_range){reading->at, end}, text, &bytes);
    if (result != 0) {
        return result;
    }
    size_t length = (size_t)(end - reading->at);
    reading->sum = archive_sums_add(reading->sum, bytes, length);
    reading->at = end;
    if (is_shown) {
        text->length += length;
        archive->cursor += (off_t)length;
    }
    bool is_whole = range.begin == 0 && range.end == archive->scan.entry.size;
    return end == range.end ? end_reading(archive, is_whole) : 0;
}

int archive_content_read(struct archive *archive, struct text *text) {
    const struct archive_scan *scan = &archive->scan;
    off_t shown = archive->cursor - scan->content_begin;
    bool needs_sum = archive->range.end > scan->content_end;
    struct byte_range range = {needs_sum ? 0 : shown,
                               lesser(scan->content_end, archive->range.end) - scan->content_begin};
    return read_step(archive, range, shown, text);
}

int archive_content_sum(struct archive *archive, struct text *text, uint32_t *sum) {
    off_t size = archive->scan.entry.size;
    bool is_known = size == 0 || archive->reading.is_done;
    if (is_known) {
        *sum = size == 0 ? 0 : archive->reading.sum;
    } else if (archive_sums_find(&archive->sums, archive->scan.content_count - 1, sum)) {
        is_known = true;
    }
    if (is_known) {
        return 1;
    }
    return read_step(archive, (struct byte_range){0, size}, size, text);
}
