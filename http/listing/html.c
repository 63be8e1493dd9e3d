/* SPDX-License-Identifier: MIT */
#include "http/base/escape.h"
#include "http/listing/file_kind.h"
#include "http/listing/form.h"
#include "http/listing/html_button.h"
#include "http/listing/html_rows.h"
#include "http/listing/html_tools.h"
#include "http/pages/page.h"

bool listing_html_wants_grid(const struct listing_page *page) {
    enum { PICTURES_MIN = 3 };
    if (page->query->view != LISTING_VIEW_AUTO) {
        return page->query->view == LISTING_VIEW_GRID;
    }
    size_t file_count = 0;
    size_t picture_count = 0;
    for (size_t i = 0; i < page->row_count; i++) {
        if (!page->rows[i].is_folder) {
            file_count++;
            picture_count +=
                file_kind_is_picture(media_type_of_name(page->media_types, page->rows[i].name)->name);
        }
    }
    return picture_count >= PICTURES_MIN && picture_count > file_count - picture_count;
}

/* --- the path ------------------------------------------------------------------------------------------- */

static size_t count_slashes(const char *path) {
    size_t count = 0;
    for (; *path != '\0'; path++) {
        count += *path == '/';
    }
    return count;
}

/* The link to the folder that is so many levels above, without its content. */
static void write_link_up(struct text *out, const struct listing_page *page, size_t levels,
                          const char *attributes) {
    text_append(out, "<a href=\"");
    for (size_t i = 0; i < levels; i++) {
        text_append(out, "../");
    }
    listing_html_rows_write_view(out, page);
    text_append(out, "\"");
    text_append(out, attributes);
    text_append(out, ">");
}

static void write_mark(struct text *out) {
    text_append(out, "<span class=\"mark\">");
    page_write_icon(out, "lido");
    text_append(out, "</span>");
}

static void write_root(struct text *out, const struct listing_page *page, size_t levels) {
    if (levels > 0) {
        write_link_up(out, page, levels, " title=\"Top folder\" aria-label=\"Top folder\"");
        write_mark(out);
        text_append(out, "</a>");
    } else {
        text_append(out, "<span aria-current=\"page\">");
        write_mark(out);
        text_append(out, "<b>Top folder</b></span>");
    }
}

static void write_path(struct text *out, const struct listing_page *page) {
    const char *path = page->path;
    size_t levels = count_slashes(path);
    text_append(out, "<nav aria-label=\"Path\"><h1>");
    write_root(out, page, levels);
    while (levels > 0) {
        size_t length = strcspn(path, "/");
        levels--;
        text_append(out, "/");
        if (levels > 0) {
            write_link_up(out, page, levels, "");
        } else {
            text_append(out, "<span aria-current=\"page\">");
        }
        text_append(out, "<bdi>");
        escape_html(out, (struct view){path, length});
        text_append(out, levels > 0 ? "</bdi></a>" : "</bdi></span>");
        path += length + 1;
    }
    text_append(out, "</h1></nav>\n");
}

static void write_header(struct text *out, const struct listing_page *page) {
    text_append(out, "<header>\n");
    write_path(out, page);
    text_append(
        out, "<svg role=none><pattern id=\"wave\" width=\"48\" height=\"12\" patternUnits=\"userSpaceOnUse\">"
             "<path d=\"M0 6q12-7 24 0t24 0v6H0z\"/></pattern>"
             "<rect width=\"100%\" height=\"12\" fill=\"url(#wave)\"/></svg>\n</header>\n");
}

/* --- the frame around the rows -------------------------------------------------------------------------- */

/* The script sorts by itself where no row is on another page. */
static bool has_all_rows(const struct listing_page *page) {
    return page->row_count == page->all_row_count;
}

static void begin(struct text *out, const struct listing_page *page) {
    page_open(out);
    text_append(out, "/");
    escape_html(out, view_of(page->path));
    page_begin_listing(out);
    write_header(out, page);
    text_append(out, has_all_rows(page) ? "<main data-all>\n" : "<main>\n");
    listing_html_tools_write(out, page);
    if (page->is_grid) {
        listing_html_tools_write_sort_line(out, page);
        text_append(out, "<ul id=\"grid\">\n");
    } else {
        text_append(out, "<table id=\"list\">\n");
        listing_html_tools_write_columns(out, page);
        text_append(out, "<tbody>\n");
    }
    if (page->path[0] != '\0') {
        listing_html_rows_write_up(out, page);
    }
}

static void write_show_all(struct text *out, const struct listing_query *query) {
    struct listing_query all = *query;
    all.filter[0] = '\0';
    all.offset = 0;
    listing_html_button_begin(out, &all, "");
    text_append(out, "Show all");
    listing_html_button_end(out);
}

static void write_nothing(struct text *out, const struct listing_page *page) {
    bool is_filtered = page->all_row_count == 0 && page->query->filter[0] != '\0';
    text_append(out, "<div id=\"empty\"><p>");
    if (is_filtered) {
        text_append(out, "Nothing here has \xE2\x80\x9C<bdi>");
        escape_html(out, view_of(page->query->filter));
        text_append(out, "</bdi>\xE2\x80\x9D in its name.</p>");
        write_show_all(out, page->query);
    } else {
        text_append(out, page->all_row_count > 0 ? "The list ends before this page.</p>"
                                                 : "This folder is empty.</p>");
    }
    text_append(out, "</div>\n");
}

static void write_readme(struct text *out, const struct listing_page *page) {
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    struct view text = page->readme;
    if (view_starts_with_nocase(text, byte_order_mark)) {
        text = (struct view){text.bytes + strlen(byte_order_mark), text.length - strlen(byte_order_mark)};
    }
    text_append(out, "<section id=\"readme\"><h2><bdi>");
    escape_html(out, view_of(page->readme_name));
    text_append(out, "</bdi></h2><pre>\n"); /* a line end right behind <pre> does not count */
    escape_html_lines(out, text);
    text_append(out, "</pre>");
    if (page->readme_is_cut) {
        text_append(out, "<p><a href=\"");
        listing_html_rows_write_reference(out, page->readme_name, false);
        text_append(out, "\">Read on</a></p>");
    }
    text_append(out, "</section>\n");
}

static void end(struct text *out, const struct listing_page *page) {
    text_append(out, page->is_grid ? "</ul>\n" : "</table>\n");
    if (page->row_count == 0) {
        write_nothing(out, page);
    }
    listing_html_tools_write_pages(out, page);
    if (page->readme_name != NULL && page->query->offset == 0) {
        write_readme(out, page);
    }
    text_append(out, "</main>\n");
    page_end_listing(out, page->server_name);
}

const struct listing_form listing_html = {
    .content_type = "text/html; charset=utf-8",
    .begin = begin,
    .row = listing_html_rows_write,
    .end = end,
};
