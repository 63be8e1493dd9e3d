/* SPDX-License-Identifier: MIT */
#include "http/listing/html_rows.h"
#include "tests/unit/support/html_page.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(listing_html_rows, .init = html_page_set_up, .fini = html_page_clean_up, .timeout = 20);

static const char *row_of(struct folder_entry entry, bool is_grid) {
    struct listing_page page = html_page_of(&entry, 1);
    page.is_grid = is_grid;
    const char *text = html_page_write(&page);
    return html_page_between(strstr(text, ">Parent folder</a></span>\n"), "</span>\n", "\n");
}

static struct folder_entry file(const char *name) {
    return (struct folder_entry){
        .name = name, .has_status = true, .size = 1234567, .modified = {784111777, 0}};
}

Test(listing_html_rows, say_of_a_file_what_there_is_to_say) {
    cr_expect_str_eq(
        row_of(file("a.png"), false),
        "<tr class=entry data-kind=image data-size=1234567 data-time=784111777>"
        "<td class=name><svg role=none><use href=\"#i-image\"/></svg><bdi class=label><a href=\"a.png\">a.png</a></bdi>"
        "<td class=size title=\"1,234,567 bytes\">1.2 MiB"
        "<td class=time><time datetime=1994-11-06T08:49:37Z>1994-11-06 08:49</time>");
}

Test(listing_html_rows, say_of_a_folder_no_size) {
    struct folder_entry folder = file("dir.png");
    folder.is_folder = true;
    cr_expect_str_eq(row_of(folder, false),
                     "<tr class=\"entry folder\" data-kind=folder data-size=-1 data-time=784111777>"
                     "<td class=name><svg role=none><use href=\"#i-folder\"/></svg>"
                     "<bdi class=label><a href=\"dir.png/\">dir.png/</a></bdi><td class=size>"
                     "<td class=time><time datetime=1994-11-06T08:49:37Z>1994-11-06 08:49</time>");
    cr_expect_str_eq(row_of(folder, true),
                     "<li class=\"entry folder\" data-kind=folder data-size=-1 data-time=784111777>"
                     "<svg role=none><use href=\"#i-folder\"/></svg>"
                     "<bdi class=label><a href=\"dir.png/\">dir.png/</a></bdi>");
}

Test(listing_html_rows, show_pictures_only_in_a_grid) {
    cr_expect_str_eq(row_of(file("a b.png"), true),
                     "<li class=entry data-kind=image data-size=1234567 data-time=784111777>"
                     "<img loading=lazy decoding=async src=\"a%20b.png\" alt=\"\">"
                     "<bdi class=label><a href=\"a%20b.png\">a b.png</a></bdi>");
    cr_expect_str_eq(
        row_of(file("a.tif"), true),
        "<li class=entry data-kind=image data-size=1234567 data-time=784111777>"
        "<svg role=none><use href=\"#i-image\"/></svg><bdi class=label><a href=\"a.tif\">a.tif</a></bdi>");
}

/* Who cannot see that nothing is to be seen needs a word for the link. */
Test(listing_html_rows, name_what_has_an_invisible_name) {
    static const struct {
        const char *name;
        bool blank;
    } rows[] = {
        {" ", true},
        {"\xC2\xA0", true},
        {"\xE2\x80\xA8\xE2\x80\xA9", true},
        {"\xE3\x80\x80 \xEF\xBB\xBF", true},
        {"\xE2\x80\x8B", true},
        {"\xE2\x80\x8D", true},
        {"\xE2\x80\x8F", false} /* it is shown as U+FFFD */,
        {"\xE2\x80\x90", false},
        {" a", false},
        {"a ", false},
        {"\xE2\x80", false},
        {"\n", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool has_label =
            strstr(row_of(file(rows[i].name), false), "\" aria-label=\"A name of blanks\">") != NULL;
        cr_expect_eq(has_label, rows[i].blank, "%zu", i);
        has_label = strstr(row_of(file(rows[i].name), true), "\" aria-label=\"A name of blanks\">") != NULL;
        cr_expect_eq(has_label, rows[i].blank, "%zu", i);
    }
}

Test(listing_html_rows, link_to_names_that_are_meant_to_break_it) {
    static const struct {
        const char *name;
        const char *href;
        const char *shown;
    } rows[] = {
        {"plain.txt", "plain.txt", "plain.txt"},
        {"<script>alert(1)<", "%3Cscript%3Ealert%281%29%3C", "&lt;script&gt;alert(1)&lt;"},
        {"\" onclick=\"x", "%22%20onclick%3D%22x", "&quot; onclick=&quot;x"},
        {"' onclick='x", "%27%20onclick%3D%27x", "&#39; onclick=&#39;x"},
        {"a&amp;b", "a%26amp%3Bb", "a&amp;amp;b"},
        {"100%41", "100%2541", "100%41"},
        {"a#b", "a%23b", "a#b"},
        {"a?b", "a%3Fb", "a?b"},
        {"a\nb", "a%0Ab",
         "a\xEF\xBF\xBD"
         "b"},
        {"a\r\nSet-Cookie: x", "a%0D%0ASet-Cookie%3A%20x", "a\xEF\xBF\xBD\xEF\xBF\xBDSet-Cookie: x"},
        {"\x1B[31mred", "%1B%5B31mred", "\xEF\xBF\xBD[31mred"},
        {"not-utf8-\xFF\xC3", "not-utf8-%FF%C3", "not-utf8-\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"gr\xC3\xBCn", "gr%C3%BCn", "gr\xC3\xBCn"},
        {"\xE2\x80\xAEgpj.exe", "%E2%80%AEgpj.exe", "\xEF\xBF\xBDgpj.exe"}, /* right-to-left override */
        {" leading space", "%20leading%20space", " leading space"},
        {"trailing space ", "trailing%20space%20", "trailing space "},
        {"a:b", "a%3Ab", "a:b"},
        {"javascript:alert(1)", "javascript%3Aalert%281%29", "javascript:alert(1)"},
        {"\\back", "%5Cback", "\\back"},
        {"~tilde", "~tilde", "~tilde"},
        {"-dash", "-dash", "-dash"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char link[1024];
        (void)snprintf(link, sizeof link, "<bdi class=label><a href=\"%s\">%s</a></bdi>", rows[i].href,
                       rows[i].shown);
        for (int is_grid = 0; is_grid < 2; is_grid++) {
            const char *row = row_of(file(rows[i].name), is_grid == 1);
            cr_expect_eq(html_page_count(row, link), 1, "no '%s' in %s", link, row);
            cr_expect_eq(html_page_count(row, "<a "), 1, "%s", row);
        }
    }
}

/* The script sorts by it, and files that were made together differ in nothing else. */
Test(listing_html_rows, give_the_time_to_the_nanosecond) {
    static const struct {
        struct timespec modified;
        const char *attribute;
    } rows[] = {
        {{0, 0}, "0"},
        {{1, 1}, "1.000000001"},
        {{784111777, 123456789}, "784111777.123456789"},
        {{784111777, 500000000}, "784111777.5"},
        {{784111777, 40000000}, "784111777.04"},
        {{784111777, 999999999}, "784111777.999999999"},
        {{-1, 500000000}, "-1"},
        {{INT64_MIN, 0}, "-9223372036854775808"},
        {{INT64_MAX, 0}, "9223372036854775807"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct folder_entry entry = file("a");
        entry.modified = rows[i].modified;
        cr_expect_str_eq(html_page_between(row_of(entry, false), "data-time=", ">"), rows[i].attribute);
    }
}

Test(listing_html_rows, leave_out_a_year_that_cannot_be_written) {
    struct folder_entry entry = file("a");
    entry.modified = (struct timespec){253402300800, 0}; /* 10000-01-01 */
    const char *row = row_of(entry, false);
    cr_expect_eq(html_page_count(row, "<time"), 0, "%s", row);
    cr_expect(strcmp(row + strlen(row) - strlen("<td class=time>"), "<td class=time>") == 0, "%s", row);
}

Test(listing_html_rows, give_one_byte_in_the_singular) {
    struct folder_entry entry = file("a");
    entry.size = 1;
    cr_expect_eq(html_page_count(row_of(entry, false), "title=\"1 byte\">1 B<"), 1);
}

Test(listing_html_rows, begin_with_the_way_up_except_at_the_top) {
    struct folder_entry entry = file("a");
    struct listing_page page = html_page_of(&entry, 1);
    cr_expect_eq(html_page_count(html_page_write(&page),
                                 "<tbody>\n<tr class=up><td class=name colspan=3><svg role=none>"
                                 "<use href=\"#i-up\"/></svg><span class=label><a href=\"../\">"),
                 1);
    page.is_grid = true;
    cr_expect_eq(html_page_count(html_page_write(&page), "<ul id=\"grid\">\n<li class=up><svg role=none>"),
                 1);
    page.path = "";
    cr_expect_eq(html_page_count(html_page_write(&page), "class=up"), 0);
    page.is_grid = false;
    cr_expect_eq(html_page_count(html_page_write(&page), "class=up"), 0);
}

/* A file whose name says nothing of its type is sent as text if it is text. */
Test(listing_html_rows, have_the_icon_of_what_is_sent) {
    static const struct {
        const char *name;
        bool sniff;
        const char *kind;
    } rows[] = {
        {"LICENSE", false, "data"}, {"LICENSE", true, "text"},      {"Makefile", false, "data"},
        {"Makefile", true, "code"}, {"a.unheard-of", true, "data"}, {"a.yaml", true, "data"},
        {"a.toml", false, "data"},  {"a.c", false, "code"},         {"a.txt", true, "text"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct folder_entry entry = file(rows[i].name);
        struct listing_page page = html_page_of(&entry, 1);
        struct media_types *types = media_types_create(
            &(struct media_types_options){.standard = "application/octet-stream", .sniff = rows[i].sniff});
        cr_assert_not_null(types);
        page.media_types = types;
        cr_expect_str_eq(html_page_between(html_page_write(&page), " data-kind=", " "), rows[i].kind, "%s",
                         rows[i].name);
        media_types_destroy(types);
    }
}

/* Whoever has chosen a view goes on in it; what nobody has chosen stays the folder's own. */
Test(listing_html_rows, lead_to_other_folders_in_the_view_that_was_asked_for) {
    static const struct {
        enum listing_view view;
        const char *query;
    } rows[] = {
        {LISTING_VIEW_AUTO, ""}, {LISTING_VIEW_LIST, "?view=list"}, {LISTING_VIEW_GRID, "?view=grid"}};
    struct folder_entry entries[] = {file("sub"), file("a.png")};
    entries[0].is_folder = true;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listing_query query = {.view = rows[i].view, .sort = LISTING_BY_SIZE, .filter = "a"};
        struct listing_page page = html_page_of(entries, 2);
        page.query = &query;
        page.path = "a/b/";
        page.is_grid = rows[i].view == LISTING_VIEW_GRID;
        const char *text = html_page_write(&page);
        static const char *const formats[] = {"<a href=\"sub/%s\">sub/</a>",
                                              "<a href=\"../../%s\" title=", "<a href=\"../%s\"><bdi>a</bdi>",
                                              "<a href=\"../%s\">Parent folder</a>"};
        for (size_t k = 0; k < sizeof formats / sizeof formats[0]; k++) {
            char link[128];
            (void)snprintf(link, sizeof link, formats[k], rows[i].query); /* NOLINT: it is a table's */
            cr_expect_eq(html_page_count(text, link), 1, "no %s", link);
        }
        cr_expect_eq(html_page_count(text, "<a href=\"a.png\">a.png</a>"), 1);
    }
}

/* What a page of ten thousand rows costs. */
Test(listing_html_rows, are_short) {
    struct folder_entry entry = file("n");
    entry.modified.tv_nsec = 123456789;
    cr_expect_leq(strlen(row_of(entry, false)), 310);
}
