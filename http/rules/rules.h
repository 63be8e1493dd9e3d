/* SPDX-License-Identifier: MIT */
/*
 * What the owner of a site has decided about its answers: caching, header fields, redirects, sharing, error
 * pages.
 *
 * The wing decides by a path and a media type, and opens nothing: where the files are, and whether there are
 * any, is not known here. Made once, then only read, by all workers at once.
 */
#ifndef LIDO_HTTP_RULES_RULES_H
#define LIDO_HTTP_RULES_RULES_H

#include "http/rules/cache_policy.h"
#include "http/rules/cors.h"
#include "http/rules/dotfiles.h"
#include "http/rules/header_fields.h"
#include "http/rules/redirects.h"
#include "http/semantics/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { SITE_SERVER_BYTES = 64 };

struct error_page_rule {
    int status;
    const char *path;  /* of the page beneath the root, without a first slash */
    const char *where; /* in the settings: "lido.conf:12"; NULL: unknown */
};

struct site_error_page {
    int status;
    char *path;
    char *where; /* "" when unknown */
};

/* Everything is copied. */
struct site_rules_options {
    const struct cache_rule *caches;
    size_t cache_count;
    const struct header_rule *fields;
    size_t field_count;
    const struct redirect_rule *redirects;
    size_t redirect_count;
    char *const *cors_origins; /* none: no sharing */
    size_t cors_origin_count;
    char *const *dotfiles; /* see dotfiles.h; none: they are hidden */
    size_t dotfile_count;
    const struct error_page_rule *error_pages; /* the first of a status wins */
    size_t error_page_count;
    bool security_headers;
    bool cross_origin_isolation;
    bool folder_download;
    size_t folder_entries; /* 0: no bound */
    size_t listing_page;
    const char *base_path; /* "/prefix": what a proxy takes off the paths of requests; NULL for nothing */
    const char *version;   /* of the program, to be told in answers and pages; NULL to keep it back */
};

struct site_rules {
    struct cache_policy *cache;
    struct header_fields *fields; /* NULL when there are none */
    struct redirects *redirects;  /* NULL when there are none */
    struct cors *cors;            /* NULL when there is no sharing */
    struct dotfiles *dotfiles;    /* NULL: they are hidden */
    struct site_error_page *error_pages;
    size_t error_page_count;
    bool security_headers;
    bool cross_origin_isolation;
    bool folder_download;  /* a folder that is listed can be had as an archive */
    size_t folder_entries; /* looked at for one archive, or to sort by size or time; SIZE_MAX: no bound */
    size_t listing_page;   /* rows of a page for browsers; 0: no bound */
    char *base_path;       /* "" for none */
    char server_field[SITE_SERVER_BYTES]; /* "Lido", or "Lido/1.2.3" */
    char server_name[SITE_SERVER_BYTES];  /* "Lido 1.2.3", for pages; "" when the version is kept back */
};

/* Fill *rules. Returns 0 or -ENOMEM. Release with site_rules_deinit(). */
int site_rules_init(struct site_rules *rules, const struct site_rules_options *options)
    __attribute__((warn_unused_result));

/* All-zero rules are allowed. */
void site_rules_deinit(struct site_rules *rules);

/* The page for a status, or NULL. Thread-safe. */
const struct site_error_page *site_rules_error_page(const struct site_rules *rules, enum http_status status);

#endif
