/* SPDX-License-Identifier: MIT */
#include "conf/store/inherit.h"

#include "conf/store/option_field.h"
#include "conf/store/origins.h"
#include "conf/store/sections.h"
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

/* Of caches and headers the later win, so that the host's own go behind those from outside. */
static int inherit_before(struct config_site *site, enum config_section_kind kind,
                          const struct config_site *above) {
    struct config_site joined = {.root = NULL};
    if (site_append_sections(&joined, kind, above, false) != 0 ||
        site_append_sections(&joined, kind, site, false) != 0) {
        site_sections_deinit(&joined);
        return -ENOMEM;
    }
    site_move_sections(site, kind, &joined);
    return 0;
}

static int inherit_sections(struct config *config, size_t host) {
    struct config_site *site = &config->hosts[host].site;
    struct host_origins *origins = &config->origins->hosts[host];
    const struct config_site *above = &config->site;

    origins->redirect_count = site->redirect_count;
    origins->error_page_count = site->error_page_count;
    origins->type_count = site->type_count;
    bool failed = inherit_before(site, SECTION_CACHE, above) != 0 ||
                  inherit_before(site, SECTION_HEADER, above) != 0 ||
                  site_append_sections(site, SECTION_REDIRECT, above, false) != 0 ||
                  site_append_sections(site, SECTION_ERROR_PAGE, above, true) != 0 ||
                  site_append_sections(site, SECTION_TYPES, above, true) != 0;
    return failed ? -ENOMEM : 0;
}

int inherit_from_outside(struct config *config) {
    int outcome = 0;
    assert(!config->origins->is_complete);
    config->origins->is_complete = true;
    for (size_t host = 0; host < config->host_count && outcome == 0; host++) {
        for (size_t id = 0; id < OPTION_COUNT && outcome == 0; id++) {
            outcome = inherit_option(config, host, id);
        }
        outcome = outcome == 0 ? inherit_sections(config, host) : outcome;
    }
    return outcome;
}
