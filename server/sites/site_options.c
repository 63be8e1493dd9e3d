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

static bool plan_types(struct site_plan *plan, const struct config_site *site) {
    plan->types = calloc(site->type_count + 1, sizeof *plan->types);
    for (size_t i = 0; plan->types != NULL && i < site->type_count; i++) {
        plan->types[i].extension = site->types[i].extension;
        plan->types[i].type = site->types[i].media_type;
    }
    plan->options.media_types = (struct media_types_options){
        .path = unless_off(site->media_types),
        .charset = unless_off(site->charset),
        .standard = unless_off(site->default_type),
        .overrides = plan->types,
        .override_count = site->type_count,
    };
    return plan->types != NULL;
}

static void plan_variants(struct site_plan *plan, const struct config_site *site,
                          struct compressor *compressor) {
    size_t count = 0;
    for (size_t i = 0; i < site->precompressed.count && count < CODING_COUNT; i++) {
        const char *name = site->precompressed.items[i];
        count += content_coding_find(view_of(name), &plan->precompressed[count]) ? 1 : 0;
    }
    plan->options.variants = (struct variants_options){
        .precompressed = plan->precompressed,
        .precompressed_count = count,
        .compressor = site->compress ? compressor : NULL,
        .compress_types = site->compress_types.items,
        .compress_type_count = site->compress_types.count,
        .compress_min_bytes = site->compress_min_bytes,
        .compress_max_bytes = site->compress_max_bytes,
    };
}

static bool plan_caches(struct site_plan *plan, const struct config_site *site) {
    plan->caches = calloc(site->cache_count + 1, sizeof *plan->caches);
    for (size_t i = 0; plan->caches != NULL && i < site->cache_count; i++) {
        const struct config_cache *cache = &site->caches[i];
        plan->caches[i] = (struct cache_rule){
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
    plan->options.rules.caches = plan->caches;
    plan->options.rules.cache_count = site->cache_count;
    return plan->caches != NULL;
}

static_assert((int)CONFIG_HEADER_FIELDS_MAX <= (int)OWN_FIELDS_MAX, "no field of a section is left out");

static bool plan_fields(struct site_plan *plan, const struct config_site *site) {
    plan->fields = calloc(site->header_count + 1, sizeof *plan->fields);
    for (size_t i = 0; plan->fields != NULL && i < site->header_count; i++) {
        const struct config_header *header = &site->headers[i];
        plan->fields[i] = (struct field_rule){
            .pattern = header->pattern,
            .add = header->add.items,
            .add_count = header->add.count,
            .remove = header->remove.items,
            .remove_count = header->remove.count,
            .on_errors = header->errors,
        };
    }
    plan->options.rules.fields = plan->fields;
    plan->options.rules.field_count = site->header_count;
    return plan->fields != NULL;
}

static bool plan_redirects(struct site_plan *plan, const struct config_site *site) {
    plan->redirects = calloc(site->redirect_count + 1, sizeof *plan->redirects);
    for (size_t i = 0; plan->redirects != NULL && i < site->redirect_count; i++) {
        const struct config_redirect *redirect = &site->redirects[i];
        plan->redirects[i] = (struct redirect_rule){
            .pattern = redirect->pattern, .to = redirect->to, .status = redirect->status};
    }
    plan->options.rules.redirects = plan->redirects;
    plan->options.rules.redirect_count = site->redirect_count;
    return plan->redirects != NULL;
}

static bool plan_error_pages(struct site_plan *plan, const struct config_site *site) {
    plan->error_pages = calloc(site->error_page_count + 1, sizeof *plan->error_pages);
    for (size_t i = 0; plan->error_pages != NULL && i < site->error_page_count; i++) {
        plan->error_pages[i].status = site->error_pages[i].status;
        plan->error_pages[i].path = beneath_root(site->error_pages[i].path);
    }
    plan->options.rules.error_pages = plan->error_pages;
    plan->options.rules.error_page_count = site->error_page_count;
    return plan->error_pages != NULL;
}

int site_plan_init(struct site_plan *plan, const struct config_site *site, struct compressor *compressor) {
    const char *fallback = unless_off(site->fallback);
    *plan = (struct site_plan){
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
    plan_variants(plan, site, compressor);
    bool complete = plan_types(plan, site) && plan_caches(plan, site) && plan_fields(plan, site) &&
                    plan_redirects(plan, site) && plan_error_pages(plan, site);
    return complete ? 0 : -ENOMEM;
}

void site_plan_deinit(struct site_plan *plan) {
    free(plan->types);
    free(plan->caches);
    free(plan->fields);
    free(plan->redirects);
    free(plan->error_pages);
}
