/* SPDX-License-Identifier: MIT */
/* What the sites keep in memory, by the options. */
#include "http/compression/gzip.h"
#include "http/file_cache/file_cache.h"
#include "http/file_cache/forms.h"
#include "http/site/site.h"
#include "tests/unit/server/sites/opened_sites.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(sites_caches, .init = opened_sites_begin, .fini = opened_sites_end, .timeout = 120);

/* ---- compressing --------------------------------------------------------------------------------------- */

static bool compresses(const struct site *site) {
    return variants_may_exist(site_variants(site), media_type_of(site_media_types(site), "a.txt"));
}

Test(sites_caches, has_forms_only_when_a_site_wants_it) {
    static const struct {
        const char *text;
        bool outside, one, two;
    } rows[] = {
        {"precompressed = off\nhost one { listing = on }\nhost two { listing = on }", false, false, false},
        {"precompressed = off\ncompress = on\nhost one { listing = on }\nhost two { listing = on }", true,
         true, true},
        {"precompressed = off\nhost one { compress = on }\nhost two { listing = on }", false, true, false},
        {"precompressed = off\nhost one { listing = on }\nhost two { compress = on }", false, false, true},
        {"precompressed = off\ncompress = on\nhost one { compress = off }\nhost two { listing = on }", true,
         false, true},
    };
    if (gzip_library() == NULL) {
        return;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert(open_sites(rows[i].text), "%s", error);
        cr_expect_eq(sites.forms != NULL, rows[i].outside || rows[i].one || rows[i].two, "%s", rows[i].text);
        cr_expect_eq(compresses(standard_site()), rows[i].outside, "%s", rows[i].text);
        cr_expect_eq(compresses(site_of("one")), rows[i].one, "%s", rows[i].text);
        cr_expect_eq(compresses(site_of("two")), rows[i].two, "%s", rows[i].text);
    }
}

/* Whatever keeps the forms from being made is told with the place of `compress`, here for want of
 * memory. */
static void expect_no_forms(const char *text, const char *where) {
    static const char without_zlib[] =
        "compress: this lido was built without zlib; expected off, or a build with it";
    char expected[SITES_ERROR_BYTES];
    configure(text);
    memory_fail_after(1); /* behind the list of sites */
    bool opened = sites_open(&sites, &config, kept_files, error);
    (void)memory_stop_failing();
    cr_expect(!opened, "%s", text);
    (void)snprintf(expected, sizeof expected, "%s: %s", where,
                   gzip_library() != NULL ? "compress: Cannot allocate memory" : without_zlib);
    cr_expect_str_eq(error, expected);
    cr_expect_null(sites.forms);
    sites_close(&sites);
}

Test(sites_caches, names_the_place_of_compress_where_it_cannot_be_had) {
    expect_no_forms("root = www\ncompress = on", "lido.conf:2");
    expect_no_forms("root = www\nhost one { listing = on }\n\nhost two { compress = on }", "lido.conf:4");
    expect_no_forms("root = www\ncompress = on\nhost two { compress = on }", "lido.conf:2");
}

/* It keeps as much as the config says: of a file whose compressed form is about 16 KiB, nothing within the
 * least of all bounds, a quarter of which it would have to fit into. */
Test(sites_caches, gives_the_forms_their_bound) {
    static const struct {
        const char *text;
        bool fits;
    } rows[] = {{"compress = on\ncompress_cache = 64k", false}, {"compress = on\ncompress_cache = 1M", true}};
    char bytes[24 * 1024];
    unsigned state = 1;
    for (size_t i = 0; i < sizeof bytes; i++) {
        state = state * 1103515245U + 12345U;
        bytes[i] = (char)('0' + (state >> 16) % 64); /* 6 bits of 8 are left: about 18 KiB */
    }
    folder_write(&folder, "file", bytes, sizeof bytes);
    folder_touch(&folder, "file", 1000000000);
    if (gzip_library() == NULL) {
        return;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct file_form form = {.file = {.fd = -1}};
        struct resource file = {.fd = -1};
        cr_assert(open_sites(rows[i].text), "%s", error);
        cr_assert_eq(resource_open(site_root(standard_site()), "file", &file), HTTP_OK);
        cr_expect_eq(file_forms_get(sites.forms, 0, &file, NULL, &form), rows[i].fits, "%s", rows[i].text);
        resource_close(&form.file);
        resource_close(&file);
    }
}

/* ---- the file cache ------------------------------------------------------------------------------------ */

Test(sites_caches, has_one_file_cache_for_all_hosts) {
    cr_assert(open_sites("root = www\nhost one { root = one }\nhost two { root = two }"), "%s", error);
    cr_assert_eq(sites.count, 3);
    cr_assert_not_null(sites.cache);
    enum { COUNT = 3 };
    const struct site *all[COUNT] = {standard_site(), site_of("one"), site_of("two")};
    for (size_t i = 0; i < COUNT; i++) {
        const struct file_source *files = site_files(all[i]);
        cr_expect_eq(files->cache, sites.cache, "site %zu", i);
        cr_expect_eq(files->root, site_root(all[i]), "site %zu", i);
        cr_expect_neq(files->owner, site_files(all[(i + 1) % COUNT])->owner, "each goes by rules of its own");
    }
}

Test(sites_caches, may_have_no_file_cache) {
    cr_assert(open_sites("root = www\nfile_cache = off"), "%s", error);
    cr_expect_null(sites.cache);
    cr_expect_null(site_files(standard_site())->cache);
    cr_expect_not(sites_trim(&sites));
}

/* Whether the cache keeps a file of this size, and has something to give back then. */
static void expect_kept(const char *options, off_t size, bool kept, bool has_chores) {
    char text[200];
    struct resource file = {.fd = -1};
    (void)snprintf(text, sizeof text, "root = www\n%s", options);
    folder_truncate(&folder, "www/file", size);
    folder_touch(&folder, "www/file", 1000000);
    cr_assert(open_sites(text), "%s", error);
    cr_assert_eq(file_cache_open(site_files(standard_site()), "file", &file), HTTP_OK);
    cr_expect(file_cache_keeps_heads(&file) == kept, "%s: %jd", options, (intmax_t)size);
    cr_expect((file.cached != NULL && file.contents == NULL) == has_chores, "%s: %jd", options,
              (intmax_t)size);
    resource_close(&file);
    cr_expect(sites_trim(&sites) == has_chores, "%s: %jd", options, (intmax_t)size);
}

Test(sites_caches, gives_the_file_cache_its_options) {
    enum { KIB = 1024 };
    clock_ahead_s = 3600;
    expect_kept("", 64 * KIB, true, false);
    expect_kept("", 64 * KIB + 1, true, true);
    expect_kept("file_cache_max_file = 1k", KIB, true, false);
    expect_kept("file_cache_max_file = 1k", KIB + 1, true, true);
    expect_kept("file_cache = off", 10, false, false);
    kept_files = 0;
    expect_kept("", 64 * KIB + 1, false, false);
    expect_kept("", 64 * KIB, true, false);
}
