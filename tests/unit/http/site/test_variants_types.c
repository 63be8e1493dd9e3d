/* SPDX-License-Identifier: MIT */
/* Which types have forms at all: what the web compresses, and what is in a coding already. */
#include "http/site/variants.h"
#include "tests/unit/support/file_cache.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct variants *variants;

static void set_up(void) {
    static const enum content_coding codings[] = {CODING_BROTLI, CODING_GZIP};
    static char json[] = "application/json";
    static char *const types[] = {json};
    cache_set_up();
    variants = variants_create(&(struct variants_options){.precompressed = codings,
                                                          .precompressed_count = 2,
                                                          .compress_types = types,
                                                          .compress_type_count = 1});
    cr_assert_not_null(variants);
}

static void tear_down(void) {
    variants_destroy(variants);
    cache_tear_down();
}

TestSuite(variants_types, .init = set_up, .fini = tear_down, .timeout = 60);

static const char *selected(const char *media_type, const char *accept) {
    static char result[64];
    struct media_type type = {.name = media_type != NULL ? view_of(media_type) : (struct view){0}};
    struct resource file = {.fd = -1};
    struct variant variant;
    type.is_compressible = variants_names_type(variants, type.name);
    cr_assert_eq(file_cache_open(&source, "dump.sql", &file), HTTP_OK);
    bool is_taken =
        variants_select(variants, &source, "dump.sql", &type, view_of(accept), true, &file, &variant);
    (void)snprintf(result, sizeof result, "%s", is_taken ? text_of(&file) : "refused");
    resource_close(&file);
    return result;
}

/* A backup or an older dump beside a file of another type is not that file. */
Test(variants_types, that_the_web_does_not_compress_have_no_siblings) {
    folder_write_text(&folder, "dump.sql", "original");
    folder_write_text(&folder, "dump.sql.gz", "gzipped");
    cr_expect_str_eq(selected("application/sql", "gzip"), "original");
    cr_expect_str_eq(selected(NULL, "gzip"), "original");
    cr_expect_str_eq(selected("application/json", "gzip"), "gzipped", "its owner names it");
    cr_expect_str_eq(selected("application/sql", "gzip, identity;q=0"), "refused");
}

/* RFC 9110 section 12.5.3: without the field any coding will do. */
Test(variants_types, in_a_coding_are_that_and_what_it_is_without) {
    static const struct {
        enum content_coding coding;
        const char *accept;
        bool taken;
        enum content_coding chosen;
        bool is_expanded;
    } rows[] = {
        {CODING_GZIP, NULL, true, CODING_GZIP, false},
        {CODING_GZIP, "gzip", true, CODING_GZIP, false},
        {CODING_GZIP, "gzip;q=0.1, identity", true, CODING_GZIP, false},
        {CODING_GZIP, "*", true, CODING_GZIP, false},
        {CODING_GZIP, "", true, CODING_IDENTITY, true},
        {CODING_GZIP, "identity", true, CODING_IDENTITY, true},
        {CODING_GZIP, "br", true, CODING_IDENTITY, true},
        {CODING_GZIP, "gzip;q=0", true, CODING_IDENTITY, true},
        {CODING_GZIP, "*;q=0", false, CODING_IDENTITY, false},
        {CODING_BROTLI, "br", true, CODING_BROTLI, false},
        {CODING_BROTLI, "gzip", false, CODING_IDENTITY, false},
    };
    folder_write_text(&folder, "a.svgz", "original");
    folder_write_text(&folder, "a.svgz.gz", "no sibling");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct media_type type = {.name = view_of("image/svg+xml"), .coding = rows[i].coding};
        struct resource file = {.fd = -1};
        struct variant variant;
        struct view accept = rows[i].accept != NULL ? view_of(rows[i].accept) : (struct view){0};
        cr_assert_eq(file_cache_open(&source, "a.svgz", &file), HTTP_OK);
        cr_expect(variants_may_exist(variants, &type));
        cr_expect_eq(variants_select(variants, &source, "a.svgz", &type, accept, true, &file, &variant),
                     rows[i].taken, "row %zu", i);
        cr_expect_eq(variant.coding, rows[i].chosen, "row %zu", i);
        cr_expect_eq(variant.is_expanded, rows[i].is_expanded, "row %zu", i);
        resource_close(&file);
    }
}

Test(variants_types, are_copied) {
    char type[] = "image/svg+xml";
    char *const types[] = {type};
    struct variants *made =
        variants_create(&(struct variants_options){.compress_types = types, .compress_type_count = 1});
    memset(type, 'x', strlen(type));
    cr_expect(variants_names_type(made, view_of("image/svg+xml")));
    variants_destroy(made);
}
