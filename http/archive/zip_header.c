/* SPDX-License-Identifier: MIT */
#include "http/archive/zip_header.h"

#include "http/base/utf8.h"
#include "http/semantics/date.h"

#include <string.h>
#include <sys/stat.h>

enum {
    LOCAL_BYTES = 30,
    RECORD_BYTES = 46,
    DESCRIPTOR_BYTES = 16,
    LARGE_DESCRIPTOR_BYTES = 24,
    END_BYTES = 22,
    LARGE_END_BYTES = 56 + 20, /* the end of zip64 and what leads to it */

    EXTRA_HEAD_BYTES = 4,
    TIME_BYTES = EXTRA_HEAD_BYTES + 5,
    LARGE_SIZES_BYTES = EXTRA_HEAD_BYTES + 16,

    EXTRA_LARGE = 0x0001,
    EXTRA_TIME = 0x5455,
    TIME_IS_OF_MODIFICATION = 1,

    FLAG_DESCRIPTOR = 1 << 3,
    FLAG_UTF8 = 1 << 11,
    VERSION = 20, /* that reads folders; and files with zip64 */
    VERSION_LARGE = 45,
    MADE_ON_UNIX = 3 << 8,
    ATTRIBUTE_FOLDER = 0x10, /* of MS-DOS */

    MAX_16 = 0xFFFF
};

static const uint32_t max_32 = 0xFFFFFFFF; /* this itself says: look into the zip64 field */

/* --- what stands where ---------------------------------------------------------------------------------- */

static bool is_large(off_t number) {
    return (uint64_t)number >= max_32;
}

static bool has_content(const struct archive_entry *entry) {
    return entry->size > 0;
}

/* The field has room for 32 bits with a sign. Beyond, there is only the time of MS-DOS. */
static bool has_time(const struct archive_entry *entry) {
    return INT32_MIN <= entry->modified && entry->modified <= INT32_MAX;
}

static size_t time_bytes(const struct archive_entry *entry) {
    return has_time(entry) ? TIME_BYTES : 0;
}

static size_t local_extra_bytes(const struct archive_entry *entry) {
    return time_bytes(entry) + (is_large(entry->size) ? LARGE_SIZES_BYTES : 0);
}

/* Of the zip64 field in the directory, without its head. */
static size_t large_numbers_bytes(const struct archive_entry *entry) {
    return (is_large(entry->size) ? 16U : 0U) + (is_large(entry->begin) ? 8U : 0U);
}

static size_t record_extra_bytes(const struct archive_entry *entry) {
    size_t large_bytes = large_numbers_bytes(entry);
    return time_bytes(entry) + (large_bytes > 0 ? EXTRA_HEAD_BYTES + large_bytes : 0);
}

static size_t header_bytes(const struct archive_entry *entry) {
    return LOCAL_BYTES + strlen(entry->path) + local_extra_bytes(entry);
}

static size_t trailer_bytes(const struct archive_entry *entry) {
    if (!has_content(entry)) {
        return 0;
    }
    return is_large(entry->size) ? LARGE_DESCRIPTOR_BYTES : DESCRIPTOR_BYTES;
}

static size_t record_bytes(const struct archive_entry *entry) {
    return RECORD_BYTES + strlen(entry->path) + record_extra_bytes(entry);
}

static bool has_large_end(const struct archive_totals *totals) {
    return totals->entry_count >= MAX_16 || is_large(totals->directory_begin) ||
           is_large(totals->directory_end - totals->directory_begin);
}

static size_t end_bytes(const struct archive_totals *totals) {
    return END_BYTES + (has_large_end(totals) ? LARGE_END_BYTES : 0);
}

/* --- bytes ---------------------------------------------------------------------------------------------- */

/* Append a number of so many bytes, the lowest first. */
static void put(struct text *out, uint64_t number, size_t size) {
    char bytes[sizeof number];
    for (size_t i = 0; i < size; i++) {
        bytes[i] = (char)(number >> (8 * i));
    }
    text_append_bytes(out, bytes, size);
}

static void put_16(struct text *out, uint64_t number) {
    put(out, number, 2);
}

static void put_32(struct text *out, uint64_t number) {
    put(out, number, 4);
}

static void put_64(struct text *out, off_t number) {
    put(out, (uint64_t)number, 8);
}

/* A number that may stand in the zip64 field instead. */
static void put_32_or_large(struct text *out, off_t number) {
    put_32(out, is_large(number) ? max_32 : (uint64_t)number);
}

/* Both signatures begin with this. */
static void put_signature(struct text *out, char third, char fourth) {
    char bytes[] = {'P', 'K', third, fourth};
    text_append_bytes(out, bytes, sizeof bytes);
}

/* The version that a reader must have, the flags, the method (stored), the time. Whoever knows none of the
 * flags for names takes a name that is no UTF-8 as its bytes. */
static void put_common(struct text *out, const struct archive_entry *entry, bool large) {
    unsigned flags =
        (has_content(entry) ? FLAG_DESCRIPTOR : 0U) | (utf8_is_well_formed(entry->path) ? FLAG_UTF8 : 0U);
    put_16(out, large ? VERSION_LARGE : VERSION);
    put_16(out, flags);
    put_16(out, 0);
    put_32(out, date_pack_fat(entry->modified));
}

static void put_time(struct text *out, const struct archive_entry *entry) {
    if (has_time(entry)) {
        put_16(out, EXTRA_TIME);
        put_16(out, TIME_BYTES - EXTRA_HEAD_BYTES);
        put(out, TIME_IS_OF_MODIFICATION, 1);
        put_32(out, (uint64_t)entry->modified);
    }
}

/* Of an entry with a descriptor the sum and the sizes are 0 here, and are told behind the content (4.4.4). */
static void append_header(struct text *out, const struct archive_entry *entry) {
    bool large = is_large(entry->size);
    put_signature(out, 3, 4);
    put_common(out, entry, large);
    put_32(out, 0);
    put_32(out, large ? max_32 : 0);
    put_32(out, large ? max_32 : 0);
    put_16(out, strlen(entry->path));
    put_16(out, local_extra_bytes(entry));
    text_append(out, entry->path);
    put_time(out, entry);
    if (large) {
        put_16(out, EXTRA_LARGE);
        put_16(out, LARGE_SIZES_BYTES - EXTRA_HEAD_BYTES);
        put_64(out, 0);
        put_64(out, 0);
    }
}

static void append_trailer(struct text *out, const struct archive_entry *entry, uint32_t sum) {
    if (!has_content(entry)) {
        return;
    }
    size_t size_bytes = is_large(entry->size) ? 8 : 4;
    put_signature(out, 7, 8);
    put_32(out, sum);
    put(out, (uint64_t)entry->size, size_bytes);
    put(out, (uint64_t)entry->size, size_bytes);
}

static void put_large_numbers(struct text *out, const struct archive_entry *entry) {
    size_t bytes = large_numbers_bytes(entry);
    if (bytes == 0) {
        return;
    }
    put_16(out, EXTRA_LARGE);
    put_16(out, bytes);
    if (is_large(entry->size)) {
        put_64(out, entry->size);
        put_64(out, entry->size);
    }
    if (is_large(entry->begin)) {
        put_64(out, entry->begin);
    }
}

static uint64_t attributes(const struct archive_entry *entry) {
    mode_t mode = entry->is_folder || entry->is_executable ? 0755 : 0644;
    mode |= entry->is_folder ? S_IFDIR : S_IFREG;
    return (uint64_t)mode << 16 | (entry->is_folder ? ATTRIBUTE_FOLDER : 0U);
}

static void append_record(struct text *out, const struct archive_entry *entry, uint32_t sum) {
    put_signature(out, 1, 2);
    put_16(out, MADE_ON_UNIX | VERSION_LARGE);
    put_common(out, entry, large_numbers_bytes(entry) > 0);
    put_32(out, sum);
    put_32_or_large(out, entry->size);
    put_32_or_large(out, entry->size);
    put_16(out, strlen(entry->path));
    put_16(out, record_extra_bytes(entry));
    put_16(out, 0); /* no comment */
    put_16(out, 0); /* on the first disk */
    put_16(out, 0); /* not known to be text */
    put_32(out, attributes(entry));
    put_32_or_large(out, entry->begin);
    text_append(out, entry->path);
    put_time(out, entry);
    put_large_numbers(out, entry);
}

static void append_large_end(struct text *out, const struct archive_totals *totals) {
    put_signature(out, 6, 6);
    put(out, 56 - 12, 8); /* what follows this number */
    put_16(out, MADE_ON_UNIX | VERSION_LARGE);
    put_16(out, VERSION_LARGE);
    put_32(out, 0);
    put_32(out, 0);
    put(out, totals->entry_count, 8);
    put(out, totals->entry_count, 8);
    put_64(out, totals->directory_end - totals->directory_begin);
    put_64(out, totals->directory_begin);
    put_signature(out, 6, 7);
    put_32(out, 0);
    put_64(out, totals->directory_end);
    put_32(out, 1);
}

static void append_end(struct text *out, const struct archive_totals *totals) {
    if (has_large_end(totals)) {
        append_large_end(out, totals);
    }
    size_t count = totals->entry_count < MAX_16 ? totals->entry_count : MAX_16;
    put_signature(out, 5, 6);
    put_32(out, 0); /* of one disk */
    put_16(out, count);
    put_16(out, count);
    put_32_or_large(out, totals->directory_end - totals->directory_begin);
    put_32_or_large(out, totals->directory_begin);
    put_16(out, 0); /* no comment */
}

const struct archive_layout archive_layout_zip = {
    .name = "zip",
    .format = "zip 1",
    .has_sums = true,
    .header_bytes = header_bytes,
    .append_header = append_header,
    .trailer_bytes = trailer_bytes,
    .append_trailer = append_trailer,
    .record_bytes = record_bytes,
    .append_record = append_record,
    .end_bytes = end_bytes,
    .append_end = append_end,
};
