/* SPDX-License-Identifier: MIT */
#include "http/site/missing.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct folder folder;
static struct beneath root;
static int descriptors_before;

static void set_up(void) {
    descriptors_before = count_descriptors();
    folder_create(&folder);
    folder_write_text(&folder, "about.html", "");
    folder_write_text(&folder, "docs/Page.html", "");
    folder_write_text(&folder, ".hidden", "");
    folder_symlink(&folder, "docs/nowhere", "missing");
    folder_symlink(&folder, "docs/through", "../about.html/x");
    folder_symlink(&folder, "round", "docs/round");
    folder_symlink(&folder, "docs/round", "../round");
    cr_assert_eq(beneath_open_root(&root, folder.path), 0);
}

static void tear_down(void) {
    beneath_close_root(&root);
    folder_remove(&folder);
}

TestSuite(missing, .init = set_up, .fini = tear_down, .timeout = 60);

Test(missing, is_explained_by_the_first_name_that_is_not_there) {
    static const struct {
        const char *path;
        const char *reason;
    } rows[] = {
        {"missing", "no such file"},
        {"missing/x", "no such file"},
        {"docs/missing", "no such file"},
        {"about.htm", "no such file"},
        {"About.html", "no such file, but about.html is there: letters differ in case"},
        {"docs/page.HTML", "no such file, but Page.html is there: letters differ in case"},
        {"Docs/Page.html", "no such file, but docs is there: letters differ in case"},
        {"DOCS/", "no such file, but docs is there: letters differ in case"},
        {".HIDDEN", "no such file"},
        {"about.html/", "about.html is no folder"},
        {"about.html/x/y", "about.html is no folder"},
        {"docs/nowhere", "a link to what is not there"},
        {"docs/nowhere/x", "docs/nowhere is a link to what is not there"},
        {"docs/through", "a link to what is not there"},
        {"round", "a link that leads in a circle, or over too many others"},
        {"docs/round/", "docs/round is a link that leads in a circle, or over too many others"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char reason[SITE_MISSING_BYTES];
        site_missing_explain(&root, rows[i].path, reason);
        cr_expect_str_eq(reason, rows[i].reason, "%s: %s", rows[i].path, reason);
    }
    beneath_close_root(&root);
    cr_expect_eq(count_descriptors(), descriptors_before);
}

/* path_resolution(7): 40 links and no more. */
Test(missing, may_be_what_is_behind_too_many_links) {
    char reason[SITE_MISSING_BYTES];
    char name[16] = "about.html";
    for (int i = 1; i <= 41; i++) {
        char link[sizeof name];
        (void)snprintf(link, sizeof link, "link%d", i);
        folder_symlink(&folder, link, name);
        memcpy(name, link, sizeof name);
    }
    site_missing_explain(&root, name, reason);
    cr_expect_str_eq(reason, "a link that leads in a circle, or over too many others");
}

/* Names longer than a name can be, and paths with the longest names in them, do not leave their buffers. */
Test(missing, takes_names_of_any_length) {
    char path[600];
    char reason[SITE_MISSING_BYTES];
    memset(path, 'X', sizeof path - 1);
    path[sizeof path - 1] = '\0';
    site_missing_explain(&root, path, reason);
    cr_expect_str_eq(reason, "no such file");
    path[255] = '\0';
    memset(path, 'x', 255);
    folder_write_text(&folder, path, "");
    path[0] = 'X';
    site_missing_explain(&root, path, reason);
    cr_expect_not_null(strstr(reason, "is there: letters differ in case"), "%s", reason);
}
