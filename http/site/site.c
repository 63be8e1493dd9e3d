/* SPDX-License-Identifier: MIT */
#include "http/site/site.h"

#include "http/base/string_list.h"
#include "http/files/content_hints.h"
#include "http/files/places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char html_suffix[] = ".html";

/* Where the root is a file. */
struct only_file {
    char *name; /* in the root, its folder; NULL for a root that is a folder */
    char *url;  /* the name by which it is known, which a link to it may give it */
};

struct site {
    struct beneath root;
    struct places *places; /* NULL: the root is gone, or only one file is served */
    struct refused_links *refused;
    struct only_file only;
    struct media_types *media_types;
    struct variants *variants;
    struct file_source files;
    struct site_rules rules;
    struct string_list index_names;
    char *fallback; /* NULL for none */
    time_t source_date;
    bool listing;
    bool clean_urls;
};

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

static bool copy_options(struct site *site, const struct site_options *options) {
    site->files =
        (struct file_source){.root = &site->root, .cache = options->cache, .owner = options->identity};
    site->source_date = options->source_date;
    site->listing = options->listing;
    site->clean_urls = options->clean_urls;
    bool has_fallback = options->fallback != NULL && site->only.name == NULL;
    site->fallback = has_fallback ? strdup(options->fallback) : NULL;
    struct variants_options variants = options->variants;
    variants.precompressed_count = site->only.name == NULL ? variants.precompressed_count : 0;
    site->variants = variants_create(&variants);
    struct media_types_options media_types = options->media_types;
    media_types.is_compressible = site->variants != NULL ? is_compressible : NULL;
    media_types.context = site->variants;
    site->media_types = media_types_create(&media_types);
    return (site->fallback != NULL || !has_fallback) && site->media_types != NULL && site->variants != NULL &&
           string_list_add_array(&site->index_names, options->index_names, options->index_count) == 0 &&
           site_rules_init(&site->rules, &options->rules) == 0;
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
    if (result == 0 && !copy_options(site, options)) {
        result = -ENOMEM;
    }
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

static void refuse(struct resolution *resolution, enum http_status status) {
    resource_close(&resolution->resource);
    resolution->kind = RESOLVED_REFUSAL;
    resolution->status = status;
}

static void serve_file(const struct site *site, const char *path, struct resolution *resolution) {
    resolution->kind = RESOLVED_FILE;
    resolution->path = path;
    resolution->type = media_type_of(site->media_types, path);
    if (resolution->type->may_be_text && (file_cache_hints(&resolution->resource) & CONTENT_IS_TEXT) != 0) {
        resolution->type = media_type_of_text(site->media_types);
    }
}

/* Open the file whose path is `length` bytes of `path` and then `suffix`. Returns HTTP_OK only for a file. */
static enum http_status open_with_suffix(const char *path, size_t length, const char *suffix,
                                         struct resolution *resolution) {
    size_t suffix_size = strlen(suffix) + 1;
    if (length + suffix_size > sizeof resolution->own_path) {
        return HTTP_NOT_FOUND;
    }
    memcpy(resolution->own_path, path, length);
    memcpy(resolution->own_path + length, suffix, suffix_size);
    enum http_status status = file_cache_open(resolution->files, resolution->own_path, &resolution->resource);
    if (status == HTTP_OK && resolution->resource.is_folder) {
        resource_close(&resolution->resource);
        status = HTTP_NOT_FOUND;
    }
    return status;
}

/* Try the index files of the folder. Returns whether the matter is settled: one was found, or one is there
 * but may not be read, which must not turn into a listing. */
static bool resolve_index(const struct site *site, const struct target *folder,
                          struct resolution *resolution) {
    for (size_t i = 0; i < site->index_names.count; i++) {
        enum http_status status =
            open_with_suffix(folder->path, folder->length, site->index_names.items[i], resolution);
        if (status == HTTP_OK) {
            serve_file(site, resolution->own_path, resolution);
            return true;
        }
        if (status != HTTP_NOT_FOUND) {
            refuse(resolution, status);
            return true;
        }
    }
    return false;
}

/* Whether "about.html" is there for the path "about" or "about/". It is open then. */
static bool find_clean(const struct site *site, const struct target *target, struct resolution *resolution) {
    size_t length = target->length;
    length -= length > 0 && target->path[length - 1] == '/' ? 1 : 0;
    return site->clean_urls && length > 0 &&
           open_with_suffix(target->path, length, html_suffix, resolution) == HTTP_OK;
}

static void resolve_folder(const struct site *site, const struct target *target,
                           struct resolution *resolution) {
    if (resolve_index(site, target, resolution)) {
        return;
    }
    enum http_status status = file_cache_open(resolution->files, target->path, &resolution->resource);
    if (status == HTTP_NOT_FOUND && find_clean(site, target, resolution)) {
        resource_close(&resolution->resource);
        resolution->kind = RESOLVED_SLASH_BEHIND;
    } else if (status != HTTP_OK) {
        refuse(resolution, status);
    } else if (!site->listing) {
        refuse(resolution, HTTP_FORBIDDEN);
    } else {
        resolution->kind = RESOLVED_FOLDER;
    }
}

/* Whether the path is that of a folder with an index file. A folder that may be searched but not read (mode
 * 0711) cannot be opened to find out, and yet it shows its index. */
static bool has_index(const struct site *site, const struct file_source *files, const struct target *target) {
    struct target folder = *target;
    folder.path[folder.length++] = '/'; /* target_parse() leaves room for it */
    folder.path[folder.length] = '\0';
    struct resolution found = {.files = files, .resource = {.fd = -1}};
    bool has_file = resolve_index(site, &folder, &found) && found.kind == RESOLVED_FILE;
    resource_close(&found.resource);
    return has_file;
}

/* There is a folder, or nothing, under a name without a final slash. */
static void resolve_name(const struct site *site, const struct target *target, enum http_status status,
                         struct resolution *resolution) {
    bool is_folder = status == HTTP_OK;
    resource_close(&resolution->resource);
    if ((is_folder || status == HTTP_NOT_FOUND) && find_clean(site, target, resolution)) {
        serve_file(site, resolution->own_path, resolution);
    } else if (is_folder || (status == HTTP_FORBIDDEN && has_index(site, resolution->files, target))) {
        resolution->kind = RESOLVED_SLASH_AHEAD;
    } else {
        refuse(resolution, status);
    }
}

static bool has_final_slash(const struct target *target) {
    return target->length == 0 || target->path[target->length - 1] == '/';
}

static void begin(const struct site *site, const struct file_source *files, struct resolution *resolution) {
    resolution->files = files != NULL ? files : &site->files;
    resolution->kind = RESOLVED_REFUSAL;
    resolution->status = HTTP_OK;
    resolution->resource = (struct resource){.fd = -1};
    resolution->path = NULL;
    resolution->type = NULL;
}

/* Dot-files too, as this one was asked for by its owner. */
static void resolve_only(const struct site *site, const struct target *target,
                         struct resolution *resolution) {
    enum http_status status = HTTP_NOT_FOUND;
    if (target->length == 0 || strcmp(target->path, site->only.url) == 0) {
        status = file_cache_open(resolution->files, site->only.name, &resolution->resource);
    }
    if (status == HTTP_OK && !resolution->resource.is_folder) {
        serve_file(site, site->only.name, resolution);
    } else {
        refuse(resolution, status == HTTP_OK ? HTTP_NOT_FOUND : status);
    }
}

void site_resolve(const struct site *site, const struct target *target, const struct file_source *files,
                  struct resolution *resolution) {
    begin(site, files, resolution);
    if (site->only.name != NULL) {
        resolve_only(site, target, resolution);
        return;
    }
    if (!dotfiles_serve(site->rules.dotfiles, target->path)) {
        refuse(resolution, HTTP_NOT_FOUND);
        return;
    }
    if (has_final_slash(target)) {
        resolve_folder(site, target, resolution);
        return;
    }
    enum http_status status = file_cache_open(resolution->files, target->path, &resolution->resource);
    if (status == HTTP_OK && !resolution->resource.is_folder) {
        serve_file(site, target->path, resolution);
    } else {
        resolve_name(site, target, status, resolution);
    }
}

void site_note_refused_link(const struct site *site, const struct target *target) {
    if (site->refused != NULL && dotfiles_serve(site->rules.dotfiles, target->path)) {
        places_note_refused(&site->root, target->path, site->refused);
    }
}

const char *site_content_type(const struct resolution *found) {
    const struct media_type *type = found->type;
    bool is_declared =
        type->declared_by != 0 && (file_cache_hints(&found->resource) & type->declared_by) != 0;
    return is_declared ? type->without_charset : type->content_type;
}

/* --- pages in the place of others ----------------------------------------------------------------------- */

bool site_has_fallback_for(const struct site *site, const struct target *target) {
    const struct media_type *type = media_type_of(site->media_types, target->path);
    bool names_type = type->is_known && !type->only_by_system; /* "/shops/example.com" is a place of an app */
    return site->fallback != NULL && (!names_type || view_equals_nocase(type->name, "text/html") ||
                                      view_equals_nocase(type->name, "application/xhtml+xml"));
}

static bool resolve_page(const struct site *site, const char *path, const struct file_source *files,
                         struct resolution *resolution) {
    begin(site, files, resolution);
    if (file_cache_open(resolution->files, path, &resolution->resource) != HTTP_OK ||
        resolution->resource.is_folder) {
        refuse(resolution, HTTP_NOT_FOUND);
        return false;
    }
    serve_file(site, path, resolution);
    return true;
}

void site_resolve_fallback(const struct site *site, const struct file_source *files,
                           struct resolution *resolution) {
    (void)resolve_page(site, site->fallback, files, resolution);
}

bool site_resolve_error_page(const struct site *site, enum http_status status,
                             const struct file_source *files, struct resolution *resolution) {
    const char *path = site->only.name == NULL ? site_rules_error_page(&site->rules, status) : NULL;
    return path != NULL && resolve_page(site, path, files, resolution);
}
