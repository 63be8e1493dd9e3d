/* SPDX-License-Identifier: MIT */
#include "http/listing.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct folder workplace;
static struct folder root;
static struct beneath beneath;
static struct text page; /* of the last list(), NUL-terminated */

static void set_up(void) {
    folder_create(&workplace);
    folder_create_inside(&root, &workplace, "root");
    cr_assert_eq(beneath_open_root(&beneath, root.path), 0);
}

static void tear_down(void) {
    text_deinit(&page);
    beneath_close_root(&beneath);
    folder_remove(&workplace);
}

TestSuite(listing, .init = set_up, .fini = tear_down, .timeout = 20);

static const char *list(const char *path) {
    int fd = beneath_open(&beneath, path);
    cr_assert_geq(fd, 0, "cannot open '%s'", path);
    text_clear(&page, SIZE_MAX);
    int result = listing_write(&page, &beneath, fd, path);
    cr_assert_eq(result, 0, "'%s': %s", path, strerror(-result));
    cr_expect(fcntl(fd, F_GETFD) != -1, "the caller's descriptor was closed");
    cr_assert_eq(close(fd), 0);
    text_append_bytes(&page, "", 1);
    cr_assert_not(page.failed);
    return page.bytes;
}

static size_t count(const char *part) {
    size_t n = 0;
    for (const char *at = page.bytes; (at = strstr(at, part)) != NULL; at += strlen(part))
        n++;
    return n;
}

/* Where the row with this link is; every link has one. */
static const char *row_of(const char *href, const char *shown) {
    char link[512];
    (void)snprintf(link, sizeof link, "<a href=\"%s\">%s</a>", href, shown);
    cr_assert(count(link) == 1, "%zu times %s in %s", count(link), link, page.bytes);
    return strstr(page.bytes, link);
}

static void expect_in_row(const char *href, const char *shown, const char *part) {
    const char *row = row_of(href, shown);
    const char *found = strstr(row, part);
    cr_expect(found != NULL && found < strchr(row, '\n'), "no '%s' in the row of %s: %.*s", part, href,
              (int)strcspn(row, "\n"), row);
}

Test(listing, links_to_names_that_are_meant_to_break_it) {
    static const struct {
        const char *name;
        const char *href;
        const char *shown;
    } rows[] = {
        {"plain.txt", "./plain.txt", "plain.txt"},
        {"<script>alert(1)<", "./%3Cscript%3Ealert%281%29%3C", "&lt;script&gt;alert(1)&lt;"},
        {"\" onclick=\"x", "./%22%20onclick%3D%22x", "&quot; onclick=&quot;x"},
        {"' onclick='x", "./%27%20onclick%3D%27x", "&#39; onclick=&#39;x"},
        {"a&amp;b", "./a%26amp%3Bb", "a&amp;amp;b"},
        {"100%41", "./100%2541", "100%41"},
        {"a#b", "./a%23b", "a#b"},
        {"a?b", "./a%3Fb", "a?b"},
        {"a\nb", "./a%0Ab",
         "a\xEF\xBF\xBD"
         "b"},
        {"a\r\nSet-Cookie: x", "./a%0D%0ASet-Cookie%3A%20x", "a\xEF\xBF\xBD\xEF\xBF\xBDSet-Cookie: x"},
        {"\x1B[31mred", "./%1B%5B31mred", "\xEF\xBF\xBD[31mred"},
        {"not-utf8-\xFF\xC3", "./not-utf8-%FF%C3", "not-utf8-\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"gr\xC3\xBCn", "./gr%C3%BCn", "gr\xC3\xBCn"},
        {"\xE2\x80\xAEtxt.exe", "./%E2%80%AEtxt.exe", "\xE2\x80\xAEtxt.exe"}, /* right-to-left override */
        {" leading space", "./%20leading%20space", " leading space"},
        {"trailing space ", "./trailing%20space%20", "trailing space "},
        {"a:b", "./a%3Ab", "a:b"},
        {"javascript:alert(1)", "./javascript%3Aalert%281%29", "javascript:alert(1)"},
        {"\\back", "./%5Cback", "\\back"},
        {"~tilde", "./~tilde", "~tilde"},
        {"-dash", "./-dash", "-dash"},
    };
    enum { COUNT = sizeof rows / sizeof rows[0] };
    for (size_t i = 0; i < COUNT; i++)
        folder_write_text(&root, rows[i].name, "x");
    (void)list("");
    for (size_t i = 0; i < COUNT; i++)
        (void)row_of(rows[i].href, rows[i].shown);
    cr_expect_eq(count("<tr>"), COUNT);
    cr_expect_eq(count("<a "), COUNT);
    cr_expect_eq(count("<script"), 0);
}

Test(listing, escapes_the_name_of_the_folder_itself) {
    folder_write_text(&root, "<b>&\"\xFF/in.txt", "x");
    (void)list("<b>&\"\xFF/");
    cr_expect_eq(count("<title>/&lt;b&gt;&amp;&quot;\xEF\xBF\xBD/</title>"), 1);
    cr_expect_eq(count("<h1>/&lt;b&gt;&amp;&quot;\xEF\xBF\xBD/</h1>"), 1);
    cr_expect_eq(count("<b>"), 0);
    (void)row_of("./in.txt", "in.txt");
}

Test(listing, leaves_out_what_is_not_served) {
    folder_write_text(&workplace, "secret.txt", "secret");
    folder_write_text(&root, "shown.txt", "x");
    folder_write_text(&root, ".hidden", "x");
    folder_write_text(&root, ".git/config", "x");
    folder_write_text(&root, "...", "x");
    folder_fifo(&root, "fifo");
    folder_symlink(&root, "to-fifo", "fifo");
    folder_symlink(&root, "out-file", "../secret.txt");
    folder_symlink(&root, "out-folder", "..");
    folder_symlink(&root, "absolute", "/etc/passwd");
    folder_symlink(&root, "dangling", "missing");
    folder_symlink(&root, "loop", "loop");
    folder_symlink(&root, "device", "/dev/null");
    (void)list("");
    (void)row_of("./shown.txt", "shown.txt");
    cr_expect_eq(count("<tr>"), 1, "%s", page.bytes);
}

Test(listing, shows_links_inside_as_what_they_lead_to) {
    folder_write_text(&root, "sub/five.txt", "12345");
    folder_touch(&root, "sub/five.txt", 784111777);
    folder_symlink(&root, "to-file", "sub/five.txt");
    folder_symlink(&root, "to-folder", "sub");
    folder_symlink(&root, "sub/up", "../to-file");
    folder_symlink(&root, "sub/out", "../../secret.txt");
    (void)list("");
    expect_in_row("./to-file", "to-file", ">5 B<");
    expect_in_row("./to-file", "to-file", "1994-11-06 08:49");
    (void)row_of("./to-folder/", "to-folder/");
    (void)list("sub/");
    expect_in_row("./up", "up", ">5 B<");
    cr_expect_eq(count("./out"), 0);
    (void)list("to-folder/");
    expect_in_row("./up", "up", ">5 B<");
}

Test(listing, has_folders_first_and_then_files_by_name) {
    static const char *const order[] = {"\"./A-dir/\"", "\"./b-dir/\"", "\"./to-dir/\"",
                                        "\"./10.txt\"", "\"./9.txt\"",  "\"./B.txt\"",
                                        "\"./a.txt\"",  "\"./b.txt\"",  "\"./%C3%A4.txt\""};
    folder_write_text(&root, "b.txt", "x");
    folder_mkdir(&root, "b-dir");
    folder_write_text(&root, "\xC3\xA4.txt", "x");
    folder_write_text(&root, "9.txt", "x");
    folder_write_text(&root, "10.txt", "x");
    folder_mkdir(&root, "A-dir");
    folder_write_text(&root, "a.txt", "x");
    folder_symlink(&root, "to-dir", "b-dir");
    folder_write_text(&root, "B.txt", "x");
    const char *at = list("");
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        at = strstr(at, order[i]);
        cr_assert(at != NULL, "%s is missing or too early in %s", order[i], page.bytes);
    }
}

Test(listing, shows_sizes_in_units_for_people) {
    static const struct {
        const char *name;
        off_t size;
        const char *shown;
    } rows[] = {
        {"a", 0, ">0 B<"},
        {"b", 1, ">1 B<"},
        {"c", 1023, ">1023 B<"},
        {"d", 1024, ">1.0 KiB<"},
        {"e", 1536, ">1.5 KiB<"},
        {"f", 10 * 1024 - 1, ">10 KiB<"},
        {"g", 1024000, ">1000 KiB<"},
        {"h", 1048575, ">1.0 MiB<"},
        {"i", 1048576, ">1.0 MiB<"},
        {"j", (off_t)5 << 30, ">5.0 GiB<"},
        {"k", ((off_t)1 << 40) - 1, ">1.0 TiB<"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        folder_truncate(&root, rows[i].name, rows[i].size);
    (void)list("");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char href[8];
        (void)snprintf(href, sizeof href, "./%s", rows[i].name);
        expect_in_row(href, rows[i].name, rows[i].shown);
    }
}

Test(listing, shows_dates_in_utc_whatever_the_time_zone) {
    cr_assert_eq(setenv("TZ", "Nowhere-05:30", 1), 0);
    tzset();
    folder_write_text(&root, "a", "x");
    folder_touch(&root, "a", 784111777);
    folder_write_text(&root, "before", "x");
    folder_touch(&root, "before", -1);
    folder_mkdir(&root, "dir");
    folder_touch(&root, "dir", 951782400);
    (void)list("");
    expect_in_row("./a", "a", ">1994-11-06 08:49");
    expect_in_row("./before", "before", ">1969-12-31 23:59");
    expect_in_row("./dir/", "dir/", ">2000-02-29 00:00");
}

Test(listing, leads_up_from_everywhere_but_the_root) {
    folder_mkdir(&root, "empty");
    (void)list("");
    cr_expect_eq(count("../"), 0);
    cr_expect_eq(count("<tr>"), 1);
    (void)list("empty/");
    (void)row_of("../", "../");
    cr_expect_eq(count("<tr>"), 1);
    cr_expect_eq(count("<title>/empty/</title>"), 1);
}

Test(listing, of_an_empty_root_is_a_whole_page) {
    const char *html = list("");
    cr_expect_eq(count("<tr>"), 0);
    cr_expect(strncmp(html, "<!doctype html>\n", 16) == 0);
    cr_expect_eq(count("<meta charset=\"utf-8\">"), 1);
    cr_expect_eq(count("<title>/</title>"), 1);
    cr_expect(strcmp(html + strlen(html) - 8, "</html>\n") == 0);
}

Test(listing, can_be_made_twice_from_one_descriptor) {
    folder_write_text(&root, "a.txt", "x");
    for (int i = 0; i < 2; i++) {
        text_clear(&page, 0);
        cr_assert_eq(listing_write(&page, &beneath, beneath.root_fd, ""), 0);
        text_append_bytes(&page, "", 1);
        (void)row_of("./a.txt", "a.txt");
    }
}

static size_t descriptor_count(void) {
    size_t n = 0;
    DIR *folder = opendir("/proc/self/fd");
    cr_assert_not_null(folder);
    while (readdir(folder) != NULL)
        n++;
    (void)closedir(folder);
    return n;
}

Test(listing, of_many_entries_is_whole_and_leaves_no_descriptor_open) {
    enum { COUNT = 500 };
    for (int i = 0; i < COUNT; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "%03d.txt", i);
        folder_write_text(&root, name, "x");
        (void)snprintf(name, sizeof name, "link-%03d", i);
        folder_symlink(&root, name, i % 2 == 0 ? "000.txt" : "../secret.txt");
    }
    size_t before = descriptor_count();
    (void)list("");
    cr_expect_eq(count("<tr>"), COUNT + COUNT / 2);
    cr_expect_eq(descriptor_count(), before);
}

Test(listing, of_no_folder_is_an_error) {
    folder_write_text(&root, "a.txt", "x");
    int fd = beneath_open(&beneath, "a.txt");
    cr_assert_geq(fd, 0);
    cr_expect_eq(listing_write(&page, &beneath, fd, "a.txt"), -ENOTDIR);
    (void)close(fd);
    cr_expect_eq(listing_write(&page, &beneath, fd, ""), -EBADF);
    cr_expect_eq(page.length, 0);
}
