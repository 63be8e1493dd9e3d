/* SPDX-License-Identifier: MIT */
#include "conf/config.h"
#include "conf/schema/option_table.h"
#include "tests/unit/server/sites/made_options.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

TestSuite(site_options, .init = site_options_set_up, .fini = site_options_tear_down, .timeout = 60);

static bool same(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* ---- options: each has a row --------------------------------------------------------------------------- */

static const char *root_of(const struct site_options *options) {
    return options->root;
}

static const char *index_of(const struct site_options *options) {
    return join(options->index_names, options->index_count);
}

static const char *flag(bool value) {
    return value ? "on" : "off";
}

static const char *listing_of(const struct site_options *options) {
    return flag(options->listing);
}

static const char *charset_of(const struct site_options *options) {
    return options->media_types.charset;
}

static const char *table_of(const struct site_options *options) {
    return options->media_types.path;
}

static const char *standard_of(const struct site_options *options) {
    return options->media_types.standard;
}

static const char *codings_of(const struct site_options *options) {
    static char text[64];
    text[0] = '\0';
    for (size_t i = 0; i < options->variants.precompressed_count; i++) {
        size_t length = strlen(text);
        (void)snprintf(text + length, sizeof text - length, "%s%s", i > 0 ? "," : "",
                       content_coding_name(options->variants.precompressed[i]));
    }
    return text;
}

static const char *compress_of(const struct site_options *options) {
    cr_expect(options->variants.forms == NULL || options->variants.forms == forms);
    return flag(options->variants.forms != NULL);
}

static const char *compress_types_of(const struct site_options *options) {
    return join(options->variants.compress_types, options->variants.compress_type_count);
}

static const char *number(size_t value) {
    static char text[32];
    (void)snprintf(text, sizeof text, "%zu", value);
    return text;
}

static const char *compress_min_of(const struct site_options *options) {
    return number(options->variants.compress_min_bytes);
}

static const char *compress_max_of(const struct site_options *options) {
    return number(options->variants.compress_max_bytes);
}

static const char *cors_of(const struct site_options *options) {
    return join(options->rules.cors_origins, options->rules.cors_origin_count);
}

static const char *security_of(const struct site_options *options) {
    return flag(options->rules.security_headers);
}

static const char *isolation_of(const struct site_options *options) {
    return flag(options->rules.cross_origin_isolation);
}

static const char *entries_of(const struct site_options *options) {
    return number(options->rules.folder_entries);
}

static const char *page_of(const struct site_options *options) {
    return number(options->rules.listing_page);
}

static const char *download_of(const struct site_options *options) {
    return flag(options->rules.folder_download);
}

static const char *server_header_of(const struct site_options *options) {
    cr_expect(options->rules.version == NULL || options->rules.version[0] != '\0');
    return flag(options->rules.version != NULL);
}

static const char *clean_urls_of(const struct site_options *options) {
    return flag(options->clean_urls);
}

static const char *fallback_of(const struct site_options *options) {
    return options->fallback;
}

static const char *links_of(const struct site_options *options) {
    return join(options->links, options->link_count);
}

static const char *dotfiles_of(const struct site_options *options) {
    return join(options->rules.dotfiles, options->rules.dotfile_count);
}

static const char *base_path_of(const struct site_options *options) {
    return options->rules.base_path;
}

static const struct {
    const char *option;
    const char *line; /* of the config; "": the default */
    const char *(*read)(const struct site_options *options);
    const char *expected; /* NULL: none */
} rows[] = {
    {"root", "", root_of, "."},
    {"root", "root = \"/srv/www\"", root_of, "/srv/www"},
    {"index", "", index_of, "index.html"},
    {"index", "index = { a.html, b.html }", index_of, "a.html,b.html"},
    {"index", "index = { }", index_of, ""},
    {"listing", "", listing_of, "on"},
    {"listing", "listing = off", listing_of, "off"},
    {"charset", "", charset_of, "utf-8"},
    {"charset", "charset = latin1", charset_of, "latin1"},
    {"charset", "charset = off", charset_of, NULL},
    {"media_types", "", table_of, "/etc/mime.types"},
    {"media_types", "media_types = types", table_of, "types"},
    {"media_types", "media_types = off", table_of, NULL},
    {"default_type", "", standard_of, "application/octet-stream"},
    {"default_type", "default_type = SNIFF", standard_of, "application/octet-stream"},
    {"default_type", "default_type = text/plain", standard_of, "text/plain"},
    {"default_type", "default_type = off", standard_of, NULL},
    {"precompressed", "", codings_of, "br,zstd,gzip"},
    {"precompressed", "precompressed = { gzip, br }", codings_of, "gzip,br"},
    {"precompressed", "precompressed = { zstd }", codings_of, "zstd"},
    {"precompressed", "precompressed = off", codings_of, ""},
    {"compress", "", compress_of, "off"},
    {"compress", "compress = on", compress_of, "on"},
    {"compress_types", "compress_types = { \"text/*\", a/b }", compress_types_of, "text/*,a/b"},
    {"compress_min", "", compress_min_of, "1024"},
    {"compress_min", "compress_min = 0", compress_min_of, "0"},
    {"compress_min", "compress_min = 3k", compress_min_of, "3072"},
    {"compress_max", "", compress_max_of, "1048576"},
    {"compress_max", "compress_max = 5k", compress_max_of, "5120"},
    {"cors", "", cors_of, ""},
    {"cors", "cors = on", cors_of, "*"},
    {"cors", "cors = { \"https://a.example\", \"http://b:81\" }", cors_of, "https://a.example,http://b:81"},
    {"security_headers", "", security_of, "off"},
    {"security_headers", "security_headers = on", security_of, "on"},
    {"cross_origin_isolation", "", isolation_of, "off"},
    {"cross_origin_isolation", "cross_origin_isolation = on", isolation_of, "on"},
    {"listing_page", "", page_of, "5000"},
    {"listing_page", "listing_page = 100000", page_of, "100000"},
    {"folder_entries", "", entries_of, "250000"},
    {"folder_entries", "folder_entries = 7", entries_of, "7"},
    {"folder_download", "", download_of, "on"},
    {"folder_download", "folder_download = off", download_of, "off"},
    {"server_header", "", server_header_of, "off"},
    {"server_header", "server_header = on", server_header_of, "on"},
    {"clean_urls", "", clean_urls_of, "off"},
    {"clean_urls", "clean_urls = on", clean_urls_of, "on"},
    {"links", "", links_of, ""},
    {"links", "links = { /srv/media, /a }", links_of, "/srv/media,/a"},
    {"dotfiles", "", dotfiles_of, "hide"},
    {"dotfiles", "dotfiles = { serve, \"!/p/*\" }", dotfiles_of, "serve,!/p/*"},
    {"base_path", "", base_path_of, NULL},
    {"base_path", "base_path = /prefix", base_path_of, "/prefix"},
    {"fallback", "", fallback_of, NULL},
    {"fallback", "fallback = /index.html", fallback_of, "index.html"},
    {"fallback", "fallback = /app/index.html", fallback_of, "app/index.html"},
    {"fallback", "fallback = off", fallback_of, NULL},
};

enum { ROW_COUNT = sizeof rows / sizeof rows[0] };

Test(site_options, carries_each_option_over) {
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const char *found = rows[i].read(make_options(rows[i].line));
        cr_expect(same(found, rows[i].expected), "%s, '%s': %s", rows[i].option, rows[i].line,
                  found != NULL ? found : "NULL");
    }
}

/* Whoever adds an option of sites has to carry it over, and to show that here. */
Test(site_options, is_tested_for_every_option_of_a_site) {
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        bool has_row = option_table[id].scope != OPTION_OF_SITE;
        for (size_t i = 0; i < ROW_COUNT && !has_row; i++) {
            has_row = rows[i].line[0] != '\0' && strcmp(rows[i].option, option_table[id].name) == 0;
        }
        cr_expect(has_row, "%s", option_table[id].name);
    }
}

Test(site_options, compresses_nothing_without_forms) {
    forms = NULL;
    cr_expect_null(make_options("compress = on")->variants.forms);
}

/* ---- memory -------------------------------------------------------------------------------------------- */

Test(site_options, may_run_out_of_memory_at_any_place) {
    cr_assert(load("types { a = a/a }\ncache /a { private = on }\nheader /a { remove = A }\n"
                   "redirect /a { to = /b }\nerror_page 404 = /a\n"),
              "%s", error);
    ptrdiff_t live = memory_live_count();
    size_t count = 0;
    for (bool failed = true; failed; count++) {
        memory_fail_after(count);
        int result = site_options_init(&store, &config.site, forms);
        failed = memory_stop_failing();
        cr_expect_eq(result, failed ? -ENOMEM : 0, "after %zu", count);
        site_options_deinit(&store);
        cr_expect_eq(memory_live_count(), live, "after %zu", count);
    }
    store = (struct site_options_store){0};
    cr_expect_eq(count, 6, "%zu", count);
}
