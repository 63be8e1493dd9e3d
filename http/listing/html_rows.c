/* SPDX-License-Identifier: MIT */
#include "http/listing/html_rows.h"

#include "http/base/escape.h"
#include "http/listing/file_kind.h"
#include "http/pages/human_number.h"
#include "http/pages/page.h"
#include "http/semantics/date.h"

void listing_html_rows_write_view(struct text *out, const struct listing_page *page) {
    struct listing_query query = {.view = page->query->view};
    if (query.view != LISTING_VIEW_AUTO) {
        listing_query_write(out, &query);
    }
}

/* A ':' is percent-encoded, so that no name looks like a scheme (RFC 3986 section 4.2) and none needs "./"
 * before it, which programs that read listings do not expect. */
void listing_html_rows_write_reference(struct text *out, const char *name, bool is_folder) {
    escape_url_path(out, view_of(name));
    if (is_folder) {
        text_append(out, "/");
    }
}

/* Seconds and, where there is one, the fraction without its last zeros: the script sorts by it as the server
 * does. */
static void write_seconds(struct text *out, struct timespec time) {
    if (time.tv_sec < 0) {
        text_append(out, "-");
        text_append_number(out, (uint64_t)0 - (uint64_t)time.tv_sec);
        return; /* a fraction counts upward, and would have to be turned round: nobody sees it */
    }
    text_append_number(out, (uint64_t)time.tv_sec);
    long rest = time.tv_nsec;
    char fraction[10] = ".";
    size_t length = 1;
    for (; rest > 0 && length < sizeof fraction; rest = rest * 10 % 1000000000) {
        fraction[length++] = (char)('0' + rest / 100000000);
    }
    text_append_bytes(out, fraction, length > 1 ? length : 0);
}

static void write_size(struct text *out, const struct folder_entry *entry) {
    if (entry->is_folder) {
        text_append(out, "<td class=size>");
        return;
    }
    text_append(out, "<td class=size title=\"");
    human_number_append_count(out, (uint64_t)entry->size, "byte");
    text_append(out, "\">");
    human_number_append_size(out, (uint64_t)entry->size);
}

/* In UTC; the script makes the reader's own time of it. A year that has no such form is left out. */
static void write_time(struct text *out, time_t seconds) {
    char date[DATE_RFC3339_BYTES]; /* "1994-11-06T08:49:37Z" */
    text_append(out, "<td class=time>");
    if (!date_format_rfc3339(seconds, date)) {
        return;
    }
    text_append(out, "<time datetime=");
    text_append_bytes(out, date, DATE_RFC3339_LENGTH);
    text_append(out, ">");
    text_append_bytes(out, date, 10);
    text_append(out, " ");
    text_append_bytes(out, date + 11, 5);
    text_append(out, "</time>");
}

/* The attributes of a row. */
static void write_data(struct text *out, const struct folder_entry *entry, const char *kind) {
    text_append(out, entry->is_folder ? " class=\"entry folder\" data-kind=" : " class=entry data-kind=");
    text_append(out, kind);
    text_append(out, " data-size=");
    if (entry->is_folder) {
        text_append(out, "-1");
    } else {
        text_append_number(out, (uint64_t)entry->size);
    }
    text_append(out, " data-time=");
    write_seconds(out, entry->modified);
    text_append(out, ">");
}

/* Whether nothing of a name can be seen: blanks of whatever width alone. */
static bool is_blank(const char *name) {
    static const char *const blanks[] = {" ",
                                         "\xC2\xA0",
                                         "\xE1\x9A\x80",
                                         "\xE2\x80\xA8",
                                         "\xE2\x80\xA9",
                                         "\xE2\x80\xAF",
                                         "\xE2\x81\x9F",
                                         "\xE2\x81\xA0",
                                         "\xE3\x80\x80",
                                         "\xEF\xBB\xBF"};
    size_t length = 0;
    do {
        name += length;
        length = strncmp(name, "\xE2\x80", 2) == 0 && (unsigned char)name[2] >= 0x80 &&
                         (unsigned char)name[2] <= 0x8D
                     ? 3
                     : 0;
        for (size_t i = 0; length == 0 && i < sizeof blanks / sizeof blanks[0]; i++) {
            length = strncmp(name, blanks[i], strlen(blanks[i])) == 0 ? strlen(blanks[i]) : 0;
        }
    } while (length > 0);
    return *name == '\0';
}

/* The link to an entry, as Apache and nginx write it: programs take it for one of the list if its text is the
 * name that it leads to, with a slash or without, and some only if href is its first attribute. So all else
 * stands outside of it. Screen readers would say nothing of a name of blanks. */
static void write_link(struct text *out, const struct listing_page *page, const struct folder_entry *entry) {
    text_append(out, "<bdi class=label><a href=\"");
    listing_html_rows_write_reference(out, entry->name, entry->is_folder);
    if (entry->is_folder) {
        listing_html_rows_write_view(out, page);
    }
    text_append(out, is_blank(entry->name) ? "\" aria-label=\"A name of blanks\">" : "\">");
    escape_html(out, view_of(entry->name));
    text_append(out, entry->is_folder ? "/</a></bdi>" : "</a></bdi>");
}

static void write_line(struct text *out, const struct listing_page *page, const struct folder_entry *entry,
                       const char *kind) {
    text_append(out, "<tr");
    write_data(out, entry, kind);
    text_append(out, "<td class=name>");
    page_write_icon(out, kind);
    write_link(out, page, entry);
    write_size(out, entry);
    write_time(out, entry->modified.tv_sec);
    text_append(out, "\n");
}

static void write_tile(struct text *out, const struct listing_page *page, const struct folder_entry *entry,
                       const char *kind, bool is_picture) {
    text_append(out, "<li");
    write_data(out, entry, kind);
    if (is_picture) {
        text_append(out, "<img loading=lazy decoding=async src=\"");
        listing_html_rows_write_reference(out, entry->name, false);
        text_append(out, "\" alt=\"\">");
    } else {
        page_write_icon(out, kind);
    }
    write_link(out, page, entry);
    text_append(out, "\n");
}

void listing_html_rows_write(struct text *out, const struct listing_page *page, size_t index) {
    const struct folder_entry *entry = &page->rows[index];
    enum file_kind kind = FILE_KIND_FOLDER;
    bool is_picture = false;
    if (!entry->is_folder) {
        const struct media_type *type = media_type_of_name(page->media_types, entry->name);
        kind = file_kind_of(entry->name, type->may_be_text ? (struct view){NULL, 0} : type->name);
        is_picture = file_kind_is_picture(type->name);
    }
    if (page->is_grid) {
        write_tile(out, page, entry, file_kind_word(kind), is_picture);
    } else {
        write_line(out, page, entry, file_kind_word(kind));
    }
}

void listing_html_rows_write_up(struct text *out, const struct listing_page *page) {
    text_append(out, page->is_grid ? "<li class=up>" : "<tr class=up><td class=name colspan=3>");
    page_write_icon(out, "up");
    text_append(out, "<span class=label><a href=\"../");
    listing_html_rows_write_view(out, page);
    text_append(out, "\">Parent folder</a></span>\n");
}
