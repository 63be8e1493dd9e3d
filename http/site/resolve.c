/* SPDX-License-Identifier: MIT */
#include "http/files/content_hints.h"
#include "http/files/places.h"
#include "http/site/parts.h"
#include "http/site/site.h"
#include "http/site/steps.h"

#include <string.h>

static const char html_suffix[] = ".html";

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

/* Open a file or folder for *resolution. Returns as file_cache_open() does. A file that is served is told of by who serves
 * it. */
static enum http_status open_path(const char *path, struct resolution *resolution) {
    enum http_status status = file_cache_open(resolution->files, path, &resolution->resource);
    if ((status != HTTP_OK || resolution->resource.is_folder) && resolution->files->account != NULL) {
        site_steps_tell_opened(resolution->files->account, resolution->files->root, path, status);
    }
    return status;
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
    enum http_status status = open_path(resolution->own_path, resolution);
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
    if (!site->clean_urls || length == 0) {
        account_tell(length > 0 ? resolution->files->account : NULL,
                     "%.*s.html: not looked for (clean_urls = off)", (int)length, target->path);
        return false;
    }
    bool is_found = open_with_suffix(target->path, length, html_suffix, resolution) == HTTP_OK;
    account_tell(is_found ? resolution->files->account : NULL, "clean_urls = on: %s stands for /%.*s",
                 resolution->own_path, (int)length, target->path);
    return is_found;
}

static void resolve_folder(const struct site *site, const struct target *target,
                           struct resolution *resolution) {
    if (resolve_index(site, target, resolution)) {
        return;
    }
    enum http_status status = open_path(target->path, resolution);
    if (status == HTTP_NOT_FOUND && find_clean(site, target, resolution)) {
        resource_close(&resolution->resource);
        resolution->kind = RESOLVED_SLASH_BEHIND;
    } else if (status != HTTP_OK) {
        refuse(resolution, status);
    } else if (!site->listing) {
        account_tell(resolution->files->account, "no index file, and listing = off");
        refuse(resolution, HTTP_FORBIDDEN);
    } else {
        resolution->kind = RESOLVED_FOLDER;
    }
}

/* Whether the path is that of a folder with an index file. A folder that may be searched but not read (mode
 * 0711) cannot be opened to find out, and yet it shows its index. */
static bool has_index(const struct site *site, const struct file_source *files, const struct target *target) {
    struct target folder = *target;
    struct file_source untold = *files; /* of a file that may not be read there is nothing more to tell */
    untold.account = NULL;
    folder.path[folder.length++] = '/'; /* target_parse() leaves room for it */
    folder.path[folder.length] = '\0';
    struct resolution found = {.files = &untold, .resource = {.fd = -1}};
    bool has_file = resolve_index(site, &folder, &found) && found.kind == RESOLVED_FILE;
    account_tell(has_file ? files->account : NULL, "%s: a file, which a folder that may not be listed shows",
                 found.own_path);
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
    account_tell(resolution->files->account,
                 "the root is one file: it is at / and at /%s, and there is nothing else", site->only.url);
    if (target->length == 0 || strcmp(target->path, site->only.url) == 0) {
        status = open_path(site->only.name, resolution);
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
        account_tell(resolution->files->account, "%s: has a dot-file in it, which dotfiles does not serve",
                     target->path);
        refuse(resolution, HTTP_NOT_FOUND);
        return;
    }
    if (has_final_slash(target)) {
        resolve_folder(site, target, resolution);
        return;
    }
    enum http_status status = open_path(target->path, resolution);
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

bool site_has_fallback_for(const struct site *site, const struct target *target,
                           const struct account *account) {
    if (site->fallback == NULL) {
        return false;
    }
    const struct media_type *type = media_type_of(site->media_types, target->path);
    bool names_type = type->is_known && !type->only_by_system; /* "/shops/example.com" is a place of an app */
    bool has_fallback = !names_type || view_equals_nocase(type->name, "text/html") ||
                        view_equals_nocase(type->name, "application/xhtml+xml");
    account_tell(has_fallback ? NULL : account,
                 "fallback: not for %s, whose name is that of another type (%.*s)", target->path,
                 (int)type->name.length, type->name.bytes);
    return has_fallback;
}

static bool resolve_page(const struct site *site, const char *path, const struct file_source *files,
                         struct resolution *resolution) {
    begin(site, files, resolution);
    if (open_path(path, resolution) != HTTP_OK || resolution->resource.is_folder) {
        refuse(resolution, HTTP_NOT_FOUND);
        return false;
    }
    serve_file(site, path, resolution);
    return true;
}

void site_resolve_fallback(const struct site *site, const struct file_source *files,
                           struct resolution *resolution) {
    account_tell((files != NULL ? files : &site->files)->account, "fallback: /%s", site->fallback);
    (void)resolve_page(site, site->fallback, files, resolution);
}

bool site_resolve_error_page(const struct site *site, enum http_status status,
                             const struct file_source *files, struct resolution *resolution) {
    const struct site_error_page *page =
        site->only.name == NULL ? site_rules_error_page(&site->rules, status) : NULL;
    if (page == NULL) {
        return false;
    }
    account_tell((files != NULL ? files : &site->files)->account, "error_page %d (%s): /%s", page->status,
                 page->where, page->path);
    return resolve_page(site, page->path, files, resolution);
}
