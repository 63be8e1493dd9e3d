/* SPDX-License-Identifier: MIT */
#include "server/sites/site_generation.h"

#include "conf/values/log_format.h"
#include "http/file_cache/file_cache.h"
#include "http/file_cache/forms.h"
#include "http/site/hosts.h"
#include "http/site/site.h"
#include "server/sites/errands.h"
#include "server/sites/site_options.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { ATTEMPTS = 3 };

/* With files that are forgotten. It may hang longer than the generation lives. */
struct parting {
    struct errand errand;
    struct file_cache_entry *forgotten;
};

struct site_generation {
    struct generation generation; /* first: what others know of it */
    struct errands *errands;
    struct errand ending;
    struct hosts *hosts;
    char *own_path;
    struct file_cache *cache; /* shared, as is the next one; may be NULL */
    struct file_forms *forms;
    struct descriptor_relief relief;         /* of the sites: the cache gives way first, */
    const struct descriptor_relief *clients; /* and then these */
    size_t count;
    uint64_t *over; /* identities that no later generation has */
    size_t over_count;
    struct site *sites[];
};

size_t site_generation_site_count(const struct config *config) {
    return config->host_count + 1;
}

const struct config_site *site_generation_settings(const struct config *config, size_t index) {
    return index == 0 ? &config->site : &config->hosts[index - 1].site;
}

static struct file_cache_entry *forget_files(const struct site_generation *all) {
    bool has_files = all->cache != NULL && all->over_count > 0;
    return has_files ? file_cache_forget(all->cache, all->over, all->over_count) : NULL;
}

static void destroy(struct site_generation *all) {
    hosts_destroy(all->hosts);
    for (size_t i = 0; i < all->count; i++) {
        site_destroy(all->sites[i]);
    }
    file_cache_let_go(forget_files(all)); /* what answers have put there since it was over */
    file_forms_destroy(all->forms);
    file_cache_destroy(all->cache);
    free(all->own_path);
    free(all->over);
    free(all);
}

static void run_ending(struct errand *errand) {
    destroy((struct site_generation *)(void *)((char *)errand - offsetof(struct site_generation, ending)));
}

static void run_parting(struct errand *errand) {
    file_cache_let_go(((const struct parting *)errand)->forgotten);
    free(errand);
}

/* By whoever gave up the last hold. Closing may hang, and a root that was the last of an unmounted file system unmounts
 * it. */
static void end(struct generation *generation) {
    struct site_generation *all = (struct site_generation *)(void *)generation;
    all->ending = (struct errand){.run = run_ending};
    if (!errands_give(all->errands, &all->ending)) {
        destroy(all);
    }
}

/* Errors that are not the root's: they say nothing about it, and another time it may be opened. */
static bool is_ours(int error) {
    return error == ENOMEM || error == EMFILE || error == ENFILE;
}

static bool give_way(void *context) {
    const struct site_generation *all = context;
    return (all->cache != NULL && file_cache_give_way(all->cache)) ||
           (all->clients->give_way != NULL && all->clients->give_way(all->clients->context));
}

/* One of those before with the same media types, but for the own ones of this site; or NULL. What stands outside of
 * hosts holds for all of them. */
static const struct site *find_same_types(const struct site_generation *all, const struct config *config,
                                          const struct config_site *settings) {
    for (size_t i = 0; i < all->count; i++) {
        const struct config_site *before = site_generation_settings(config, i);
        if ((i == 0 || !site_options_have_own_types(before)) &&
            site_options_have_same_types(before, settings)) {
            return all->sites[i];
        }
    }
    return NULL;
}

/* The next one of them all. */
static int open_site(struct site_generation *all, const struct site_materials *materials,
                     const struct config_site *settings, const char *root, uint64_t identity) {
    struct site_options_store store;
    int result = site_options_init(&store, settings, materials->forms);
    store.options.cache = materials->cache;
    store.options.refused = materials->refused;
    store.options.relief = &all->relief;
    store.options.source_date = materials->source_date;
    store.options.where = all->count > 0 ? materials->config->hosts[all->count - 1].where : NULL;
    store.options.of_same_types = find_same_types(all, materials->config, settings);
    store.options.root = root;
    store.options.identity = identity;
    result = result == 0 ? site_create(&all->sites[all->count], &store.options) : result;
    site_options_deinit(&store);
    return result;
}

/* Open the site once. Returns -EAGAIN when its root was replaced between the look and the opening. */
static int try_site(struct site_generation *all, struct site_materials *materials,
                    const struct config_site *settings, struct site_state *state, bool root_required) {
    struct site_state now = {.watch = root_watch_look(&state->watch), .identity = state->identity};
    if (state->identity == 0 || state->error != 0 || !root_watch_is_same(&now.watch, &state->watch)) {
        now.identity = ++materials->last_identity;
    }
    int result = open_site(all, materials, settings, settings->root, now.identity);
    if (result != 0 && !root_required && !is_ours(-result)) {
        now.error = -result;
        result = open_site(all, materials, settings, NULL, now.identity);
    }
    if (result != 0) {
        return result;
    }
    if (now.error == 0) {
        struct site *site = all->sites[all->count];
        struct root_stamp opened = root_stamp_of(site_root(site)->root_fd);
        if (!root_stamp_is_same(&opened, &now.watch.root_stamp)) {
            site_destroy(site);
            return -EAGAIN;
        }
    }
    *state = now;
    return 0;
}

static int add_site(struct site_generation *all, struct site_materials *materials, struct site_state *state,
                    bool root_required) {
    const struct config_site *settings = site_generation_settings(materials->config, all->count);
    int result = -EAGAIN;
    state->watch.root = settings->root;
    state->watch.places = settings->links.items;
    state->watch.place_count = settings->links.count;
    state->watch.types = strcmp(settings->media_types, "off") != 0 ? settings->media_types : NULL;
    for (int attempt = 0; attempt < ATTEMPTS && result == -EAGAIN; attempt++) {
        result = try_site(all, materials, settings, state, root_required);
    }
    all->count += result == 0 ? 1 : 0;
    return result;
}

static int add_hosts(struct site_generation *all, const struct config *config, struct site_failure *failure) {
    if (config->host_count == 0) {
        return 0;
    }
    all->hosts = hosts_create(all->sites[0]);
    int result = all->hosts != NULL ? 0 : -ENOMEM;
    for (size_t i = 0; result == 0 && i < config->host_count; i++) {
        const struct config_host *host = &config->hosts[i];
        for (size_t k = 0; result == 0 && k < host->names.count; k++) {
            *failure = (struct site_failure){i + 1, host->names.items[k]};
            result = hosts_add(all->hosts, failure->host, all->sites[i + 1]);
        }
    }
    return result;
}

/* The config may be gone before the generation is. */
static int copy_own_path(struct site_generation *all, const struct config *config) {
    if (strcmp(config->status, "off") == 0) {
        return 0;
    }
    all->own_path = strdup(config->status + 1); /* without its first slash, as of a target */
    return all->own_path != NULL ? 0 : -ENOMEM;
}

/* Whether a log tells where the time goes. */
static bool splits_time(const struct config *config) {
    bool splits = log_format_splits_time(config->log_format);
    for (size_t i = 0; i < config->site.rule_count; i++) {
        const struct config_rule *rule = &config->site.rules[i];
        splits = splits || (rule->kind == SECTION_ACCESS_LOG && rule->log.format != NULL &&
                            log_format_splits_time(rule->log.format));
    }
    return splits;
}

static void set_up(struct site_generation *all, const struct config *config) {
    all->generation = (struct generation){
        .site = all->sites[0],
        .hosts = all->hosts,
        .own_path = all->own_path != NULL ? view_of(all->own_path) : (struct view){0},
        .own_are_apart = strcmp(config->admin, "off") != 0,
        .limits = {.head = {.request_line_bytes = config->max_request_line_bytes,
                            .head_bytes = config->max_head_bytes,
                            .field_count = config->max_fields},
                   .body_bytes = config->max_body_bytes},
        .timeouts = {.header_ms = config->header_timeout_ms,
                     .keepalive_ms = config->keepalive_timeout_ms,
                     .send_ms = config->send_timeout_ms,
                     .linger_ms = config->linger_timeout_ms,
                     .header_bytes_per_s = config->header_min_rate_bytes,
                     .send_bytes_per_s = config->min_send_rate_bytes},
        .splits_time = config->server_timing || splits_time(config),
        .tells_time = config->server_timing,
        .destroy = end,
    };
    atomic_init(&all->generation.holds, 1);
}

int site_generation_create(struct generation **out, struct site_materials *materials,
                           struct site_state states[], bool roots_required, struct site_failure *failure) {
    size_t count = site_generation_site_count(materials->config);
    struct site_generation *all = calloc(1, sizeof *all + count * sizeof(struct site *));
    struct site_state *now = calloc(count, sizeof *now);
    int result = all != NULL && now != NULL ? 0 : -ENOMEM;
    *failure = (struct site_failure){0};
    if (result == 0) {
        all->over = calloc(count, sizeof *all->over);
        result = all->over != NULL ? 0 : -ENOMEM;
    }
    if (result == 0) {
        all->relief = (struct descriptor_relief){.give_way = give_way, .context = all};
        all->clients = materials->clients;
        all->errands = materials->errands;
    }
    for (size_t i = 0; result == 0 && i < count; i++) {
        now[i] = states[i];
        failure->site = i;
        result = add_site(all, materials, &now[i], roots_required);
    }
    result = result == 0 ? add_hosts(all, materials->config, failure) : result;
    result = result == 0 ? copy_own_path(all, materials->config) : result;
    if (result == 0) {
        memcpy(states, now, count * sizeof *now);
        set_up(all, materials->config);
        all->cache = file_cache_share(materials->cache);
        all->forms = file_forms_share(materials->forms);
        *out = &all->generation;
    } else if (all != NULL) {
        destroy(all);
    }
    free(now);
    return result;
}

static bool has_identity(const struct site_state states[], size_t count, uint64_t identity) {
    for (size_t i = 0; i < count; i++) {
        if (states[i].identity == identity) {
            return true;
        }
    }
    return false;
}

static void part_with(struct errands *errands, struct file_cache_entry *forgotten) {
    struct parting *parting = forgotten != NULL ? malloc(sizeof *parting) : NULL;
    if (parting != NULL) {
        *parting = (struct parting){.errand = {.run = run_parting}, .forgotten = forgotten};
    }
    if (parting == NULL || !errands_give(errands, &parting->errand)) {
        free(parting);
        file_cache_let_go(forgotten);
    }
}

void site_generation_end(struct generation *generation, const struct site_state states[], size_t count) {
    struct site_generation *all = (struct site_generation *)(void *)generation;
    for (size_t i = 0; i < all->count; i++) {
        uint64_t identity = site_files(all->sites[i])->owner;
        if (!has_identity(states, count, identity)) {
            all->over[all->over_count++] = identity;
        }
    }
    part_with(all->errands, forget_files(all));
}
