/* SPDX-License-Identifier: MIT */
/* config_origin() and config_site_origin() of config.h, and what config_origins.h declares. */
#include "conf/store/origins.h"

#include "conf/config.h"
#include "conf/store/option_field.h"
#include "conf/store/sections.h"
#include "http/base/string_list.h"

#include <stdlib.h>

void *option_owner(const struct config_option *option, struct config *config) {
    return option->scope == OPTION_OF_SITE ? (void *)&config->site : config;
}

const void *option_const_owner(const struct config_option *option, const struct config *config) {
    return option->scope == OPTION_OF_SITE ? (const void *)&config->site : config;
}

void config_hosts_deinit(struct config *config) {
    for (size_t i = 0; i < config->host_count; i++) {
        struct config_host *host = &config->hosts[i];
        for (size_t id = 0; id < OPTION_COUNT; id++) {
            if (option_table[id].scope == OPTION_OF_SITE) {
                option_field_deinit(&option_table[id], &host->site);
            }
            string_list_deinit(&config->origins->hosts[i].options[id].where);
        }
        site_sections_deinit(&host->site);
        string_list_deinit(&host->names);
        free(host->where);
    }
    free(config->hosts);
    free(config->origins->hosts);
    config->hosts = NULL;
    config->host_count = 0;
    config->origins->hosts = NULL;
}

static const char *entry_of(const struct string_list *where, size_t index) {
    return where->count == 0 ? NULL : where->items[index < where->count ? index : where->count - 1];
}

const char *config_origin(const struct config *config, const char *name, size_t index) {
    const struct config_option *option = option_find(name);
    if (!option) {
        return NULL;
    }
    size_t id = (size_t)(option - option_table);
    return entry_of(
        id == OPTION_LISTEN ? &config->origins->listen_where : &config->origins->options[id].where, index);
}

const char *config_site_origin(const struct config *config, const struct config_site *site, const char *name,
                               size_t index) {
    const struct config_option *option = option_find(name);
    if (!option || option->scope != OPTION_OF_SITE) {
        return NULL;
    }
    for (size_t i = 0; i < config->host_count; i++) {
        if (site == &config->hosts[i].site) {
            return entry_of(&config->origins->hosts[i].options[option - option_table].where, index);
        }
    }
    return config_origin(config, name, index);
}
