/* SPDX-License-Identifier: MIT */
/* Addresses without ".html": never in the way of a file that exists. */
#include "http/site/site.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"
#include "tests/unit/support/resource_text.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct folder root;
static struct site *site;
static int descriptors_before;

static void create_site(bool clean_urls, bool listing) {
    static char index_name[] = "index.html";
    static char *const index_names[] = {index_name};
    struct site_options options = {.root = root.path,
                                   .index_names = index_names,
                                   .index_count = 1,
                                   .listing = listing,
                                   .clean_urls = clean_urls,
                                   .media_types = {.charset = "utf-8"}};
    cr_assert_eq(site_create(&site, &options), 0);
}

static void set_up(void) {
    descriptors_before = count_descriptors();
    folder_create(&root);
    folder_write_text(&root, "about.html", "about");
    folder_write_text(&root, "sub/page.html", "page");
    folder_write_text(&root, "both", "without");
    folder_write_text(&root, "both.html", "with");
    folder_write_text(&root, "team.html", "team page");
    folder_write_text(&root, "team/index.html", "team folder");
    folder_write_text(&root, "docs.html", "docs page");
    folder_write_text(&root, "docs/a.txt", "x");
    folder_mkdir(&root, "folder.html");
    folder_write_text(&root, "x.html.html", "twice");
    folder_write_text(&root, ".html", "hidden");
    folder_write_text(&root, "sub/.html", "hidden");
    folder_symlink(&root, "out.html", "../secret.html");
}

static void tear_down(void) {
    site_destroy(site);
    folder_remove(&root);
    if (count_descriptors() != descriptors_before) {
        (void)fputs("a descriptor was left open\n", stderr);
        abort(); /* Criterion does not count an assertion in .fini */
    }
}

TestSuite(site_clean_urls, .init = set_up, .fini = tear_down, .timeout = 20);

struct row {
    const char *target;
    enum resolution_kind kind;
    enum http_status status;
    const char *content; /* of a file */
    const char *path;
};

static void expect_row(const struct row *row) {
    struct target target;
    struct resolution found;
    cr_assert(target_parse(view_of(row->target), &target) == HTTP_OK, "%s", row->target);
    site_resolve(site, &target, NULL, &found);
    cr_expect(found.kind == row->kind, "%s: kind %d", row->target, (int)found.kind);
    cr_expect(found.status == row->status, "%s: %d", row->target, (int)found.status);
    bool has_resource = row->kind == RESOLVED_FILE || row->kind == RESOLVED_FOLDER;
    cr_expect(resource_is_there(&found.resource) == has_resource, "%s: descriptor %d", row->target,
              found.resource.fd);
    if (row->content != NULL && found.kind == RESOLVED_FILE) {
        char content[32] = "";
        resource_write_text(&found.resource, content, sizeof content);
        cr_expect_str_eq(content, row->content, "%s: %s", row->target, content);
        cr_expect_str_eq(found.path, row->path, "%s: %s", row->target, found.path);
    }
    resource_close(&found.resource);
}

#define EXPECT_ROWS(rows)                                         \
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows)[0]; i++) { \
        expect_row(&(rows)[i]);                                   \
    }
#define FILE_ROW(target, content, path) \
    { (target), RESOLVED_FILE, HTTP_OK, (content), (path) }
#define OTHER_ROW(target, kind) \
    { (target), (kind), HTTP_OK, NULL, NULL }
#define REFUSAL_ROW(target, status) \
    { (target), RESOLVED_REFUSAL, (status), NULL, NULL }

Test(site_clean_urls, stand_for_pages) {
    static const struct row rows[] = {
        FILE_ROW("/about", "about", "about.html"),
        FILE_ROW("/about.html", "about", "about.html"),
        FILE_ROW("/sub/page?query", "page", "sub/page.html"),
        FILE_ROW("/both", "without", "both"), /* never away from a file that exists */
        FILE_ROW("/both.html", "with", "both.html"),
        FILE_ROW("/team", "team page", "team.html"),
        FILE_ROW("/team/", "team folder", "team/index.html"),
        FILE_ROW("/docs", "docs page", "docs.html"),
        FILE_ROW("/x.html", "twice", "x.html.html"),
        OTHER_ROW("/docs/", RESOLVED_FOLDER),
        OTHER_ROW("/about/", RESOLVED_SLASH_BEHIND),
        OTHER_ROW("/sub/page/", RESOLVED_SLASH_BEHIND),
        OTHER_ROW("/both/", RESOLVED_SLASH_BEHIND),
        OTHER_ROW("/sub", RESOLVED_SLASH_AHEAD),
        OTHER_ROW("/", RESOLVED_FOLDER),
        OTHER_ROW("/sub/", RESOLVED_FOLDER),
        OTHER_ROW("/folder.html", RESOLVED_SLASH_AHEAD),
        REFUSAL_ROW("/folder", HTTP_NOT_FOUND),
        REFUSAL_ROW("/folder/", HTTP_NOT_FOUND),
        REFUSAL_ROW("/out", HTTP_NOT_FOUND),
        REFUSAL_ROW("/out/", HTTP_NOT_FOUND),
        REFUSAL_ROW("/none", HTTP_NOT_FOUND),
        REFUSAL_ROW("/none/", HTTP_NOT_FOUND),
        REFUSAL_ROW("/about/more", HTTP_NOT_FOUND),
        REFUSAL_ROW("/sub/.html", HTTP_NOT_FOUND),
    };
    create_site(true, true);
    EXPECT_ROWS(rows);
}

Test(site_clean_urls, do_not_open_folders_that_are_not_listed) {
    static const struct row rows[] = {
        REFUSAL_ROW("/docs/", HTTP_FORBIDDEN),
        FILE_ROW("/docs", "docs page", "docs.html"),
        OTHER_ROW("/about/", RESOLVED_SLASH_BEHIND),
    };
    create_site(true, false);
    EXPECT_ROWS(rows);
}

Test(site_clean_urls, are_off_unless_they_are_on) {
    static const struct row rows[] = {
        REFUSAL_ROW("/about", HTTP_NOT_FOUND),          REFUSAL_ROW("/about/", HTTP_NOT_FOUND),
        OTHER_ROW("/team", RESOLVED_SLASH_AHEAD),       OTHER_ROW("/docs", RESOLVED_SLASH_AHEAD),
        FILE_ROW("/about.html", "about", "about.html"),
    };
    create_site(false, true);
    EXPECT_ROWS(rows);
}

Test(site_clean_urls, have_types_of_what_they_stand_for) {
    struct target target;
    struct resolution found;
    create_site(true, true);
    cr_assert(target_parse(view_of("/about"), &target) == HTTP_OK);
    site_resolve(site, &target, NULL, &found);
    cr_expect_str_eq(found.type->content_type, "text/html; charset=utf-8");
    resource_close(&found.resource);
}

/* The longest path that a target can have, and those a little shorter, with and without a final slash. */
Test(site_clean_urls, of_paths_that_leave_no_room_are_not_found) {
    static char text[TARGET_PATH_BYTES + 2];
    create_site(true, true);
    for (size_t length = TARGET_PATH_BYTES - 10; length <= TARGET_PATH_BYTES; length++) {
        for (size_t slash = 0; slash < 2; slash++) {
            struct target target;
            struct resolution found;
            memset(text, 'a', length);
            for (size_t i = 0; i < length - 1; i += 100) {
                text[i] = '/';
            }
            text[length - 1] = slash == 1 ? '/' : 'b';
            text[length] = '\0';
            if (target_parse(view_of(text), &target) != HTTP_OK) {
                continue;
            }
            site_resolve(site, &target, NULL, &found);
            cr_expect_eq(found.kind, RESOLVED_REFUSAL, "%zu", length);
            cr_expect_eq(found.status, HTTP_NOT_FOUND, "%zu", length);
        }
    }
}
