/* SPDX-License-Identifier: MIT */
#include "http/base/escape.h"
#include "http/base/json_writer.h"
#include "http/listing/form.h"
#include "http/semantics/date.h"

static const char *const sort_names[] = {
    [LISTING_BY_NAME] = "name", [LISTING_BY_SIZE] = "size", [LISTING_BY_TIME] = "time"};

static json_t *folder_path(const struct listing_page *page) {
    struct text path = {0};
    text_append(&path, "/");
    text_append(&path, page->path);
    json_t *string = path.failed ? NULL : json_writer_string((struct view){path.bytes, path.length});
    text_deinit(&path);
    return string;
}

static json_t *page_reference(const struct listing_page *page, size_t offset) {
    struct listing_query query = *page->query;
    query.offset = offset;
    /* Also for a client that asked by Accept: the link may be followed by another one. */
    query.format = LISTING_JSON;
    struct text reference = {0};
    listing_query_write(&reference, &query);
    json_t *string =
        reference.failed ? NULL : json_writer_string((struct view){reference.bytes, reference.length});
    text_deinit(&reference);
    return string;
}

static json_t *next_page(const struct listing_page *page) {
    size_t limit = listing_page_limit(page);
    size_t offset = page->query->offset + limit;
    bool exists = limit > 0 && offset < page->all_row_count && offset <= LISTING_OFFSET_MAX;
    return exists ? page_reference(page, offset) : json_null();
}

/* Of an offset behind the last row it is the page that ends with that row. */
static json_t *previous_page(const struct listing_page *page) {
    size_t end = page->query->offset < page->all_row_count ? page->query->offset : page->all_row_count;
    size_t limit = listing_page_limit(page);
    size_t offset = limit > 0 && end > limit ? end - limit : 0;
    return end > 0 ? page_reference(page, offset) : json_null();
}

/* JSON knows numbers of any size, its readers not: nobody has so many bytes, but sparse files may say so. */
static json_t *file_bytes(const struct listing_totals *totals) {
    bool has_number = totals->bytes_are_known && totals->file_bytes <= INT64_MAX;
    return has_number ? json_integer((json_int_t)totals->file_bytes) : json_null();
}

static json_t *count(size_t number) {
    return json_integer((json_int_t)number);
}

static json_t *limit_of(const struct listing_page *page) {
    size_t limit = listing_page_limit(page);
    return limit > 0 ? count(limit) : json_null();
}

/* The object is open at its end: the rows follow in its last member. */
static void write_begin(struct text *out, const struct listing_page *page) {
    json_t *head = json_object();
    json_writer_set(&head, "path", folder_path(page));
    json_writer_set(&head, "sort", json_string(sort_names[page->query->sort]));
    json_writer_set(&head, "order", json_string(page->query->descending ? "desc" : "asc"));
    json_writer_set(&head, "offset", count(page->query->offset));
    json_writer_set(&head, "limit", limit_of(page));
    json_writer_set(&head, "total", count(page->all_row_count));
    json_writer_set(&head, "folders", count(page->totals.folder_count));
    json_writer_set(&head, "files", count(page->totals.file_count));
    json_writer_set(&head, "bytes", file_bytes(&page->totals));
    json_writer_set(&head, "next", next_page(page));
    json_writer_set(&head, "previous", previous_page(page));
    text_append(out, "{");
    json_writer_append(out, head, JSON_EMBED);
    text_append(out, ", \"entries\": [");
}

static json_t *href(const struct folder_entry *entry) {
    struct text reference = {0};
    escape_url_path(&reference, view_of(entry->name));
    text_append(&reference, entry->is_folder ? "/" : "");
    json_t *string = reference.failed ? NULL : json_stringn_nocheck(reference.bytes, reference.length);
    text_deinit(&reference);
    return string;
}

static json_t *modified(const struct folder_entry *entry) {
    char date[DATE_RFC3339_BYTES];
    bool has_date = date_format_rfc3339(entry->modified.tv_sec, date);
    return has_date ? json_string_nocheck(date) : json_null();
}

static json_t *media_type(const struct listing_page *page, const struct folder_entry *entry) {
    struct view type = {NULL, 0};
    if (!entry->is_folder) {
        type = media_type_of_name(page->media_types, entry->name)->name;
    }
    return type.bytes != NULL ? json_writer_string(type) : json_null();
}

static void write_row(struct text *out, const struct listing_page *page, size_t index) {
    const struct folder_entry *entry = &page->rows[index];
    json_t *row = json_object();
    json_writer_set(&row, "name", json_writer_string(view_of(entry->name)));
    json_writer_set(&row, "href", href(entry));
    json_writer_set(&row, "type", json_string(entry->is_folder ? "folder" : "file"));
    json_writer_set(&row, "size", entry->is_folder ? json_null() : json_integer(entry->size));
    json_writer_set(&row, "modified", modified(entry));
    json_writer_set(&row, "media_type", media_type(page, entry));
    text_append(out, index == 0 ? "\n" : ",\n");
    json_writer_append(out, row, 0);
}

static void write_end(struct text *out, const struct listing_page *page) {
    text_append(out, page->row_count > 0 ? "\n]}\n" : "]}\n");
}

const struct listing_form listing_json = {
    .content_type = "application/json",
    .begin = write_begin,
    .row = write_row,
    .end = write_end,
};
