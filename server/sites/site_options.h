/* SPDX-License-Identifier: MIT */
/*
 * The options of one site, as http/ takes them, made of those of the config: same meaning, other types.
 *
 * Points into the config, and owns only the arrays in between: both are needed until the site is created.
 */
#ifndef LIDO_SERVER_SITES_SITE_OPTIONS_H
#define LIDO_SERVER_SITES_SITE_OPTIONS_H

#include "conf/settings.h"
#include "http/site/site.h"

#include <stdbool.h>

struct site_options_store {
    struct site_options options;
    struct media_type_override *types;
    struct cache_rule *caches;
    struct header_rule *fields;
    struct redirect_rule *redirects;
    struct error_page_rule *error_pages;
    enum content_coding precompressed[CODING_COUNT];
};

/* Make the options of a site. `forms`: what to compress with on the fly, if the site wants it; may be NULL.
 * Returns 0 or -ENOMEM. Release with site_options_deinit(), in either case. */
int site_options_init(struct site_options_store *store, const struct config_site *site,
                      struct file_forms *forms) __attribute__((warn_unused_result));

/* Whether all that the media types of a site's files depend on is the same of two sites, but for sections types. */
bool site_options_have_same_types(const struct config_site *a, const struct config_site *b);

/* Whether there are sections types that are the site's alone. */
bool site_options_have_own_types(const struct config_site *site);

/* Free the arrays. */
void site_options_deinit(struct site_options_store *store);

#endif
