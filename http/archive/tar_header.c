/* SPDX-License-Identifier: MIT */
#include "http/archive/tar_header.h"

#include "http/base/utf8.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { RECORDS_MAX = 4, NUMBER_BYTES = 24 };

static const uint64_t octal_11_max = 077777777777; /* as much as a field of twelve bytes holds */

struct ustar {
    char name[100];
    char mode[8];
    char uid[8];
    char gid[8];
    char size[12];
    char mtime[12];
    char chksum[8];
    char typeflag;
    char linkname[100];
    char magic[6];
    char version[2];
    char uname[32];
    char gname[32];
    char devmajor[8];
    char devminor[8];
    char prefix[155];
    char unused[12];
};

static_assert(sizeof(struct ustar) == TAR_BLOCK_BYTES, "a header is one block");

/* "LENGTH KEY=VALUE\n", where LENGTH counts itself. */
struct record {
    const char *key;
    const char *value;
};

/* What of an entry stands where. */
struct layout {
    size_t prefix_length; /* of the path, if it is in two fields */
    bool path_fits;       /* into the ustar fields, byte by byte */
    struct record records[RECORDS_MAX];
    size_t record_count; /* 0: the entry needs no extended header */
    size_t records_bytes;
    char size[NUMBER_BYTES];
    char modified[NUMBER_BYTES];
};

/* --- what stands where ---------------------------------------------------------------------------------- */

static size_t record_bytes(const struct record *record) {
    size_t rest = strlen(record->key) + strlen(record->value) + strlen(" =\n");
    size_t digits = 1;
    for (size_t limit = 10; rest + digits >= limit; limit *= 10) {
        digits++;
    }
    return rest + digits;
}

static void add_record(struct layout *layout, const char *key, const char *value) {
    assert(layout->record_count < RECORDS_MAX);
    struct record *record = &layout->records[layout->record_count++];
    *record = (struct record){key, value};
    layout->records_bytes += record_bytes(record);
}

static bool is_ascii(const char *string) {
    while (*string != '\0' && (unsigned char)*string < 0x80) {
        string++;
    }
    return *string == '\0';
}

/* Find out how much of a path goes into the field `prefix`: up to a slash, which is in neither field then, so
 * that what is left fits into `name`. Returns whether the path fits at all. */
static bool divide_path(const char *path, size_t *prefix_length) {
    size_t length = strlen(path);
    *prefix_length = 0;
    if (length <= sizeof((struct ustar *)0)->name) {
        return true;
    }
    const char *slash = strchr(path + length - sizeof((struct ustar *)0)->name - 1, '/');
    if (slash == NULL || slash[1] == '\0' || slash == path) {
        return false;
    }
    *prefix_length = (size_t)(slash - path);
    return *prefix_length <= sizeof((struct ustar *)0)->prefix;
}

static uint64_t content_size(const struct archive_entry *entry) {
    return entry->is_folder ? 0 : (uint64_t)entry->size;
}

static bool time_fits(time_t time) {
    return (uint64_t)time <= octal_11_max; /* what is negative is huge then */
}

static void lay_out(struct layout *layout, const struct archive_entry *entry) {
    *layout = (struct layout){.path_fits = false};
    bool is_plain = is_ascii(entry->path);
    if (!is_plain && !utf8_is_well_formed(entry->path)) {
        add_record(layout, "hdrcharset",
                   "BINARY"); /* else records are UTF-8. First, as it changes what follows */
    }
    layout->path_fits = is_plain && divide_path(entry->path, &layout->prefix_length);
    if (!layout->path_fits) {
        layout->prefix_length = 0;
        add_record(layout, "path", entry->path);
    }
    if (content_size(entry) > octal_11_max) {
        (void)snprintf(layout->size, sizeof layout->size, "%ju", (uintmax_t)entry->size);
        add_record(layout, "size", layout->size);
    }
    if (!time_fits(entry->modified)) {
        (void)snprintf(layout->modified, sizeof layout->modified, "%jd", (intmax_t)entry->modified);
        add_record(layout, "mtime", layout->modified);
    }
}

/* --- blocks --------------------------------------------------------------------------------------------- */

/* Fill a field with octal digits, all but its last byte. */
static void put_octal(char *field, size_t size, uint64_t value) {
    for (size_t i = size - 1; i > 0; i--) {
        field[i - 1] = (char)('0' + (value & 7));
        value >>= 3;
    }
    field[size - 1] = '\0';
}

/* Fill `name` from its position `begin` on with a path, or as much of it as goes there. Readers that know the
 * extended header never see the stand-in for what is not ASCII. */
static void put_name(struct ustar *header, size_t begin, const char *path) {
    for (size_t i = begin; i < sizeof header->name && *path != '\0'; i++, path++) {
        header->name[i] = *path;
        if ((unsigned char)*path >= 0x80) {
            header->name[i] = '_';
        }
    }
}

static void append_header(struct text *out, struct ustar *header, char type, unsigned mode, uint64_t size,
                          uint64_t modified) {
    put_octal(header->mode, sizeof header->mode, mode);
    put_octal(header->uid, sizeof header->uid, 0);
    put_octal(header->gid, sizeof header->gid, 0);
    put_octal(header->size, sizeof header->size, size);
    put_octal(header->mtime, sizeof header->mtime, modified);
    put_octal(header->devmajor, sizeof header->devmajor, 0);
    put_octal(header->devminor, sizeof header->devminor, 0);
    header->typeflag = type;
    memcpy(header->magic, "ustar", sizeof header->magic);
    memcpy(header->version, "00", sizeof header->version);
    memset(header->chksum, ' ', sizeof header->chksum);
    const unsigned char *bytes = (const unsigned char *)header;
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof *header; i++) {
        sum += bytes[i];
    }
    put_octal(header->chksum, sizeof header->chksum - 1, sum); /* its last byte stays a space */
    text_append_bytes(out, (const char *)header, sizeof *header);
}

static void append_zeros(struct text *out, size_t count) {
    char *room = text_reserve(out, count);
    if (room != NULL) {
        memset(room, 0, count);
        out->length += count;
    }
}

static void append_extended_header(struct text *out, const struct layout *layout, const char *path) {
    static const char folder[] = "PaxHeaders/";
    struct ustar header = {.name = ""};
    memcpy(header.name, folder, sizeof folder - 1);
    put_name(&header, sizeof folder - 1, path);
    append_header(out, &header, 'x', 0644, layout->records_bytes, 0);
    for (size_t i = 0; i < layout->record_count; i++) {
        text_append_number(out, record_bytes(&layout->records[i]));
        text_append(out, " ");
        text_append(out, layout->records[i].key);
        text_append(out, "=");
        text_append(out, layout->records[i].value);
        text_append(out, "\n");
    }
    append_zeros(out, tar_padding_bytes((off_t)layout->records_bytes));
}

void tar_header_append(struct text *out, const struct archive_entry *entry) {
    struct layout layout;
    lay_out(&layout, entry);
    if (layout.record_count > 0) {
        append_extended_header(out, &layout, entry->path);
    }
    struct ustar header = {.name = ""};
    size_t name_begin = layout.prefix_length;
    if (layout.prefix_length > 0) {
        memcpy(header.prefix, entry->path, layout.prefix_length);
        name_begin++; /* behind the slash */
    }
    put_name(&header, 0, entry->path + name_begin);
    unsigned mode = entry->is_folder || entry->is_executable ? 0755 : 0644;
    uint64_t size = content_size(entry);
    append_header(out, &header, entry->is_folder ? '5' : '0', mode, size <= octal_11_max ? size : 0,
                  time_fits(entry->modified) ? (uint64_t)entry->modified : 0);
}

size_t tar_header_bytes(const struct archive_entry *entry) {
    struct layout layout;
    lay_out(&layout, entry);
    size_t extended_bytes = layout.record_count > 0 ? TAR_BLOCK_BYTES + layout.records_bytes +
                                                          tar_padding_bytes((off_t)layout.records_bytes)
                                                    : 0;
    return extended_bytes + TAR_BLOCK_BYTES;
}

size_t tar_padding_bytes(off_t size) {
    return (TAR_BLOCK_BYTES - (size_t)size % TAR_BLOCK_BYTES) % TAR_BLOCK_BYTES;
}

/* --- the form ------------------------------------------------------------------------------------------- */

static size_t trailer_bytes(const struct archive_entry *entry) {
    return tar_padding_bytes(entry->size);
}

static void append_trailer(struct text *out, const struct archive_entry *entry, uint32_t sum) {
    (void)sum;
    append_zeros(out, tar_padding_bytes(entry->size));
}

/* There is no directory. */
static size_t no_record_bytes(const struct archive_entry *entry) {
    (void)entry;
    return 0;
}

static void append_no_record(struct text *out, const struct archive_entry *entry, uint32_t sum) {
    (void)out;
    (void)entry;
    (void)sum;
}

static size_t end_bytes(const struct archive_totals *totals) {
    (void)totals;
    return TAR_END_BYTES;
}

static void append_end(struct text *out, const struct archive_totals *totals) {
    (void)totals;
    append_zeros(out, TAR_END_BYTES);
}

const struct archive_layout archive_layout_tar = {
    .name = "tar",
    .format = "tar 1",
    .header_bytes = tar_header_bytes,
    .append_header = tar_header_append,
    .trailer_bytes = trailer_bytes,
    .append_trailer = append_trailer,
    .record_bytes = no_record_bytes,
    .append_record = append_no_record,
    .end_bytes = end_bytes,
    .append_end = append_end,
};
