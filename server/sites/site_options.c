/* SPDX-License-Identifier: MIT */
#include "server/sites/site_options.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MS_PER_SECOND = 1000 };

/* What the config calls off is nothing. */
static const char *unless_off(const char *value) {
    return strcmp(value, "off") == 0 ? NULL : value;
}

/* Paths in the config begin with a slash; those beneath the root do not. */
static const char *beneath_root(const char *path) {
    return path + strspn(path, "/");
}

static bool add_types(struct site_options_store *store, const struct config_site *site) {
    store->types = calloc(site->type_count + 1, sizeof *store->types);
    for (size_t i = 0; store->types != NULL && i < site->type_count; i++) {
        store->types[i].extension = site->types[i].extension;
        store->types[i].type = site->types[i].media_type;
    }
    store->options.media_types = (struct media_types_options){
        .path = unless_off(site->media_types),
        .charset = unless_off(site->charset),
        .standard = unless_off(site->default_type),
        .overrides = store->types,
        .override_count = site->type_count,
    };
    return store->types != NULL;
}

static void add_variants(struct site_options_store *store, const struct config_site *site,
                         struct compressor *compressor) {
    size_t count = 0;
    for (size_t i = 0; i < site->precompressed.count && count < CODING_COUNT; i++) {
        const char *name = site->precompressed.items[i];
        count += content_coding_find(view_of(name), &store->precompressed[count]) ? 1 : 0;
    }
    store->options.variants = (struct variants_options){
        .precompressed = store->precompressed,
        .precompressed_count = count,
        .compressor = site->compress ? compressor : NULL,
        .compress_types = site->compress_types.items,
        .compress_type_count = site->compress_types.count,
        .compress_min_bytes = site->compress_min_bytes,
        .compress_max_bytes = site->compress_max_bytes,
    };
}

static bool add_caches(struct site_options_store *store, const struct config_site *site) {
    store->caches = calloc(site->cache_count + 1, sizeof *store->caches);
    for (size_t i = 0; store->caches != NULL && i < site->cache_count; i++) {
        const struct config_cache *cache = &site->caches[i];
        store->caches[i] = (struct cache_rule){
            .pattern = cache->pattern,
            .has_max_age = cache->has_max_age,
            .max_age_s = cache->max_age_ms / MS_PER_SECOND,
            .stale_while_revalidate_s = cache->stale_while_revalidate_ms / MS_PER_SECOND,
            .immutable = cache->immutable,
            .is_private = cache->is_private,
            .no_store = cache->no_store,
            .must_revalidate = cache->must_revalidate,
        };
    }
    store->options.rules.caches = store->caches;
    store->options.rules.cache_count = site->cache_count;
    return store->caches != NULL;
}

static_assert((int)CONFIG_HEADER_FIELDS_MAX <= (int)OWN_FIELDS_MAX, "no field of a section is left out");

static bool add_fields(struct site_options_store *store, const struct config_site *site) {
    store->fields = calloc(site->header_count + 1, sizeof *store->fields);
    for (size_t i = 0; store->fields != NULL && i < site->header_count; i++) {
        const struct config_header *header = &site->headers[i];
        store->fields[i] = (struct field_rule){
            .pattern = header->pattern,
            .add = header->add.items,
            .add_count = header->add.count,
            .remove = header->remove.items,
            .remove_count = header->remove.count,
            .on_errors = header->errors,
        };
    }
    store->options.rules.fields = store->fields;
    store->options.rules.field_count = site->header_count;
    return store->fields != NULL;
}

static bool add_redirects(struct site_options_store *store, const struct config_site *site) {
    store->redirects = calloc(site->redirect_count + 1, sizeof *store->redirects);
    for (size_t i = 0; store->redirects != NULL && i < site->redirect_count; i++) {
        const struct config_redirect *redirect = &site->redirects[i];
        store->redirects[i] = (struct redirect_rule){
            .pattern = redirect->pattern, .to = redirect->to, .status = redirect->status};
    }
    store->options.rules.redirects = store->redirects;
    store->options.rules.redirect_count = site->redirect_count;
    return store->redirects != NULL;
}

static bool add_error_pages(struct site_options_store *store, const struct config_site *site) {
    store->error_pages = calloc(site->error_page_count + 1, sizeof *store->error_pages);
    for (size_t i = 0; store->error_pages != NULL && i < site->error_page_count; i++) {
        store->error_pages[i].status = site->error_pages[i].status;
        store->error_pages[i].path = beneath_root(site->error_pages[i].path);
    }
    store->options.rules.error_pages = store->error_pages;
    store->options.rules.error_page_count = site->error_page_count;
    return store->error_pages != NULL;
}

int site_options_init(struct site_options_store *store, const struct config_site *site,
                      struct compressor *compressor) {
    const char *fallback = unless_off(site->fallback);
    *store = (struct site_options_store){
        .options = {.root = site->root,
                    .index_names = site->index.items,
                    .index_count = site->index.count,
                    .listing = site->listing,
                    .clean_urls = site->clean_urls,
                    .fallback = fallback != NULL ? beneath_root(fallback) : NULL,
                    .rules = {.cors_origins = site->cors.items,
                              .cors_origin_count = site->cors.count,
                              .security_headers = site->security_headers,
                              .cross_origin_isolation = site->cross_origin_isolation,
                              .folder_download = site->folder_download,
                              .version = site->server_header ? LIDO_VERSION : NULL}},
    };
    add_variants(store, site, compressor);
    bool complete = add_types(store, site) && add_caches(store, site) && add_fields(store, site) &&
                    add_redirects(store, site) && add_error_pages(store, site);
    return complete ? 0 : -ENOMEM;
}

void site_options_deinit(struct site_options_store *store) {
    free(store->types);
    free(store->caches);
    free(store->fields);
    free(store->redirects);
    free(store->error_pages);
}
