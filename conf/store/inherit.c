/* SPDX-License-Identifier: MIT */
#include "conf/store/inherit.h"

#include "conf/store/option_field.h"
#include "conf/store/origins.h"
#include "conf/store/rules.h"

#include <assert.h>

static void inherit_options(struct config *config, size_t host) {
    const struct config_origin *origins = config->origins->hosts[host].options;
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        if (option_table[id].scope == OPTION_OF_SITE && origins[id].where.count == 0) {
            option_field_share(&option_table[id], &config->hosts[host].site, &config->site);
        }
    }
}

int inherit_from_outside(struct config *config) {
    int outcome = 0;
    assert(!config->origins->is_complete);
    config->origins->is_complete = true;
    for (size_t host = 0; host < config->host_count && outcome == 0; host++) {
        inherit_options(config, host);
        outcome = rules_inherit(&config->hosts[host].site, &config->site);
    }
    return outcome;
}
