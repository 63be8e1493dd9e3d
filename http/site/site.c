/* SPDX-License-Identifier: MIT */
#include "http/site/site.h"

#include "http/files/places.h"
#include "http/site/parts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_compressible(const void *context, struct view media_type) {
    return variants_names_type(context, media_type);
}

static bool serves_dot_file(const void *dotfiles, const char *path) {
    return dotfiles_serve(dotfiles, path);
}

/* Lists and archives show what is served. */
static void show_dot_files(struct site *site) {
    if (site->rules.dotfiles != NULL) {
        site->root.dotfiles = site->rules.dotfiles;
        site->root.shows_dot_file = serves_dot_file;
    }
}

/* Returns NULL and sets errno. */
static struct media_types *types_of(const struct site *site, const struct site_options *options) {
    struct media_types_options media_types = options->media_types;
    if (options->of_same_types != NULL && options->own_type_count == 0) {
        return media_types_share(options->of_same_types->media_types);
    }
    if (options->of_same_types != NULL) {
        media_types.beneath = options->of_same_types->media_types;
        media_types.override_count = options->own_type_count;
    }
    media_types.is_compressible = site->variants != NULL ? is_compressible : NULL;
    media_types.context = site->variants;
    return media_types_create(&media_types);
}

/* Returns 0 or a negative errno. */
static int copy_options(struct site *site, const struct site_options *options) {
    site->files =
        (struct file_source){.root = &site->root, .cache = options->cache, .owner = options->identity};
    site->source_date = options->source_date;
    site->where = strdup(options->where != NULL ? options->where : "");
    site->listing = options->listing;
    site->clean_urls = options->clean_urls;
    bool has_fallback = options->fallback != NULL && site->only.name == NULL;
    site->fallback = has_fallback ? strdup(options->fallback) : NULL;
    struct variants_options variants = options->variants;
    variants.precompressed_count = site->only.name == NULL ? variants.precompressed_count : 0;
    site->variants = variants_create(&variants);
    site->media_types = types_of(site, options);
    if (site->media_types == NULL) {
        return -errno;
    }
    bool is_copied =
        site->where != NULL && (site->fallback != NULL || !has_fallback) && site->variants != NULL &&
        string_list_add_array(&site->index_names, options->index_names, options->index_count) == 0 &&
        site_rules_init(&site->rules, &options->rules) == 0;
    return is_copied ? 0 : -ENOMEM;
}

static int open_root(struct site *site, const char *path) {
    int result = beneath_open_root(&site->root, path);
    if (result != -ENOTDIR) {
        return result;
    }
    const char *slash = strrchr(path, '/');
    site->only.url = strdup(slash != NULL ? slash + 1 : path);
    return site->only.url != NULL ? beneath_open_folder_of(&site->root, path, &site->only.name) : -ENOMEM;
}

static int open_places(struct site *site, const struct site_options *options) {
    site->refused = options->refused;
    if (options->root == NULL || site->only.name != NULL) {
        return 0;
    }
    site->places = places_create(options->root, options->links, options->link_count);
    site->root.places = site->places;
    return site->places != NULL ? 0 : -ENOMEM;
}

int site_create(struct site **out, const struct site_options *options) {
    struct site *site = calloc(1, sizeof *site);
    if (site == NULL) {
        return -ENOMEM;
    }
    site->root.root_fd = -1;
    int result = options->root != NULL ? open_root(site, options->root) : 0;
    site->root.relief = options->relief;
    result = result == 0 ? open_places(site, options) : result;
    result = result == 0 ? copy_options(site, options) : result;
    if (result != 0) {
        site_destroy(site);
        return result;
    }
    show_dot_files(site);
    *out = site;
    return 0;
}

void site_destroy(struct site *site) {
    if (site == NULL) {
        return;
    }
    beneath_close_root(&site->root);
    places_destroy(site->places);
    free(site->where);
    free(site->only.name);
    free(site->only.url);
    media_types_destroy(site->media_types);
    variants_destroy(site->variants);
    site_rules_deinit(&site->rules);
    string_list_deinit(&site->index_names);
    free(site->fallback);
    free(site);
}

const struct beneath *site_root(const struct site *site) {
    return &site->root;
}

const char *site_where(const struct site *site) {
    return site->where;
}

time_t site_source_date(const struct site *site) {
    return site->source_date;
}

const struct site_rules *site_rules(const struct site *site) {
    return &site->rules;
}

const struct variants *site_variants(const struct site *site) {
    return site->variants;
}

const struct media_types *site_media_types(const struct site *site) {
    return site->media_types;
}

const struct file_source *site_files(const struct site *site) {
    return &site->files;
}
