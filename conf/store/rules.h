/* SPDX-License-Identifier: MIT */
/*
 * The rules of a site: adding one, searching, inheriting, freeing.
 *
 * Checks nothing and words no complaint. Private to conf/.
 */
#ifndef LIDO_CONF_STORE_RULES_H
#define LIDO_CONF_STORE_RULES_H

#include "conf/settings.h"

/* Append the rule and take over what it owns; it is all zeros afterwards. Returns 0, or -ENOMEM with
 * everything as it was. */
int rules_add(struct config_site *site, struct config_rule *rule) __attribute__((warn_unused_result));

/* The site's first rule of this kind and title, or NULL. */
const struct config_rule *rules_find(const struct config_site *site, enum config_section_kind kind,
                                     const char *title);

/* Give the site of a host the rules from outside, where they lose against its own: caches and headers before
 * these, others behind them, but for error pages and types whose like it has. They go on belonging to
 * `outside`, which must not change before the host goes. Returns 0, or -ENOMEM with everything as it was. */
int rules_inherit(struct config_site *site, const struct config_site *outside)
    __attribute__((warn_unused_result));

/* Release what the rule owns; it is all zeros afterwards. */
void rule_deinit(struct config_rule *rule);

/* Release all rules of the site; there are none afterwards. */
void rules_deinit(struct config_site *site);

#endif
