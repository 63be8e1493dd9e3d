/* SPDX-License-Identifier: MIT */
/* Types that the owner gives to single files, by path or by a name without an extension, and the one of text
 * whose name says nothing. */
#include "http/files/media_type.h"

#include <criterion/criterion.h>

TestSuite(media_type_own, .timeout = 10);

static const struct media_type_override own[] = {
    {.extension = "/.well-known/apple-app-site-association", .type = "application/json"},
    {.extension = "/drawing", .type = "image/svg+xml gzip"},
    {.extension = "/a.html", .type = "text/x-first"},
    {.extension = "/a.html", .type = "text/x-second"},
    {.extension = "Makefile", .type = "text/x-makefile"},
    {.extension = "md", .type = "text/x-own"},
};

static struct media_types *create(const char *charset) {
    struct media_types *types =
        media_types_create(&(struct media_types_options){.charset = charset,
                                                         .standard = "application/octet-stream",
                                                         .sniff = true,
                                                         .overrides = own,
                                                         .override_count = sizeof own / sizeof *own});
    cr_assert_not_null(types);
    return types;
}

Test(media_type_own, are_found_by_path_or_whole_name) {
    static const struct {
        const char *path;
        const char *type;
    } rows[] = {
        {".well-known/apple-app-site-association", "application/json"},
        {"sub/.well-known/apple-app-site-association", NULL},
        {"apple-app-site-association", NULL},
        {".well-known/Apple-app-site-association", NULL},
        {"drawing", "image/svg+xml"},
        {"sub/drawing", NULL},
        {"a.html", "text/x-first"},
        {"sub/a.html", "text/html"},
        {"Makefile", "text/x-makefile"},
        {"src/makefile", "text/x-makefile"},
        {"a.makefile", "text/x-makefile"},
        {"Makefile.d/x", NULL},
        {"README.md", "text/x-own"},
        {"md", "text/x-own"},
        {"html", NULL},
        {"sub/png", NULL},
        {"README", NULL},
    };
    struct media_types *types = create("utf-8");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct media_type *type = media_type_of(types, rows[i].path);
        cr_expect_eq(type->is_known, rows[i].type != NULL, "%s", rows[i].path);
        cr_expect_eq(type->may_be_text, rows[i].type == NULL, "%s", rows[i].path);
        cr_expect(view_equals(type->name, rows[i].type != NULL ? rows[i].type : "application/octet-stream"),
                  "%s: %s", rows[i].path, type->content_type);
    }
    cr_expect_eq(media_type_of(types, "drawing")->coding, CODING_GZIP);
    cr_expect_not(media_type_of_name(types, "drawing")->is_known, "that of any folder");
    media_types_destroy(types);
}

Test(media_type_own, can_go_without_the_charset_that_was_added) {
    static const struct media_type_override named[] = {
        {.extension = "own", .type = "text/x; charset=koi8-r"}};
    struct media_types *types = media_types_create(
        &(struct media_types_options){.charset = "utf-8", .overrides = named, .override_count = 1});
    struct media_types *without = media_types_create(&(struct media_types_options){0});
    cr_assert(types != NULL && without != NULL);
    const struct media_type *page = media_type_of(types, "a.html");
    cr_expect_str_eq(page->content_type, "text/html; charset=utf-8");
    cr_expect_str_eq(page->without_charset, "text/html");
    cr_expect_neq(page->declared_by, 0);
    cr_expect_eq(media_type_of(types, "a.own")->declared_by, 0,
                 "the owner has said it of these in particular");
    cr_expect_str_eq(media_type_of(types, "a.own")->content_type, "text/x; charset=koi8-r");
    cr_expect_eq(media_type_of(types, "a.png")->declared_by, 0);
    cr_expect_eq(media_type_of(without, "a.html")->declared_by, 0);
    cr_expect_str_eq(media_type_of(without, "a.html")->content_type, "text/html");
    media_types_destroy(types);
    media_types_destroy(without);
}

Test(media_type_own, of_text_is_plain_and_known) {
    struct media_types *types = create("iso-8859-1");
    struct media_types *without = create(NULL);
    cr_expect_str_eq(media_type_of_text(types)->content_type, "text/plain; charset=utf-8");
    cr_expect_str_eq(media_type_of_text(without)->content_type, "text/plain");
    cr_expect(media_type_of_text(types)->is_known, "so that browsers do not guess");
    cr_expect(view_equals(media_type_of_text(types)->name, "text/plain"));
    media_types_destroy(types);
    media_types_destroy(without);
}
