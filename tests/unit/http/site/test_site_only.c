/* SPDX-License-Identifier: MIT */
/* A site whose root is a file: it is at / and at its name, and nothing is beside it. */
#include "http/site/site.h"
#include "tests/support/folder.h"
#include "tests/unit/support/resource_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct folder folder;
static struct site *site;

static void set_up(void) {
    folder_create(&folder);
    folder_write_text(&folder, "a report.pdf", "report");
    folder_write_text(&folder, "a report.pdf.gz", "compressed");
    folder_write_text(&folder, "index.html", "index");
    folder_write_text(&folder, "404.html", "own page");
    folder_write_text(&folder, ".profile", "profile");
    folder_write_text(&folder, "far/away.txt", "away");
    folder_symlink(&folder, "link", "far/away.txt");
}

static void tear_down(void) {
    site_destroy(site);
    folder_remove(&folder);
}

TestSuite(site_only, .init = set_up, .fini = tear_down, .timeout = 20);

static void create_site(const char *file) {
    static char index[] = "index.html";
    char *const index_names[] = {index};
    struct folder_path path = folder_path(&folder, file);
    static const enum content_coding codings[] = {CODING_GZIP};
    static const struct error_page_rule own_page = {.status = HTTP_NOT_FOUND, .path = "404.html"};
    struct site_options options = {
        .root = path.text,
        .index_names = index_names,
        .index_count = 1,
        .listing = true,
        .clean_urls = true,
        .fallback = "index.html",
        .variants = {.precompressed = codings,
                     .precompressed_count = 1,
                     .compress_types = (char *const[]){(char[]){"*"}},
                     .compress_type_count = 1},
        .rules = {.error_pages = &own_page, .error_page_count = 1},
    };
    cr_assert_eq(site_create(&site, &options), 0);
}

/* What is at the target, or "" for 404. */
static const char *read_at(const char *text) {
    static char content[64];
    struct target target;
    struct resolution found;
    cr_assert(target_parse(view_of(text), &target) == HTTP_OK, "%s", text);
    site_resolve(site, &target, NULL, &found);
    content[0] = '\0';
    if (found.kind == RESOLVED_FILE) {
        resource_write_text(&found.resource, content, sizeof content);
    } else {
        cr_expect(found.kind == RESOLVED_REFUSAL && found.status == HTTP_NOT_FOUND, "%s: kind %d", text,
                  (int)found.kind);
    }
    resource_close(&found.resource);
    return content;
}

Test(site_only, is_the_file_at_the_root_and_at_its_name) {
    create_site("a report.pdf");
    cr_expect_str_eq(read_at("/"), "report");
    cr_expect_str_eq(read_at("/a%20report.pdf"), "report");
    cr_expect_str_eq(read_at("/?download=tar"), "report");
}

Test(site_only, has_nothing_beside_the_file) {
    static const char *const targets[] = {
        "/a%20report.pdf.gz", "/index.html", "/far/",     "/far/away.txt",   "/a%20report.pdf/",
        "/a%20report",        "/404.html",   "/.profile", "/A%20report.pdf", "/x/a%20report.pdf"};
    create_site("a report.pdf");
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        cr_expect_str_eq(read_at(targets[i]), "", "%s", targets[i]);
    }
}

Test(site_only, has_no_pages_from_beside_the_file_in_its_place) {
    create_site("a report.pdf");
    struct target target;
    struct resolution found;
    cr_assert(target_parse(view_of("/nothing"), &target) == HTTP_OK);
    cr_expect_not(site_has_fallback_for(site, &target, NULL));
    cr_expect_not(site_resolve_error_page(site, HTTP_NOT_FOUND, NULL, &found));
}

Test(site_only, follows_a_link_and_keeps_its_name) {
    create_site("link");
    cr_expect_str_eq(read_at("/"), "away");
    cr_expect_str_eq(read_at("/link"), "away");
    cr_expect_str_eq(read_at("/away.txt"), "");
}

Test(site_only, serves_a_dot_file_that_was_named) {
    create_site(".profile");
    cr_expect_str_eq(read_at("/"), "profile");
    cr_expect_str_eq(read_at("/.profile"), "profile");
}

Test(site_only, sees_the_file_replaced_and_gone) {
    create_site("a report.pdf");
    folder_write_text(&folder, "new", "another");
    cr_assert_eq(rename(folder_path(&folder, "new").text, folder_path(&folder, "a report.pdf").text), 0);
    cr_expect_str_eq(read_at("/"), "another");
    cr_assert_eq(unlink(folder_path(&folder, "a report.pdf").text), 0);
    cr_expect_str_eq(read_at("/"), "");
    folder_mkdir(&folder, "a report.pdf");
    cr_expect_str_eq(read_at("/"), "");
}
