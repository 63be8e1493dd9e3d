/* SPDX-License-Identifier: MIT */
#include "http/listing/html_tools.h"

#include "http/base/escape.h"
#include "http/listing/html_button.h"
#include "http/pages/human_number.h"
#include "http/pages/page.h"

/* --- totals and filter ---------------------------------------------------------------------------------- */

static void write_totals(struct text *out, const struct listing_page *page) {
    const struct listing_totals *totals = &page->totals;
    text_append(out, "<p id=\"totals\">");
    if (totals->folder_count > 0) {
        human_number_append_count(out, totals->folder_count, "folder");
        text_append(out, totals->file_count > 0 ? ", " : "");
    }
    if (totals->file_count > 0 || totals->folder_count == 0) {
        human_number_append_count(out, totals->file_count, "file");
    }
    if (totals->file_count > 0 && totals->bytes_are_known) {
        text_append(out, ", <span title=\"");
        human_number_append_count(out, totals->file_bytes, "byte");
        text_append(out, "\">");
        human_number_append_size(out, totals->file_bytes);
        text_append(out, "</span>");
    }
    text_append(out, "</p>\n");
}

static void write_filter(struct text *out, const struct listing_query *query) {
    struct listing_query kept = *query;
    kept.offset = 0;
    kept.filter[0] = '\0';
    text_append(out, "<form id=\"filter-form\" role=\"search\">");
    listing_html_button_write_fields(out, &kept);
    text_append(out, "<button type=\"submit\" aria-label=\"Filter\">");
    page_write_icon(out, "find");
    text_append(out, "</button><input id=\"filter\" type=\"search\" name=\"filter\" value=\"");
    escape_html(out, view_of(query->filter));
    text_append(out, "\" maxlength=\"");
    text_append_number(out, LISTING_FILTER_BYTES);
    text_append(out,
                "\" placeholder=\"Filter by name\" aria-label=\"Filter by name\" aria-keyshortcuts=\"/\" "
                "autocomplete=\"off\" autocapitalize=\"none\" spellcheck=\"false\"></form>\n");
}

/* --- views and download --------------------------------------------------------------------------------- */

static void write_view(struct text *out, const struct listing_page *page, enum listing_view view) {
    static const char *const attributes[2][2] = {
        {"id=\"view-list\" title=\"As a list\" aria-label=\"List\"",
         "id=\"view-list\" title=\"As a list\" aria-label=\"List\" aria-current=\"true\""},
        {"id=\"view-grid\" title=\"As a grid\" aria-label=\"Grid\"",
         "id=\"view-grid\" title=\"As a grid\" aria-label=\"Grid\" aria-current=\"true\""},
    };
    bool is_grid = view == LISTING_VIEW_GRID;
    struct listing_query query = *page->query;
    query.view = view;
    listing_html_button_begin(out, &query, attributes[is_grid][is_grid == page->is_grid]);
    page_write_icon(out, is_grid ? "grid" : "list");
    listing_html_button_end(out);
}

static void write_download(struct text *out, enum listing_download form, const char *attributes) {
    struct listing_query query = {.limit = LISTING_LIMIT_STANDARD, .download = form};
    listing_html_button_begin(out, &query, attributes);
    if (form == LISTING_DOWNLOAD_TAR) {
        page_write_icon(out, "save");
        text_append(out, "Download ");
    }
    text_append(out, form == LISTING_DOWNLOAD_TAR ? "tar" : "zip");
    listing_html_button_end(out);
}

static void write_downloads(struct text *out) {
    text_append(out, "<div class=\"downloads\" role=\"group\" aria-label=\"Download\">");
    write_download(out, LISTING_DOWNLOAD_TAR,
                   "id=\"download\" title=\"This folder and all that is in it, as a tar archive\"");
#if LIDO_HAVE_ZLIB
    write_download(out, LISTING_DOWNLOAD_ZIP,
                   "id=\"download-zip\" title=\"This folder and all that is in it, as a zip archive\" "
                   "aria-label=\"Download zip\"");
#endif
    text_append(out, "</div>\n");
}

/* --- orders --------------------------------------------------------------------------------------------- */

static const struct column {
    enum listing_sort sort;
    const char *id;
    const char *label;
    bool descends; /* at the first click: the largest, the newest */
} columns[] = {
    {LISTING_BY_NAME, "sort-name", "Name", false},
    {LISTING_BY_SIZE, "sort-size", "Size", true},
    {LISTING_BY_TIME, "sort-time", "Modified<noscript> (UTC)</noscript>", true},
};

static const char *order_word(const struct listing_query *query) {
    return query->descending ? "descending" : "ascending";
}

static void write_sort_button(struct text *out, const struct listing_page *page,
                              const struct column *column) {
    bool is_active = column->sort == page->query->sort;
    struct listing_query query = *page->query;
    query.sort = column->sort;
    query.descending = is_active ? !query.descending : column->descends;
    query.offset = 0;
    struct text attributes = {0};
    text_append(&attributes, "id=\"");
    text_append(&attributes, column->id);
    if (is_active) {
        text_append(&attributes,
                    page->is_grid ? "\" aria-current=\"true\" data-order=\"" : "\" data-order=\"");
        text_append(&attributes, order_word(page->query));
    }
    text_append_bytes(&attributes, "\"", 2);
    listing_html_button_begin(out, &query, attributes.failed ? "" : attributes.bytes);
    out->failed = out->failed || attributes.failed;
    text_deinit(&attributes);
    text_append(out, column->label);
    listing_html_button_end(out);
}

void listing_html_tools_write_columns(struct text *out, const struct listing_page *page) {
    text_append(out, "<thead><tr>");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        text_append(out, "<th scope=\"col\"");
        if (columns[i].sort == page->query->sort) {
            text_append(out, " aria-sort=\"");
            text_append(out, order_word(page->query));
            text_append(out, "\"");
        }
        text_append(out, ">");
        write_sort_button(out, page, &columns[i]);
        text_append(out, "</th>");
    }
    text_append(out, "</tr></thead>\n");
}

void listing_html_tools_write_sort_line(struct text *out, const struct listing_page *page) {
    text_append(out, "<div class=\"sort\">Sorted by ");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        write_sort_button(out, page, &columns[i]);
    }
    text_append(out, "</div>\n");
}

/* --- pages ---------------------------------------------------------------------------------------------- */

static void write_page_button(struct text *out, const struct listing_page *page, size_t offset,
                              const char *attributes, const char *label) {
    struct listing_query query = *page->query;
    query.offset = offset;
    listing_html_button_begin(out, &query, attributes);
    text_append(out, label);
    listing_html_button_end(out);
    text_append(out, "\n");
}

/* The one link among the tools: by it those who follow links come to all entries. */
static void begin_next_link(struct text *out, const struct listing_page *page, size_t offset) {
    struct listing_query query = *page->query;
    query.offset = offset;
    struct text reference = {0};
    listing_query_write(&reference, &query);
    text_append(out, "<a rel=\"next\" href=\"");
    escape_html(out, (struct view){reference.bytes, reference.length});
    out->failed = out->failed || reference.failed;
    text_deinit(&reference);
}

/* Where the pages around this one begin. */
struct neighbours {
    size_t previous; /* not behind the last page */
    size_t next;     /* behind the rows of this page */
    size_t last;
    bool is_first;
    bool is_last;
};

/* Where the last page begins, counted in pages from this one; not before the first row. */
static size_t last_offset(size_t all_count, size_t limit, size_t offset) {
    size_t shift = limit > 0 ? offset % limit : 0;
    return limit > 0 && all_count > shift ? shift + (all_count - 1 - shift) / limit * limit : 0;
}

static struct neighbours find_neighbours(const struct listing_page *page) {
    size_t offset = page->query->offset;
    size_t limit = listing_page_limit(page);
    size_t next = offset + page->row_count;
    size_t last = last_offset(page->all_row_count, limit, offset);
    size_t previous = limit > 0 && offset > limit ? offset - limit : 0;
    return (struct neighbours){
        .previous = previous < last ? previous : last,
        .next = next,
        .last = last,
        .is_first = offset == 0,
        .is_last = page->row_count == 0 || next >= page->all_row_count,
    };
}

static bool has_one_page(const struct listing_page *page) {
    return page->query->offset == 0 && page->row_count >= page->all_row_count;
}

static void write_row_numbers(struct text *out, const struct listing_page *page) {
    if (page->row_count > 0) {
        text_append(out, "<span>");
        human_number_append(out, page->query->offset + 1);
        text_append(out, "\xE2\x80\x93");
        human_number_append(out, page->query->offset + page->row_count);
        text_append(out, " of ");
        human_number_append(out, page->all_row_count);
        text_append(out, "</span>\n");
    }
}

static void write_brief_pages(struct text *out, const struct listing_page *page) {
    struct neighbours at = find_neighbours(page);
    if (has_one_page(page)) {
        return;
    }
    text_append(out, "<nav class=\"brief\" aria-label=\"Page\">");
    if (!at.is_first) {
        struct listing_query query = *page->query;
        query.offset = at.previous;
        listing_html_button_begin(out, &query,
                                  "class=\"back\" title=\"Previous page\" aria-label=\"Previous page\"");
        page_write_icon(out, "next");
        listing_html_button_end(out);
    }
    write_row_numbers(out, page);
    if (!at.is_last) {
        begin_next_link(out, page, at.next);
        text_append(out, "\" title=\"Next page\" aria-label=\"Next page\">");
        page_write_icon(out, "next");
        text_append(out, "</a>");
    }
    text_append(out, "</nav>\n");
}

void listing_html_tools_write_pages(struct text *out, const struct listing_page *page) {
    struct neighbours at = find_neighbours(page);
    if (has_one_page(page)) {
        return;
    }
    text_append(out, "<nav class=\"pages\" aria-label=\"Pages\">\n");
    if (!at.is_first) {
        write_page_button(out, page, 0, "class=\"first\"", "First");
        write_page_button(out, page, at.previous, "class=\"previous\"", "Previous");
    }
    write_row_numbers(out, page);
    if (!at.is_last) {
        begin_next_link(out, page, at.next);
        text_append(out, "\">Next</a>\n");
        write_page_button(out, page, at.last, "class=\"last\"", "Last");
    }
    text_append(out, "</nav>\n");
}

/* --- all that stands above the list ---------------------------------------------------------------------- */

void listing_html_tools_write(struct text *out, const struct listing_page *page) {
    text_append(out, "<div class=\"tools\">\n");
    write_totals(out, page);
    write_brief_pages(out, page);
    write_filter(out, page->query);
    text_append(out, "<div class=\"views\" role=\"group\" aria-label=\"View\">");
    write_view(out, page, LISTING_VIEW_LIST);
    write_view(out, page, LISTING_VIEW_GRID);
    text_append(out, "</div>\n");
    if (page->has_download) {
        write_downloads(out);
    }
    text_append(out, "</div>\n");
}
