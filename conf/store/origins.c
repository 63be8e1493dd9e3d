/* SPDX-License-Identifier: MIT */
#include "conf/store/origins.h"

#include "conf/store/option_field.h"
#include "conf/store/rules.h"
#include "http/base/string_list.h"

#include <stdlib.h>

const char *origin_entry(const struct string_list *where, size_t index) {
    return where->count == 0 ? NULL : where->items[index < where->count ? index : where->count - 1];
}

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
            struct string_list *where = &host->origins[id].where;
            if (where->count > 0) {
                option_field_deinit(&option_table[id], &host->site);
                string_list_deinit(where);
            }
        }
        rules_deinit(&host->site);
        string_list_deinit(&host->names);
        free(host->where);
        free(host->origins);
    }
    free(config->hosts);
    config->hosts = NULL;
    config->host_count = 0;
}

void origins_destroy(struct config_origins *origins) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        string_list_deinit(&origins->options[i].where);
    }
    free(origins->port);
    free(origins->port_where);
    free(origins);
}
