/* SPDX-License-Identifier: MIT */
#include "conf/store/inherit.h"

#include "conf/store/option_field.h"
#include "conf/store/origins.h"
#include "conf/store/rules.h"
#include "http/base/string_list.h"

#include <assert.h>
#include <errno.h>

static int inherit_option(struct config *config, size_t host, size_t id) {
    const struct config_option *option = &option_table[id];
    struct host_origins *origins = &config->origins->hosts[host];
    const struct config_origin *above = &config->origins->options[id];

    if (option->scope != OPTION_OF_SITE || origins->options[id].where.count > 0) {
        return 0;
    }
    if (option_field_copy(option, &config->hosts[host].site, &config->site) != 0 ||
        string_list_add_all(&origins->options[id].where, &above->where) != 0) {
        return -ENOMEM;
    }
    origins->inherited[id] = true;
    return 0;
}

int inherit_from_outside(struct config *config) {
    int outcome = 0;
    assert(!config->origins->is_complete);
    config->origins->is_complete = true;
    for (size_t host = 0; host < config->host_count && outcome == 0; host++) {
        for (size_t id = 0; id < OPTION_COUNT && outcome == 0; id++) {
            outcome = inherit_option(config, host, id);
        }
        outcome = outcome == 0 ? rules_inherit(&config->hosts[host].site, &config->site) : outcome;
    }
    return outcome;
}
