/* SPDX-License-Identifier: MIT */
#include "conf/store/inherit.h"

#include "conf/store/option_field.h"
#include "conf/store/origins.h"
#include "conf/store/rules.h"

#include <assert.h>

static void inherit_options(struct config_host *host, const struct config_site *outside) {
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        if (option_table[id].scope == OPTION_OF_SITE && host->origins[id].where.count == 0) {
            option_field_share(&option_table[id], &host->site, outside);
        }
    }
}

int inherit_from_outside(struct config *config) {
    int outcome = 0;
    assert(!config->origins->is_complete);
    config->origins->is_complete = true;
    for (size_t i = 0; i < config->host_count && outcome == 0; i++) {
        inherit_options(&config->hosts[i], &config->site);
        outcome = rules_inherit(&config->hosts[i].site, &config->site);
    }
    return outcome;
}
