/* SPDX-License-Identifier: MIT */
/* Pages in the place of others: the fallback and the pages for errors; and what a site is made of. */
#include "http/site/site.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct folder root;
static struct site *site;
static int descriptors_before;

static void set_up(void) {
    descriptors_before = count_descriptors();
    folder_create(&root);
    folder_write_text(&root, "shell.html", "shell");
    folder_write_text(&root, "errors/404.html", "nothing");
    folder_fifo(&root, "fifo.html");
}

static void tear_down(void) {
    site_destroy(site);
    folder_remove(&root);
    if (count_descriptors() != descriptors_before) {
        (void)fputs("a descriptor was left open\n", stderr);
        abort(); /* Criterion does not count an assertion in .fini */
    }
}

TestSuite(site_pages, .init = set_up, .fini = tear_down, .timeout = 20);

static void create_site(const char *fallback) {
    static const struct error_page_rule pages[] = {{.status = 404, .path = "errors/404.html"},
                                                   {.status = 500, .path = "errors/500.html"},
                                                   {.status = 403, .path = "errors"},
                                                   {.status = 503, .path = "fifo.html"},
                                                   {.status = 400, .path = ".."}};
    struct site_options options = {.root = root.path, .fallback = fallback};
    options.media_types.standard = "application/octet-stream";
    options.rules.error_pages = pages;
    options.rules.error_page_count = sizeof pages / sizeof pages[0];
    cr_assert_eq(site_create(&site, &options), 0);
}

Test(site_pages, of_an_app_stand_for_paths_that_could_be_its_routes) {
    static const struct {
        const char *target;
        bool has_fallback;
    } rows[] = {
        {"/", true},
        {"/route", true},
        {"/route/", true},
        {"/a.b/route", true},
        {"/page.html", true},
        {"/page.HTM", true},
        {"/page.xhtml", true},
        {"/john.doe-unknown", true},
        {"/v1.", true},
        {"/app.js", false},
        {"/style.css", false},
        {"/picture.PNG", false},
        {"/x/data.json", false},
        {"/app.js/route", true},
        {"/app.js?x.html", false},
    };
    create_site("shell.html");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct target target;
        cr_assert(target_parse(view_of(rows[i].target), &target) == HTTP_OK);
        cr_expect_eq(site_has_fallback_for(site, &target, NULL), rows[i].has_fallback, "%s", rows[i].target);
    }
    site_destroy(site);
    create_site(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct target target;
        cr_assert(target_parse(view_of(rows[i].target), &target) == HTTP_OK);
        cr_expect_not(site_has_fallback_for(site, &target, NULL), "%s", rows[i].target);
    }
}

/* The type of a file whose type is not known says nothing about the path that was asked for. */
Test(site_pages, of_an_app_do_not_depend_on_the_standard_type) {
    struct site_options options = {.root = root.path, .fallback = "shell.html"};
    struct target target;
    static const char *const types[] = {"text/html", "image/png", NULL};
    cr_assert(target_parse(view_of("/route"), &target) == HTTP_OK);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        options.media_types.standard = types[i];
        cr_assert_eq(site_create(&site, &options), 0);
        cr_expect(site_has_fallback_for(site, &target, NULL), "%zu", i);
        site_destroy(site);
    }
    site = NULL;
}

Test(site_pages, of_an_app_are_opened) {
    char fallback[] = "shell.html";
    struct resolution found;
    create_site(fallback);
    memset(fallback, 'x', strlen(fallback)); /* it has a copy */
    site_resolve_fallback(site, NULL, &found);
    cr_assert_eq(found.kind, RESOLVED_FILE);
    cr_expect_eq(found.status, HTTP_OK);
    cr_expect_str_eq(found.path, "shell.html");
    cr_expect_str_eq(found.type->content_type, "text/html");
    cr_expect_eq(found.resource.size, 5);
    resource_close(&found.resource);
}

Test(site_pages, of_an_app_that_cannot_be_opened_are_not_found) {
    static const char *const fallbacks[] = {"missing.html", "errors", "fifo.html", "../shell.html"};
    for (size_t i = 0; i < sizeof fallbacks / sizeof fallbacks[0]; i++) {
        struct resolution found;
        create_site(fallbacks[i]);
        site_resolve_fallback(site, NULL, &found);
        cr_expect_eq(found.kind, RESOLVED_REFUSAL, "%s", fallbacks[i]);
        cr_expect_eq(found.status, HTTP_NOT_FOUND, "%s", fallbacks[i]);
        cr_expect_eq(found.resource.fd, -1, "%s", fallbacks[i]);
        site_destroy(site);
    }
    site = NULL;
}

Test(site_pages, for_errors_are_opened_if_there_are_any) {
    static const struct {
        enum http_status status;
        bool exists;
    } rows[] = {
        {HTTP_NOT_FOUND, true},    {HTTP_INTERNAL_SERVER_ERROR, false}, {HTTP_FORBIDDEN, false},
        {HTTP_BAD_REQUEST, false}, {HTTP_SERVICE_UNAVAILABLE, false},   {HTTP_METHOD_NOT_ALLOWED, false},
    };
    create_site(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct resolution found;
        bool exists = site_resolve_error_page(site, rows[i].status, NULL, &found);
        cr_expect_eq(exists, rows[i].exists, "%d", (int)rows[i].status);
        if (exists) {
            cr_expect_str_eq(found.path, "errors/404.html");
            cr_expect_eq(found.kind, RESOLVED_FILE);
            resource_close(&found.resource);
        }
    }
}

Test(site_pages, are_known_to_those_who_answer) {
    create_site(NULL);
    cr_expect_geq(site_root(site)->root_fd, 0);
    cr_expect_str_eq(site_rules_error_page(site_rules(site), HTTP_NOT_FOUND)->path, "errors/404.html");
    const struct media_type *type = media_type_of(site_media_types(site), "a.html");
    cr_expect_not(variants_may_exist(site_variants(site), type));
}
