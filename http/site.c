/* SPDX-License-Identifier: MIT */
#include "http/site.h"

#include "http/media_type.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct site {
    struct beneath root;
    struct media_types *media_types;
    char **index_names;
    size_t index_count;
    bool listing;
};

static bool copy_index_names(struct site *site, const struct site_options *options) {
    site->index_names = calloc(options->index_count + 1, sizeof *site->index_names);
    if (site->index_names == NULL) {
        return false;
    }
    for (size_t i = 0; i < options->index_count; i++) {
        site->index_names[i] = strdup(options->index_names[i]);
        if (site->index_names[i] == NULL) {
            return false;
        }
        site->index_count++;
    }
    return true;
}

int site_create(struct site **out, const struct site_options *options) {
    struct site *site = calloc(1, sizeof *site);
    if (site == NULL) {
        return -ENOMEM;
    }
    site->listing = options->listing;
    int result = beneath_open_root(&site->root, options->root);
    if (result != 0) {
        free(site);
        return result;
    }
    site->media_types = media_types_create(options->media_types_path, options->charset);
    if (site->media_types == NULL || !copy_index_names(site, options)) {
        site_destroy(site);
        return -ENOMEM;
    }
    *out = site;
    return 0;
}

void site_destroy(struct site *site) {
    if (site == NULL) {
        return;
    }
    beneath_close_root(&site->root);
    media_types_destroy(site->media_types);
    for (size_t i = 0; i < site->index_count; i++) {
        free(site->index_names[i]);
    }
    free(site->index_names);
    free(site);
}

const struct beneath *site_root(const struct site *site) {
    return &site->root;
}

static void refuse(struct resolution *resolution, enum http_status status) {
    resource_close(&resolution->resource);
    resolution->kind = RESOLVED_REFUSAL;
    resolution->status = status;
}

static void serve_file(const struct site *site, const char *name, struct resolution *resolution) {
    resolution->kind = RESOLVED_FILE;
    resolution->content_type = media_type_of(site->media_types, name);
}

/* Try the index files of the folder. Returns whether the matter is settled: one was found, or one is there but may not be
 * read, which must not turn into a listing. */
static bool resolve_index(const struct site *site, const struct target *folder,
                          struct resolution *resolution) {
    char path[TARGET_PATH_BYTES];
    memcpy(path, folder->path, folder->length);
    for (size_t i = 0; i < site->index_count; i++) {
        const char *name = site->index_names[i];
        size_t name_size = strlen(name) + 1;
        if (folder->length + name_size > sizeof path) {
            continue;
        }
        memcpy(path + folder->length, name, name_size);
        enum http_status status = resource_open(&site->root, path, &resolution->resource);
        if (status == HTTP_OK && !resolution->resource.is_folder) {
            serve_file(site, name, resolution);
            return true;
        }
        resource_close(&resolution->resource);
        if (status != HTTP_OK && status != HTTP_NOT_FOUND) {
            refuse(resolution, status);
            return true;
        }
    }
    return false;
}

static void resolve_folder(const struct site *site, const struct target *target,
                           struct resolution *resolution) {
    if (resolve_index(site, target, resolution)) {
        return;
    }
    enum http_status status = resource_open(&site->root, target->path, &resolution->resource);
    if (status != HTTP_OK) {
        refuse(resolution, status);
    } else if (!site->listing) {
        refuse(resolution, HTTP_FORBIDDEN);
    } else {
        resolution->kind = RESOLVED_FOLDER;
    }
}

/* Whether the path is that of a folder with an index file. A folder that may be searched but not read (mode 0711) cannot
 * be opened to find out, and yet it shows its index. */
static bool has_index(const struct site *site, const struct target *target) {
    struct target folder = *target;
    folder.path[folder.length++] = '/'; /* target_parse() leaves room for it */
    folder.path[folder.length] = '\0';
    struct resolution found = {.resource = {.fd = -1}};
    bool has_file = resolve_index(site, &folder, &found) && found.kind == RESOLVED_FILE;
    resource_close(&found.resource);
    return has_file;
}

static bool has_final_slash(const struct target *target) {
    return target->length == 0 || target->path[target->length - 1] == '/';
}

void site_resolve(const struct site *site, const struct target *target, struct resolution *resolution) {
    *resolution = (struct resolution){.status = HTTP_OK, .resource = {.fd = -1}};
    if (target_is_hidden(target->path)) {
        refuse(resolution, HTTP_NOT_FOUND);
        return;
    }
    if (has_final_slash(target)) {
        resolve_folder(site, target, resolution);
        return;
    }
    enum http_status status = resource_open(&site->root, target->path, &resolution->resource);
    if (status == HTTP_FORBIDDEN && has_index(site, target)) {
        resolution->kind = RESOLVED_SLASH_AHEAD;
    } else if (status != HTTP_OK) {
        refuse(resolution, status);
    } else if (resolution->resource.is_folder) {
        resource_close(&resolution->resource);
        resolution->kind = RESOLVED_SLASH_AHEAD;
    } else {
        serve_file(site, target->path, resolution);
    }
}
