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

static bool lead_inside(const struct string_list *links) {
    return links->count == 1 && strcmp(links->items[0], "inside") == 0;
}

static void use_media_types(struct site_options_store *store, const struct config_site *site) {
    bool sniff = strcmp(site->default_type, "sniff") == 0;
    store->options.media_types = (struct media_types_options){
        .path = unless_off(site->media_types),
        .charset = unless_off(site->charset),
        .standard = sniff ? "application/octet-stream" : unless_off(site->default_type),
        .sniff = sniff,
    };
}

bool site_options_have_same_types(const struct config_site *a, const struct config_site *b) {
    return strcmp(a->media_types, b->media_types) == 0 && strcmp(a->charset, b->charset) == 0 &&
           strcmp(a->default_type, b->default_type) == 0 &&
           string_list_is_same(&a->compress_types, &b->compress_types);
}

bool site_options_have_own_types(const struct config_site *site) {
    for (size_t i = 0; i < site->rule_count; i++) {
        if (site->rules[i].kind == SECTION_TYPES && !site->rules[i].is_inherited) {
            return true;
        }
    }
    return false;
}

static void add_variants(struct site_options_store *store, const struct config_site *site,
                         struct file_forms *forms) {
    size_t count = 0;
    for (size_t i = 0; i < site->precompressed.count && count < CODING_COUNT; i++) {
        const char *name = site->precompressed.items[i];
        count += content_coding_find(view_of(name), &store->precompressed[count]) ? 1 : 0;
    }
    store->options.variants = (struct variants_options){
        .precompressed = store->precompressed,
        .precompressed_count = count,
        .forms = site->compress ? forms : NULL,
        .compress_types = site->compress_types.items,
        .compress_type_count = site->compress_types.count,
        .compress_min_bytes = site->compress_min_bytes,
        .compress_max_bytes = site->compress_max_bytes,
    };
}

static struct cache_rule cache_rule_of(const struct config_rule *rule) {
    const struct config_cache *cache = &rule->cache;
    return (struct cache_rule){
        .pattern = rule->title,
        .where = rule->where,
        .has_max_age = cache->has_max_age,
        .max_age_s = cache->max_age_ms / MS_PER_SECOND,
        .stale_while_revalidate_s = cache->stale_while_revalidate_ms / MS_PER_SECOND,
        .immutable = cache->immutable,
        .is_private = cache->is_private,
        .no_store = cache->no_store,
        .must_revalidate = cache->must_revalidate,
    };
}

static_assert((int)CONFIG_HEADER_FIELDS_MAX <= (int)OWN_FIELDS_MAX, "no field of a section is left out");

static struct header_rule field_rule_of(const struct config_rule *rule) {
    const struct config_header *header = &rule->header;
    return (struct header_rule){
        .pattern = rule->title,
        .where = rule->where,
        .add = header->add.items,
        .add_count = header->add.count,
        .remove = header->remove.items,
        .remove_count = header->remove.count,
        .on_errors = header->errors,
    };
}

/* There is room in each array. */
static void add_rule(struct site_options_store *store, const struct config_rule *rule) {
    struct site_rules_options *rules = &store->options.rules;
    switch (rule->kind) {
    case SECTION_CACHE:
        store->caches[rules->cache_count++] = cache_rule_of(rule);
        break;
    case SECTION_HEADER:
        store->fields[rules->field_count++] = field_rule_of(rule);
        break;
    case SECTION_REDIRECT:
        store->redirects[rules->redirect_count++] = (struct redirect_rule){.pattern = rule->title,
                                                                           .where = rule->where,
                                                                           .to = rule->redirect.to,
                                                                           .status = rule->redirect.status};
        break;
    case SECTION_ERROR_PAGE:
        store->error_pages[rules->error_page_count++] =
            (struct error_page_rule){.status = rule->error_page.status,
                                     .path = beneath_root(rule->error_page.path),
                                     .where = rule->where};
        break;
    case SECTION_ACCESS_LOG: /* the server's, see server/log/plan.h */
        break;
    default:
        assert(rule->kind == SECTION_TYPES); /* its own ones come first */
        store->options.own_type_count += rule->is_inherited ? 0 : 1;
        store->types[store->options.media_types.override_count++] = (struct media_type_override){
            .extension = rule->title, .type = rule->media_type, .where = rule->where};
        break;
    }
}

/* Returns 0 or -ENOMEM. */
static int add_rules(struct site_options_store *store, const struct config_site *site) {
    size_t counts[SECTION_COUNT] = {0};
    for (size_t i = 0; i < site->rule_count; i++) {
        counts[site->rules[i].kind]++;
    }
    store->caches = calloc(counts[SECTION_CACHE] + 1, sizeof *store->caches);
    store->fields = calloc(counts[SECTION_HEADER] + 1, sizeof *store->fields);
    store->redirects = calloc(counts[SECTION_REDIRECT] + 1, sizeof *store->redirects);
    store->error_pages = calloc(counts[SECTION_ERROR_PAGE] + 1, sizeof *store->error_pages);
    store->types = calloc(counts[SECTION_TYPES] + 1, sizeof *store->types);
    if (store->caches == NULL || store->fields == NULL || store->redirects == NULL ||
        store->error_pages == NULL || store->types == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < site->rule_count; i++) {
        add_rule(store, &site->rules[i]);
    }
    struct site_rules_options *rules = &store->options.rules;
    rules->caches = store->caches;
    rules->fields = store->fields;
    rules->redirects = store->redirects;
    rules->error_pages = store->error_pages;
    store->options.media_types.overrides = store->types;
    return 0;
}

int site_options_init(struct site_options_store *store, const struct config_site *site,
                      struct file_forms *forms) {
    const char *fallback = unless_off(site->fallback);
    *store = (struct site_options_store){
        .options = {.root = site->root,
                    .links = site->links.items,
                    .link_count = lead_inside(&site->links) ? 0 : site->links.count,
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
                              .folder_entries = site->folder_entries,
                              .listing_page = site->listing_page,
                              .dotfiles = site->dotfiles.items,
                              .dotfile_count = site->dotfiles.count,
                              .base_path = unless_off(site->base_path),
                              .version = site->server_header ? LIDO_VERSION : NULL}},
    };
    use_media_types(store, site);
    add_variants(store, site, forms);
    return add_rules(store, site);
}

void site_options_deinit(struct site_options_store *store) {
    free(store->types);
    free(store->caches);
    free(store->fields);
    free(store->redirects);
    free(store->error_pages);
}
