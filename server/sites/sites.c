/* SPDX-License-Identifier: MIT */
#include "server/sites/sites.h"

#include "conf/config.h"
#include "http/compression/gzip.h"
#include "http/file_cache/file_cache.h"
#include "http/file_cache/forms.h"
#include "http/site/hosts.h"
#include "server/sites/site_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool fail(char error[SITES_ERROR_BYTES], const char *where, const char *what, int code) {
    errno = code;
    (void)snprintf(error, SITES_ERROR_BYTES, "%s: %s: %m", where, what);
    return false;
}

/* Open one more site. `where`: what in the config names its root. */
static bool open_site(struct sites *sites, const struct config_site *config, const char *where,
                      char error[SITES_ERROR_BYTES]) {
    struct site_options_store store;
    struct site *site = NULL;
    int result = site_options_init(&store, config, sites->forms);
    store.options.cache = sites->cache;
    result = result == 0 ? site_create(&site, &store.options) : result;
    site_options_deinit(&store);
    if (result != 0) {
        errno = -result;
        (void)snprintf(error, SITES_ERROR_BYTES, "%s: cannot serve '%s': %m", where, config->root);
        return false;
    }
    sites->items[sites->count++] = site;
    return true;
}

static bool open_host(struct sites *sites, const struct config *config, const struct config_host *host,
                      char error[SITES_ERROR_BYTES]) {
    if (!open_site(sites, &host->site, config_site_origin(config, &host->site, "root", 0), error)) {
        return false;
    }
    for (size_t i = 0; i < host->names.count; i++) {
        int result = hosts_add(sites->hosts, host->names.items[i], sites->items[sites->count - 1]);
        if (result != 0) {
            return fail(error, host->where, host->names.items[i], -result);
        }
    }
    return true;
}

/* Where compress is on, or NULL. */
static const char *find_compress(const struct config *config) {
    if (config->site.compress) {
        return config_origin(config, "compress", 0);
    }
    for (size_t i = 0; i < config->host_count; i++) {
        if (config->hosts[i].site.compress) {
            return config->hosts[i].where;
        }
    }
    return NULL;
}

static bool open_forms(struct sites *sites, const struct config *config, char error[SITES_ERROR_BYTES]) {
    const char *where = find_compress(config);
    if (where == NULL) {
        return true;
    }
    if (gzip_library() == NULL) {
        (void)snprintf(error, SITES_ERROR_BYTES,
                       "%s: compress: this lido was built without zlib; expected off, or a build with it",
                       where);
        return false;
    }
    sites->forms = file_forms_create(config->compress_cache_bytes);
    return sites->forms != NULL || fail(error, where, "compress", ENOMEM);
}

static bool open_cache(struct sites *sites, const struct config *config, size_t kept_files,
                       char error[SITES_ERROR_BYTES]) {
    if (!config->file_cache) {
        return true;
    }
    struct file_cache_options options = {
        .memory_bytes = config->file_cache_memory_bytes,
        .max_file_bytes = config->file_cache_max_file_bytes,
        .descriptor_count = kept_files,
        .check_ms = config->file_cache_check_ms,
    };
    int result = file_cache_create(&sites->cache, &options);
    return result == 0 || fail(error, "lido", "file_cache", -result);
}

bool sites_open(struct sites *sites, const struct config *config, size_t kept_files,
                char error[SITES_ERROR_BYTES]) {
    *sites = (struct sites){.items = calloc(config->host_count + 1, sizeof(struct site *))};
    if (sites->items == NULL) {
        return fail(error, "lido", "sites", ENOMEM);
    }
    if (!open_forms(sites, config, error) || !open_cache(sites, config, kept_files, error) ||
        !open_site(sites, &config->site, config_origin(config, "root", 0), error)) {
        return false;
    }
    if (config->host_count > 0) {
        sites->hosts = hosts_create(sites->items[0]);
        if (sites->hosts == NULL) {
            return fail(error, "lido", "hosts", ENOMEM);
        }
    }
    for (size_t i = 0; i < config->host_count; i++) {
        if (!open_host(sites, config, &config->hosts[i], error)) {
            return false;
        }
    }
    return true;
}

bool sites_trim(const struct sites *sites) {
    return sites->cache != NULL && file_cache_trim(sites->cache);
}

void sites_close(struct sites *sites) {
    hosts_destroy(sites->hosts);
    for (size_t i = 0; i < sites->count; i++) {
        site_destroy(sites->items[i]);
    }
    free(sites->items);
    file_forms_destroy(sites->forms);
    file_cache_destroy(sites->cache);
    *sites = (struct sites){0};
}
