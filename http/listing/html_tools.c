/* SPDX-License-Identifier: MIT */
#include "http/listing/html_tools.h"

#include "http/base/escape.h"
#include "http/pages/human_number.h"
#include "http/pages/page.h"

void listing_html_tools_write_query(struct text *out, const struct listing_query *query) {
    struct text reference = {0};
    listing_query_write(&reference, query);
    escape_html(out, (struct view){reference.bytes, reference.length});
    out->failed = out->failed || reference.failed;
    text_deinit(&reference);
}

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

/* A form's own query takes the place of the page's, so that what is to be kept goes along in fields that
 * nobody sees. */
static void write_kept_fields(struct text *out, const struct listing_query *query) {
    struct listing_query kept = *query;
    kept.offset = 0;
    kept.filter[0] = '\0';
    struct text reference = {0};
    listing_query_write(&reference, &kept); /* "?name=value&name=value", of words and digits only; or "./" */
    struct view rest = {reference.bytes,
                        reference.failed || reference.bytes[0] != '?' ? 0 : reference.length};
    while (rest.length > 0) {
        const char *name = rest.bytes + 1;
        const char *equals = memchr(name, '=', rest.length - 1);
        const char *end = memchr(name, '&', rest.length - 1);
        end = end != NULL ? end : rest.bytes + rest.length;
        text_append(out, "<input type=\"hidden\" name=\"");
        text_append_bytes(out, name, (size_t)(equals - name));
        text_append(out, "\" value=\"");
        text_append_bytes(out, equals + 1, (size_t)(end - equals - 1));
        text_append(out, "\">");
        rest = (struct view){end, rest.length - (size_t)(end - rest.bytes)};
    }
    out->failed = out->failed || reference.failed;
    text_deinit(&reference);
}

static void write_filter(struct text *out, const struct listing_query *query) {
    text_append(out, "<form id=\"filter-form\" method=\"get\" role=\"search\">");
    write_kept_fields(out, query);
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
    bool is_grid = view == LISTING_VIEW_GRID;
    struct listing_query query = *page->query;
    query.view = view;
    text_append(out, is_grid ? "<a id=\"view-grid\" href=\"" : "<a id=\"view-list\" href=\"");
    listing_html_tools_write_query(out, &query);
    text_append(out, is_grid ? "\" title=\"As a grid\" aria-label=\"Grid\""
                             : "\" title=\"As a list\" aria-label=\"List\"");
    text_append(out, is_grid == page->is_grid ? " aria-current=\"true\">" : ">");
    page_write_icon(out, is_grid ? "grid" : "list");
    text_append(out, "</a>");
}

static void write_download(struct text *out) {
    text_append(out, "<a id=\"download\" class=\"button\" href=\"?download=tar\" download "
                     "title=\"This folder and all that is in it, as a tar archive\">");
    page_write_icon(out, "save");
    text_append(out, "Download</a>\n");
}

void listing_html_tools_write(struct text *out, const struct listing_page *page) {
    text_append(out, "<div class=\"tools\">\n");
    write_totals(out, page);
    write_filter(out, page->query);
    text_append(out, "<nav class=\"views\" aria-label=\"View\">");
    write_view(out, page, LISTING_VIEW_LIST);
    write_view(out, page, LISTING_VIEW_GRID);
    text_append(out, "</nav>\n");
    if (page->has_download) {
        write_download(out);
    }
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

static void write_sort_link(struct text *out, const struct listing_page *page, const struct column *column) {
    bool is_active = column->sort == page->query->sort;
    struct listing_query query = *page->query;
    query.sort = column->sort;
    query.descending = is_active ? !query.descending : column->descends;
    query.offset = 0;
    text_append(out, "<a id=\"");
    text_append(out, column->id);
    text_append(out, "\" href=\"");
    listing_html_tools_write_query(out, &query);
    if (is_active) {
        text_append(out, page->is_grid ? "\" aria-current=\"true\" data-order=\"" : "\" data-order=\"");
        text_append(out, order_word(page->query));
    }
    text_append(out, "\">");
    text_append(out, column->label);
    text_append(out, "</a>");
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
        write_sort_link(out, page, &columns[i]);
        text_append(out, "</th>");
    }
    text_append(out, "</tr></thead>\n");
}

void listing_html_tools_write_sort_line(struct text *out, const struct listing_page *page) {
    text_append(out, "<p class=\"sort\">Sorted by ");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        write_sort_link(out, page, &columns[i]);
    }
    text_append(out, "</p>\n");
}

/* --- pages ---------------------------------------------------------------------------------------------- */

static void write_page_link(struct text *out, const struct listing_page *page, size_t offset,
                            const char *before) {
    struct listing_query query = *page->query;
    query.offset = offset;
    text_append(out, before);
    listing_html_tools_write_query(out, &query);
    text_append(out, "\">");
}

/* Where the last page begins, counted in pages from this one; not before the first row. */
static size_t last_offset(size_t all_count, size_t limit, size_t offset) {
    size_t shift = offset % limit;
    return all_count > shift ? shift + (all_count - 1 - shift) / limit * limit : 0;
}

void listing_html_tools_write_pages(struct text *out, const struct listing_page *page) {
    size_t offset = page->query->offset;
    size_t limit = page->query->limit;
    size_t behind = offset + page->row_count;
    size_t last = last_offset(page->all_row_count, limit, offset);
    if (offset == 0 && behind >= page->all_row_count) {
        return;
    }
    text_append(out, "<nav class=\"pages\" aria-label=\"Pages\">\n");
    if (offset > 0) {
        size_t previous = offset > limit ? offset - limit : 0;
        write_page_link(out, page, 0, "<a href=\"");
        text_append(out, "First</a>\n");
        write_page_link(out, page, previous < last ? previous : last, "<a rel=\"prev\" href=\"");
        text_append(out, "Previous</a>\n");
    }
    if (page->row_count > 0) {
        text_append(out, "<span>");
        human_number_append(out, offset + 1);
        text_append(out, "\xE2\x80\x93");
        human_number_append(out, behind);
        text_append(out, " of ");
        human_number_append(out, page->all_row_count);
        text_append(out, "</span>\n");
    }
    if (behind < page->all_row_count && page->row_count > 0) {
        write_page_link(out, page, behind, "<a rel=\"next\" href=\"");
        text_append(out, "Next</a>\n");
        write_page_link(out, page, last, "<a href=\"");
        text_append(out, "Last</a>\n");
    }
    text_append(out, "</nav>\n");
}
