/* SPDX-License-Identifier: MIT */
#include "server/sites/sites.h"

#include "conf/config.h"
#include "conf/diff/diff.h"
#include "http/base/clock.h"
#include "http/compression/gzip.h"
#include "http/file_cache/forms.h"
#include "server/sites/errands.h"
#include "server/sites/looks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LOOK_MS = 1000 };

static bool fail(char error[SITES_ERROR_BYTES], const char *where, const char *what, int code) {
    errno = code;
    (void)snprintf(error, SITES_ERROR_BYTES, "%s: %s: %m", where, what);
    return false;
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

static bool open_forms(struct sites *sites, const struct sites *former, const struct config *config,
                       char error[SITES_ERROR_BYTES]) {
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
    bool is_same = former != NULL && former->forms != NULL &&
                   former->materials.config->compress_cache_bytes == config->compress_cache_bytes;
    sites->forms =
        is_same ? file_forms_share(former->forms) : file_forms_create(config->compress_cache_bytes);
    return sites->forms != NULL || fail(error, where, "compress", ENOMEM);
}

static bool is_same_cache(const struct file_cache_options *a, const struct file_cache_options *b) {
    return a->memory_bytes == b->memory_bytes && a->max_file_bytes == b->max_file_bytes &&
           a->descriptor_count == b->descriptor_count && a->check_ms == b->check_ms;
}

static bool open_cache(struct sites *sites, const struct sites *former, const struct config *config,
                       size_t kept_files, char error[SITES_ERROR_BYTES]) {
    if (!config->file_cache) {
        return true;
    }
    sites->cache_options = (struct file_cache_options){
        .memory_bytes = config->file_cache_memory_bytes,
        .max_file_bytes = config->file_cache_max_file_bytes,
        .descriptor_count = kept_files,
        .check_ms = config->file_cache_check_ms,
    };
    if (former != NULL && former->cache != NULL &&
        is_same_cache(&sites->cache_options, &former->cache_options)) {
        sites->cache = file_cache_share(former->cache);
        return true;
    }
    int result = file_cache_create(&sites->cache, &sites->cache_options);
    return result == 0 || fail(error, "lido", "file_cache", -result);
}

/* What in the config names the root of a site. */
static const char *origin_of_root(const struct config *config, size_t index) {
    const struct config_site *settings = site_generation_settings(config, index);
    return index == 0 ? config_origin(config, "root", 0) : config_site_origin(config, settings, "root", 0);
}

/* Whether the folders that links may lead to are there: at the start they have to be, as a root has. */
static bool check_links(const struct config *config, const struct config_site *site,
                        char error[SITES_ERROR_BYTES]) {
    for (size_t i = 0; i < site->links.count; i++) {
        const char *path = site->links.items[i];
        struct stat found;
        bool is_there = path[0] != '/' || stat(path, &found) == 0; /* else it is the word inside */
        if (is_there && (path[0] != '/' || S_ISDIR(found.st_mode))) {
            continue;
        }
        errno = is_there ? ENOTDIR : errno;
        (void)snprintf(error, SITES_ERROR_BYTES, "%s: links: cannot use the folder '%s': %m",
                       config_site_origin(config, site, "links", i), path);
        return false;
    }
    return true;
}

static bool open_roots(struct sites *sites, const struct config *config, char error[SITES_ERROR_BYTES]) {
    struct generation *first = NULL;
    struct site_failure failure;
    int result = site_generation_create(&first, &sites->materials, sites->states, true, &failure);
    if (result != 0 && failure.host != NULL) {
        return fail(error, config->hosts[failure.site - 1].where, failure.host, -result);
    }
    if (result != 0) {
        errno = -result;
        (void)snprintf(error, SITES_ERROR_BYTES, "%s: cannot serve '%s': %m",
                       origin_of_root(config, failure.site),
                       site_generation_settings(config, failure.site)->root);
        return false;
    }
    sites->prepared = first;
    return true;
}

/* What a build gave to all files that it made (reproducible-builds.org/specs/source-date-epoch): seconds in
 * decimal. What is no such number stands for nothing, as it is not meant for us. */
static time_t source_date(void) {
    const char *value = getenv("SOURCE_DATE_EPOCH");
    if (value == NULL || value[0] == '\0' || value[strspn(value, "0123456789")] != '\0') {
        return 0;
    }
    errno = 0;
    intmax_t seconds = strtoimax(value, NULL, 10);
    return errno == 0 ? (time_t)seconds : 0;
}

/* --- from one config to the next ------------------------------------------------------------------------ */

/* The site of the former config that is the same as one of the new, hosts included; its count for none. */
static size_t find_same(const struct host_index *former, const struct config *config, size_t index) {
    size_t count = site_generation_site_count(former->config);
    size_t i = index == 0 ? 0 : host_index_find(former, &config->hosts[index - 1]) + 1;
    bool is_same = i < count && config_site_is_same(site_generation_settings(former->config, i),
                                                    site_generation_settings(config, index));
    return is_same ? i : count;
}

/* Returns 0 or -ENOMEM. */
static int take_over_states(struct sites *sites, const struct sites *former, const struct config *config) {
    struct host_index hosts;
    int result = host_index_init(&hosts, former->materials.config);
    for (size_t i = 0; result == 0 && i < sites->count; i++) {
        size_t same = find_same(&hosts, config, i);
        if (same < former->count) {
            sites->states[i] = former->states[same];
        }
    }
    host_index_deinit(&hosts);
    return result;
}

bool sites_prepare(struct sites *sites, struct sites *former, const struct config *config, size_t kept_files,
                   char error[SITES_ERROR_BYTES]) {
    size_t count = site_generation_site_count(config);
    *sites = (struct sites){.states = calloc(count, sizeof *sites->states), .count = count};
    if (sites->states == NULL) {
        return fail(error, "lido", "sites", ENOMEM);
    }
    for (size_t i = 0; i < count; i++) {
        if (!check_links(config, site_generation_settings(config, i), error)) {
            return false;
        }
    }
    if (!open_forms(sites, former, config, error) || !open_cache(sites, former, config, kept_files, error)) {
        return false;
    }
    if (former == NULL) {
        sites->errands = errands_create();
    }
    if (former != NULL ? take_over_states(sites, former, config) != 0 : sites->errands == NULL) {
        return fail(error, "lido", "sites", ENOMEM);
    }
    sites->materials =
        (struct site_materials){.config = config,
                                .cache = sites->cache,
                                .forms = sites->forms,
                                .refused = former != NULL ? &former->refused : &sites->refused,
                                .errands = former != NULL ? former->errands : sites->errands,
                                .clients = former != NULL ? &former->clients : &sites->clients,
                                .last_identity = former != NULL ? former->materials.last_identity : 0,
                                .source_date = source_date()};
    if (!open_roots(sites, config, error)) {
        return false;
    }
    sites->looks = looks_create(&sites->states[0].watch, count, sizeof *sites->states);
    return sites->looks != NULL || fail(error, "lido", "sites", ENOMEM);
}

bool sites_open(struct sites *sites, const struct config *config, size_t kept_files,
                char error[SITES_ERROR_BYTES]) {
    if (!sites_prepare(sites, NULL, config, kept_files, error)) {
        return false;
    }
    generation_place_init(&sites->place, sites->prepared);
    sites->prepared = NULL;
    sites->has_place = true;
    sites->looked_ms = clock_steady_coarse_ms();
    return true;
}

static void change(struct sites *sites, struct generation *next, const struct site_state states[],
                   size_t count) {
    site_generation_end(atomic_load(&sites->place.current), states, count);
    generation_place_change(&sites->place, next);
}

void sites_turn_to(struct sites *sites, struct sites *next) {
    struct sites former = *sites;
    change(sites, next->prepared, next->states, next->count);
    sites->forms = next->forms;
    sites->cache = next->cache;
    sites->cache_options = next->cache_options;
    sites->materials = next->materials;
    sites->states = next->states;
    sites->count = next->count;
    sites->looks = next->looks;
    sites->failure = 0;
    *next = (struct sites){.forms = former.forms,
                           .cache = former.cache,
                           .states = former.states,
                           .looks = former.looks,
                           .materials.errands = sites->errands};
}

/* --- looking after the roots ---------------------------------------------------------------------------- */

static bool has_changed(const struct site_state *state, const struct root_watch *now) {
    bool may_be_back = state->error != 0 && now->root_stamp.error == 0;
    return may_be_back || !root_watch_is_same(now, &state->watch);
}

static void tell_change(const struct site_state *before, const struct site_state *now,
                        void (*tell)(void *context, const char *line), void *context) {
    char line[SITES_ERROR_BYTES];
    const char *root = now->watch.root;
    errno = now->error;
    if (now->error != 0 && now->error != before->error) {
        (void)snprintf(line, sizeof line, "root '%s' is gone: %m; 503 until it is back", root);
    } else if (now->error == 0 && before->error != 0) {
        (void)snprintf(line, sizeof line, "root '%s' is back", root);
    } else if (!root_stamp_is_same(&before->watch.root_stamp, &now->watch.root_stamp) && now->error == 0) {
        (void)snprintf(line, sizeof line, "root '%s' was replaced; all new requests see the new one", root);
    } else if (before->watch.places_digest != now->watch.places_digest) {
        (void)snprintf(line, sizeof line, "a folder of the links of '%s' was replaced, or is gone", root);
    } else if (!root_stamp_is_same(&before->watch.types_stamp, &now->watch.types_stamp)) {
        (void)snprintf(line, sizeof line, "media types of '%s' were read anew", now->watch.types);
    } else {
        return;
    }
    tell(context, line);
}

/* Make the next generation. What cannot be had now is tried again with the next look, as the old states stay.
 */
static void renew(struct sites *sites, struct site_state *before,
                  void (*tell)(void *context, const char *line), void *context) {
    struct generation *next = NULL;
    struct site_failure failure;
    memcpy(before, sites->states, sites->count * sizeof *before);
    int result = site_generation_create(&next, &sites->materials, sites->states, false, &failure);
    if (result == 0) {
        change(sites, next, sites->states, sites->count);
        for (size_t i = 0; i < sites->count; i++) {
            tell_change(&before[i], &sites->states[i], tell, context);
        }
    } else if (result != -EAGAIN && -result != sites->failure) {
        char line[SITES_ERROR_BYTES];
        errno = -result;
        (void)snprintf(line, sizeof line, "cannot turn to the new root '%s' yet: %m",
                       sites->states[failure.site].watch.root);
        tell(context, line);
    }
    sites->failure = -result;
}

void sites_tell_refused(struct sites *sites, void (*tell)(void *context, const char *line), void *context) {
    refusals_tell_at_once(&sites->refused, tell, context);
}

void sites_look(struct sites *sites, void (*tell)(void *context, const char *line), void *context) {
    int64_t now_ms = clock_steady_coarse_ms();
    refusals_tell(&sites->refusals, sites->errands, &sites->refused, tell, context);
    if (now_ms - sites->looked_ms < LOOK_MS) {
        return;
    }
    sites->looked_ms = now_ms;
    bool changed = false;
    const struct root_watch *now = looks_take(sites->looks);
    for (size_t i = 0; now != NULL && i < sites->count; i++) {
        changed = has_changed(&sites->states[i], &now[i]) || changed;
    }
    struct site_state *before = changed ? calloc(sites->count, sizeof *before) : NULL;
    if (before != NULL) {
        renew(sites, before, tell, context);
    }
    free(before);
}

bool sites_trim(struct sites *sites) {
    bool has_more = tidying_trim(&sites->tidying, sites->errands, sites->cache);
    return errands_look(sites->errands) || has_more;
}

bool sites_give_way(struct sites *sites) {
    return tidying_give_way(&sites->tidying, sites->errands, sites->cache);
}

void sites_on_news(struct sites *sites, void (*wake)(void *context), void *context) {
    sites->refused.wake = wake;
    sites->refused.context = context;
    if (sites->errands != NULL) {
        errands_on_done(sites->errands, wake, context);
    }
}

void sites_close(struct sites *sites) {
    if (sites->has_place) {
        generation_place_deinit(&sites->place);
    }
    generation_release(sites->prepared);
    free(sites->states);
    looks_release(sites->looks);
    for (struct refused_link *link = NULL; (link = refused_links_take(&sites->refused)) != NULL;) {
        free(link);
    }
    file_forms_destroy(sites->forms);
    tidying_end(sites->materials.errands, sites->cache);
    errands_release(sites->errands);
    *sites = (struct sites){0};
}
