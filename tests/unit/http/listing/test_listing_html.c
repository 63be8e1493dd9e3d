/* SPDX-License-Identifier: MIT */
#include "http/listing/form.h"
#include "tests/unit/support/html_page.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(listing_html, .init = html_page_set_up, .fini = html_page_clean_up, .timeout = 60);

static const struct folder_entry a_file = {.name = "a", .has_status = true, .size = 10};

Test(listing_html, is_html_of_a_moderate_size) {
    struct listing_page page = html_page_of(&a_file, 1);
    page.has_download = true;
    const char *text = html_page_write(&page);
    cr_expect_str_eq(listing_html.content_type, "text/html; charset=utf-8");
    cr_expect_eq(strncmp(text, "<!doctype html>\n<html lang=\"en\">\n", 33), 0);
    cr_expect_eq(strcmp(text + strlen(text) - 8, "</html>\n"), 0);
    cr_expect_lt(strstr(text, "<tr class=entry") - text, 14 * 1024);
    cr_expect_lt(strlen(text), 22 * 1024);
}

/* Nothing that the policy forbids, and nothing that makes equal folders give different pages. */
Test(listing_html, has_no_style_and_no_script_but_its_own) {
    struct listing_page page = html_page_of(&a_file, 1);
    char *first = strdup(html_page_write(&page));
    cr_expect_eq(html_page_count(first, "<script"), 1);
    cr_expect_eq(html_page_count(first, "<style"), 1);
    cr_expect_eq(html_page_count(first, " style="), 0);
    cr_expect_eq(html_page_count(first, " onclick="), 0);
    cr_expect_str_eq(html_page_write(&page), first);
    free(first);
}

Test(listing_html, leads_up_by_the_parts_of_its_path) {
    static const struct {
        const char *path;
        const char *title;
        const char *heading; /* behind the mark */
    } rows[] = {
        {"", "/", "<b>Top folder</b></span>"},
        {"dir/", "/dir/", "</a>/<span aria-current=\"page\"><bdi>dir</bdi></span>"},
        {"a/b b/c/", "/a/b b/c/",
         "</a>/<a href=\"../../\"><bdi>a</bdi></a>/<a href=\"../\"><bdi>b b</bdi></a>/"
         "<span aria-current=\"page\"><bdi>c</bdi></span>"},
        {"<b>&\"\xFF/", "/&lt;b&gt;&amp;&quot;\xEF\xBF\xBD/",
         "</a>/<span aria-current=\"page\"><bdi>&lt;b&gt;&amp;&quot;\xEF\xBF\xBD</bdi></span>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_page page = html_page_of(&a_file, 1);
        page.path = rows[i].path;
        const char *text = html_page_write(&page);
        cr_expect_str_eq(html_page_between(text, "<title>", "</title>"), rows[i].title);
        cr_expect_str_eq(html_page_between(text, "#i-lido\"/></svg></span>", "</h1>"), rows[i].heading);
        cr_expect_eq(html_page_count(text, "<h1>"), 1);
        cr_expect_eq(html_page_count(text, "aria-label=\"Top folder\""), rows[i].path[0] == '\0' ? 0 : 1);
    }
    struct listing_page page = html_page_of(&a_file, 1);
    page.path = "a/b/c/";
    cr_expect_eq(html_page_count(html_page_write(&page), "<h1><a href=\"../../../\" title=\"Top folder\""),
                 1);
}

Test(listing_html, tells_the_script_whether_it_has_all_rows) {
    struct listing_page page = html_page_of(&a_file, 1);
    cr_expect_eq(html_page_count(html_page_write(&page), "<main data-all>"), 1);
    page.all_row_count = 2;
    cr_expect_eq(html_page_count(html_page_write(&page), "<main>"), 1);
}

static size_t make_entries(struct folder_entry *entries, const char *names) {
    static char words[256];
    size_t count = 0;
    (void)snprintf(words, sizeof words, "%s", names);
    for (char *at = strtok(words, " "); at != NULL; at = strtok(NULL, " ")) {
        bool is_folder = at[strlen(at) - 1] == '/';
        if (is_folder) {
            at[strlen(at) - 1] = '\0';
        }
        entries[count++] = (struct folder_entry){.name = at, .is_folder = is_folder, .has_status = true};
    }
    return count;
}

Test(listing_html, is_a_grid_where_most_files_are_pictures) {
    static const struct {
        const char *names;
        enum listing_view view;
        bool is_grid;
    } rows[] = {
        {"", LISTING_VIEW_AUTO, false},
        {"a.png b.png", LISTING_VIEW_AUTO, false},
        {"a.png b.jpg c.svg", LISTING_VIEW_AUTO, true},
        {"a.png b.png c.png x y", LISTING_VIEW_AUTO, true},
        {"a.png b.png c.png x y z", LISTING_VIEW_AUTO, false},
        {"d/ e/ f/ g/ a.png b.png c.png", LISTING_VIEW_AUTO, true},
        {"a.png/ b.png/ c.png/", LISTING_VIEW_AUTO, false},
        {"a.tif b.tif c.tif", LISTING_VIEW_AUTO, false},
        {"a.png b.png c.png", LISTING_VIEW_LIST, false},
        {"x", LISTING_VIEW_GRID, true},
        {"", LISTING_VIEW_GRID, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct folder_entry entries[16];
        struct listing_page page = html_page_of(entries, make_entries(entries, rows[i].names));
        struct listing_query query = {.limit = LISTING_LIMIT_STANDARD, .view = rows[i].view};
        page.query = &query;
        cr_expect_eq(listing_html_wants_grid(&page), rows[i].is_grid, "'%s', %d", rows[i].names,
                     (int)rows[i].view);
        page.is_grid = rows[i].is_grid;
        const char *text = html_page_write(&page);
        cr_expect_eq(html_page_count(text, "<ul id=\"grid\">"), rows[i].is_grid ? 1 : 0);
        cr_expect_eq(html_page_count(text, "<table id=\"list\">"), rows[i].is_grid ? 0 : 1);
        cr_expect_eq(html_page_count(text, "</ul>"), rows[i].is_grid ? 1 : 0);
        cr_expect_eq(html_page_count(text, "</table>"), rows[i].is_grid ? 0 : 1);
    }
}

Test(listing_html, says_why_there_is_nothing) {
    static const struct {
        const char *name;
        struct listing_query query;
        size_t all_row_count;
        const char *sentence;
    } rows[] = {
        {"empty", {.limit = 10}, 0, "This folder is empty.</p>"},
        {"filtered",
         {.limit = 10, .offset = 20, .sort = LISTING_BY_SIZE, .filter = "<&"},
         0,
         "Nothing here has \xE2\x80\x9C<bdi>&lt;&amp;</bdi>\xE2\x80\x9D in its name.</p>"
         "<form><input type=\"hidden\" name=\"sort\" value=\"size\">"
         "<input type=\"hidden\" name=\"limit\" value=\"10\"><button type=\"submit\">Show all</button></form>"},
        {"behind the end",
         {.limit = 10, .offset = 20, .filter = "x"},
         5,
         "The list ends before this page.</p>"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_page page = html_page_of(NULL, 0);
        page.query = &rows[i].query;
        page.all_row_count = rows[i].all_row_count;
        const char *text = html_page_write(&page);
        cr_expect_str_eq(html_page_between(text, "<div id=\"empty\"><p>", "</div>"), rows[i].sentence, "%s",
                         rows[i].name);
    }
    struct listing_page page = html_page_of(&a_file, 1);
    cr_expect_eq(html_page_count(html_page_write(&page), "id=\"empty\""), 0);
}

Test(listing_html, shows_a_readme_as_the_text_that_it_is) {
    static const struct {
        const char *text;
        const char *shown;
    } rows[] = {
        {"# Title\n\n- a\tb\r\n", "# Title\n\n- a\tb\n"},
        {"<script>alert(1)</script> & \"q\"", "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;q&quot;"},
        {"\nfirst line empty", "\nfirst line empty"},
        {"\xEF\xBB\xBFwith a mark", "with a mark"},
        {"</pre>\xFF", "&lt;/pre&gt;\xEF\xBF\xBD"},
    };
    struct listing_page page = html_page_of(&a_file, 1);
    page.readme_name = "READ<ME.md";
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        page.readme = view_of(rows[i].text);
        const char *text = html_page_write(&page);
        cr_expect_str_eq(html_page_between(text, "<pre>\n", "</pre>"), rows[i].shown, "%s", rows[i].text);
        cr_expect_eq(html_page_count(text, "<section id=\"readme\"><h2><bdi>READ&lt;ME.md</bdi></h2>"), 1);
        cr_expect_eq(html_page_count(text, "Read on"), 0);
    }
}

Test(listing_html, leads_to_the_rest_of_a_readme_that_is_cut) {
    struct listing_page page = html_page_of(&a_file, 1);
    page.readme_name = "a:<.md";
    page.readme = view_of("text");
    page.readme_is_cut = true;
    cr_expect_eq(
        html_page_count(html_page_write(&page), "</pre><p><a href=\"a%3A%3C.md\">Read on</a></p></section>"),
        1);
}

Test(listing_html, shows_a_readme_on_the_first_page_only) {
    struct listing_page page = html_page_of(&a_file, 1);
    cr_expect_eq(html_page_count(html_page_write(&page), "<section"), 0);
    struct listing_query second = {.limit = 10, .offset = 10};
    page.readme_name = "README";
    page.readme = view_of("text");
    page.query = &second;
    cr_expect_eq(html_page_count(html_page_write(&page), "<section"), 0);
}

Test(listing_html, names_the_server_only_where_a_name_is_given) {
    struct listing_page page = html_page_of(&a_file, 1);
    cr_expect_eq(html_page_count(html_page_write(&page), "<footer>"), 0);
    page.server_name = "Lido 1.2.3";
    cr_expect_eq(html_page_count(html_page_write(&page), "<footer>Lido 1.2.3</footer>"), 1);
}

Test(listing_html, says_when_memory_ran_out_and_keeps_none) {
    static struct folder_entry entries[100];
    for (size_t i = 0; i < 100; i++) {
        entries[i] = a_file;
    }
    struct listing_page page = html_page_of(entries, 100);
    struct listing_query query = {.limit = 100, .sort = LISTING_BY_SIZE, .filter = "x"};
    page.query = &query;
    page.all_row_count = 500;
    bool has_failed = true;
    size_t failures = 0;
    for (; has_failed; failures += has_failed ? 1 : 0) {
        ptrdiff_t live = memory_live_count();
        struct text text = {0};
        memory_fail_after(failures);
        listing_html.begin(&text, &page);
        for (size_t i = 0; i < page.row_count; i++) {
            listing_html.row(&text, &page, i);
        }
        listing_html.end(&text, &page);
        has_failed = memory_stop_failing();
        cr_expect_eq(text.failed, has_failed, "allocation %zu", failures);
        text_deinit(&text);
        cr_expect_eq(memory_live_count(), live, "allocation %zu", failures);
    }
    cr_expect_gt(failures, 10);
}
