/* SPDX-License-Identifier: MIT */
#include "http/listing/html_tools.h"
#include "tests/unit/support/html_page.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(listing_html_tools, .init = html_page_set_up, .fini = html_page_clean_up, .timeout = 20);

static const struct folder_entry a_file = {.name = "a", .has_status = true, .size = 10};

static void expect_parts(const char *name, const char *text, const char *const *parts) {
    for (; *parts != NULL; parts++) {
        cr_expect_eq(html_page_count(text, *parts), 1, "%s: not once: %s", name, *parts);
    }
}

#define FIELD(name, value) "<input type=\"hidden\" name=\"" name "\" value=\"" value "\">"

/* As links, wget -m would fetch each folder in each order and view, and every archive. */
Test(listing_html_tools, are_no_links_that_a_crawler_follows) {
    struct listing_page page = html_page_of(&a_file, 1);
    page.path = "";
    page.has_download = true;
    for (int is_grid = 0; is_grid < 2; is_grid++) {
        page.is_grid = is_grid == 1;
        const char *text = html_page_write(&page);
        cr_expect_eq(html_page_count(text, "<a "), 1, "only the file: %s", text);
        cr_expect_eq(html_page_count(text, "<a href=\"a\">a</a>"), 1);
        cr_expect_eq(html_page_count(text, "action="), 0, "some read it as a link");
    }
}

Test(listing_html_tools, sort_by_buttons_that_turn_round_the_active_column) {
    static const struct {
        const char *name;
        struct listing_query query;
        const char *parts[5];
    } rows[] = {
        {"by name",
         {.limit = LISTING_LIMIT_STANDARD},
         {"<th scope=\"col\" aria-sort=\"ascending\"><form>" FIELD("order", "desc") //
          "<button type=\"submit\" id=\"sort-name\" data-order=\"ascending\">Name</button></form></th>",
          "<th scope=\"col\"><form>" FIELD("sort", "size") FIELD("order", "desc") //
          "<button type=\"submit\" id=\"sort-size\">Size</button></form></th>",
          "<th scope=\"col\"><form>" FIELD("sort", "time") FIELD("order", "desc") //
          "<button type=\"submit\" id=\"sort-time\">Modified<noscript> (UTC)</noscript></button></form></th>"}},
        {"by name, the other way round",
         {.limit = LISTING_LIMIT_STANDARD, .descending = true},
         {"aria-sort=\"descending\"><form><button type=\"submit\" id=\"sort-name\" data-order=\"descending\">",
          FIELD("sort", "size") FIELD("order", "desc") "<button type=\"submit\" id=\"sort-size\">"}},
        {"by size, of another page",
         {.limit = 5, .sort = LISTING_BY_SIZE, .descending = true, .offset = 10, .view = LISTING_VIEW_LIST},
         {"<form>" FIELD("limit", "5") FIELD("view", "list") "<button type=\"submit\" id=\"sort-name\">",
          "aria-sort=\"descending\"><form>" FIELD("sort", "size") FIELD("limit", "5") FIELD("view", "list") //
          "<button type=\"submit\" id=\"sort-size\" data-order=\"descending\">",
          FIELD("sort", "time") FIELD("order", "desc") FIELD("limit", "5") FIELD("view", "list") //
          "<button type=\"submit\" id=\"sort-time\">"}},
        {"by time, filtered",
         {.limit = LISTING_LIMIT_STANDARD, .sort = LISTING_BY_TIME, .filter = "a\"&b"},
         {"<form>" FIELD("filter", "a&quot;&amp;b") "<button type=\"submit\" id=\"sort-name\">",
          "aria-sort=\"ascending\"><form>" FIELD("sort", "time") FIELD("order", "desc") //
          FIELD("filter",
                "a&quot;&amp;b") "<button type=\"submit\" id=\"sort-time\" data-order=\"ascending\">"}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_page page = html_page_of(&a_file, 1);
        page.query = &rows[i].query;
        const char *text = html_page_write(&page);
        expect_parts(rows[i].name, text, rows[i].parts);
        cr_expect_eq(html_page_count(text, "<th "), 3);
        cr_expect_eq(html_page_count(text, " aria-sort="), 1, "%s", rows[i].name);
    }
}

Test(listing_html_tools, sort_a_grid_as_well) {
    struct listing_page page = html_page_of(&a_file, 1);
    struct listing_query query = {
        .limit = LISTING_LIMIT_STANDARD, .sort = LISTING_BY_SIZE, .view = LISTING_VIEW_GRID};
    page.query = &query;
    page.is_grid = true;
    static const char *const parts[] = {
        "<form>" FIELD("view", "grid") "<button type=\"submit\" id=\"sort-name\">Name</button></form>",
        FIELD("sort", "size") FIELD("order", "desc") FIELD("view", "grid") //
        "<button type=\"submit\" id=\"sort-size\" aria-current=\"true\" data-order=\"ascending\">Size</button>",
        FIELD("sort", "time") FIELD("order", "desc") FIELD("view", "grid") //
        "<button type=\"submit\" id=\"sort-time\">",
        NULL};
    expect_parts("grid", html_page_write(&page), parts);
}

Test(listing_html_tools, offer_both_views_and_mark_the_one_that_is_shown) {
    struct listing_page page = html_page_of(&a_file, 1);
    static const char *const in_list[] = {
        "<form>" FIELD("view", "list") "<button type=\"submit\" id=\"view-list\" title=\"As a list\" "
                                       "aria-label=\"List\" aria-current=\"true\">",
        "<form>" FIELD("view", "grid") "<button type=\"submit\" id=\"view-grid\" title=\"As a grid\" "
                                       "aria-label=\"Grid\">",
        NULL};
    expect_parts("list", html_page_write(&page), in_list);
    static const char *const in_grid[] = {
        FIELD("limit", "2") FIELD("offset", "2") FIELD("view", "list") //
        "<button type=\"submit\" id=\"view-list\" title=\"As a list\" aria-label=\"List\">",
        FIELD("limit", "2") FIELD("offset", "2") FIELD("view", "grid") //
        "<button type=\"submit\" id=\"view-grid\" title=\"As a grid\" aria-label=\"Grid\" aria-current=\"true\">",
        NULL};
    struct listing_query query = {.limit = 2, .offset = 2};
    page.query = &query;
    page.is_grid = true;
    expect_parts("grid", html_page_write(&page), in_grid);
}

Test(listing_html_tools, filter_by_a_form_that_keeps_the_rest_of_the_query) {
    static const struct {
        const char *name;
        struct listing_query query;
        const char *hidden;
    } rows[] = {
        {"nothing to keep", {.limit = LISTING_LIMIT_STANDARD}, ""},
        {"another page, another filter",
         {.limit = LISTING_LIMIT_STANDARD, .offset = 1000, .filter = "<\"&"},
         ""},
        {"everything",
         {.limit = 7,
          .offset = 14,
          .sort = LISTING_BY_SIZE,
          .descending = true,
          .view = LISTING_VIEW_GRID,
          .format = LISTING_HTML,
          .filter = "x"},
         FIELD("sort", "size") FIELD("order", "desc") FIELD("limit", "7") FIELD("view", "grid") //
         FIELD("format", "html")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_page page = html_page_of(&a_file, 1);
        page.query = &rows[i].query;
        const char *text = html_page_write(&page);
        cr_expect_str_eq(html_page_between(text, "<form id=\"filter-form\" role=\"search\">", "<button"),
                         rows[i].hidden, "%s", rows[i].name);
        cr_expect_str_eq(html_page_between(text, "name=\"filter\" value=\"", "\""),
                         i == 0 ? "" : (i == 1 ? "&lt;&quot;&amp;" : "x"), "%s", rows[i].name);
    }
}

Test(listing_html_tools, tell_what_there_is_in_all) {
    static const struct {
        struct listing_totals totals;
        const char *text;
    } rows[] = {
        {{.bytes_are_known = true}, "0 files"},
        {{.folder_count = 1, .bytes_are_known = true}, "1 folder"},
        {{.folder_count = 3, .file_count = 1200, .file_bytes = 4718592, .bytes_are_known = true},
         "3 folders, 1,200 files, <span title=\"4,718,592 bytes\">4.5 MiB</span>"},
        {{.file_count = 1, .file_bytes = 1, .bytes_are_known = true},
         "1 file, <span title=\"1 byte\">1 B</span>"},
        {{.folder_count = 2, .file_count = 100000, .file_bytes = 5}, "2 folders, 100,000 files"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_page page = html_page_of(&a_file, 1);
        page.totals = rows[i].totals;
        cr_expect_str_eq(html_page_between(html_page_write(&page), "<p id=\"totals\">", "</p>"),
                         rows[i].text);
    }
}

Test(listing_html_tools, offer_the_download_where_there_is_one) {
    struct listing_page page = html_page_of(&a_file, 1);
    cr_expect_eq(html_page_count(html_page_write(&page), "id=\"download\""), 0);
    page.has_download = true;
    cr_expect_eq(
        html_page_count(html_page_write(&page),
                        "<form>" FIELD("download", "tar") "<button type=\"submit\" id=\"download\" "),
        1);
    cr_expect_eq(html_page_count(html_page_write(&page), "</svg>Download tar</button>"), 1);
    cr_expect_eq(
        html_page_count(html_page_write(&page),
                        "<form>" FIELD("download", "zip") "<button type=\"submit\" id=\"download-zip\" "),
        LIDO_HAVE_ZLIB);
    cr_expect_eq(html_page_count(html_page_write(&page), ">zip</button>"), LIDO_HAVE_ZLIB);
}

Test(listing_html_tools, lead_to_the_other_pages) {
    static const struct {
        const char *name;
        struct listing_query query;
        size_t row_count;
        size_t all_row_count;
        const char *range; /* NULL: no such row */
        const char *first; /* what each asks for; NULL: there is no such way */
        const char *previous;
        const char *next;
        const char *last;
    } rows[] = {
        {"one page", {.limit = 10}, 10, 10, NULL, NULL, NULL, NULL, NULL},
        {"the first",
         {.limit = 10},
         10,
         25,
         "1\xE2\x80\x93"
         "10 of 25",
         NULL,
         NULL,
         "?limit=10&amp;offset=10",
         FIELD("limit", "10") FIELD("offset", "20")},
        {"in between",
         {.limit = 10, .offset = 10},
         10,
         25,
         "11\xE2\x80\x93"
         "20 of 25",
         FIELD("limit", "10"),
         FIELD("limit", "10"),
         "?limit=10&amp;offset=20",
         FIELD("limit", "10") FIELD("offset", "20")},
        {"the last",
         {.limit = 10, .offset = 20},
         5,
         25,
         "21\xE2\x80\x93"
         "25 of 25",
         FIELD("limit", "10"),
         FIELD("limit", "10") FIELD("offset", "10"),
         NULL,
         NULL},
        {"a full last page",
         {.limit = 10},
         10,
         20,
         "1\xE2\x80\x93"
         "10 of 20",
         NULL,
         NULL,
         "?limit=10&amp;offset=10",
         FIELD("limit", "10") FIELD("offset", "10")},
        {"no whole number of pages before",
         {.limit = 10, .offset = 3},
         10,
         25,
         "4\xE2\x80\x93"
         "13 of 25",
         FIELD("limit", "10"),
         FIELD("limit", "10"),
         "?limit=10&amp;offset=13",
         FIELD("limit", "10") FIELD("offset", "23")},
        {"behind the end",
         {.limit = 10, .offset = 500},
         0,
         25,
         NULL,
         FIELD("limit", "10"),
         FIELD("limit", "10") FIELD("offset", "20"),
         NULL,
         NULL},
        {"behind the end of few",
         {.limit = 10, .offset = 7},
         0,
         5,
         NULL,
         FIELD("limit", "10"),
         FIELD("limit", "10"),
         NULL,
         NULL},
        {"behind the end of none",
         {.limit = 10, .offset = 7},
         0,
         0,
         NULL,
         FIELD("limit", "10"),
         FIELD("limit", "10"),
         NULL,
         NULL},
        {"many",
         {.limit = LISTING_LIMIT_STANDARD, .sort = LISTING_BY_TIME, .filter = "a"},
         1000,
         100000,
         "1\xE2\x80\x93"
         "1,000 of 100,000",
         NULL,
         NULL,
         "?sort=time&amp;offset=1000&amp;filter=a",
         FIELD("sort", "time") FIELD("offset", "99000") FIELD("filter", "a")},
    };
    static struct folder_entry entries[1000];
    for (size_t i = 0; i < 1000; i++) {
        entries[i] = a_file;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_page page = html_page_of(entries, rows[i].row_count);
        page.query = &rows[i].query;
        page.all_row_count = rows[i].all_row_count;
        const struct {
            const char *format;
            const char *value;
        } links[] = {
            {"\n<span>%s</span>\n", rows[i].range},
            {"\n<form>%s<button type=\"submit\" class=\"first\">First</button></form>\n", rows[i].first},
            {"\n<form>%s<button type=\"submit\" class=\"previous\">Previous</button></form>\n",
             rows[i].previous},
            {"\n<a rel=\"next\" href=\"%s\">Next</a>\n", rows[i].next},
            {"\n<form>%s<button type=\"submit\" class=\"last\">Last</button></form>\n", rows[i].last},
        };
        const char *text = html_page_write(&page);
        size_t expected = 0;
        for (size_t k = 0; k < sizeof links / sizeof links[0]; k++) {
            if (links[k].value != NULL) {
                char part[512];
                (void)snprintf(part, sizeof part, links[k].format,
                               links[k].value); /* NOLINT: it is a table's */
                cr_expect_eq(html_page_count(text, part), 1, "%s: no %s", rows[i].name, part);
                expected++;
            }
        }
        cr_assert_eq(html_page_count(text, "aria-label=\"Pages\""), expected > 0 ? 1 : 0, "%s", rows[i].name);
        cr_assert_eq(html_page_count(text, "aria-label=\"Page\""), expected > 0 ? 1 : 0, "%s", rows[i].name);
        if (expected > 0) {
            const char *brief = html_page_between(text, "aria-label=\"Page\">", "</nav>");
            cr_expect_eq(html_page_count(brief, "aria-label=\"Previous page\""), rows[i].previous != NULL);
            cr_expect_eq(html_page_count(brief, "aria-label=\"Next page\""), rows[i].next != NULL);
            cr_expect_eq(html_page_count(brief, rows[i].range != NULL ? rows[i].range : "<span"),
                         rows[i].range != NULL);
            const char *pages = html_page_between(text, "aria-label=\"Pages\">\n", "</nav>");
            cr_expect_eq(html_page_count(pages, "\n"), expected, "%s: %s", rows[i].name, pages);
        }
    }
}
