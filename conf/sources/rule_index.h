/* SPDX-License-Identifier: MIT */
/*
 * Which rules and names of hosts a config has already, so that one that stands twice is found without a look at all of
 * them.
 *
 * Knows a rule by its number in its site, a name by that of its host. Not thread-safe. Private to conf/.
 */
#ifndef LIDO_CONF_SOURCES_RULE_INDEX_H
#define LIDO_CONF_SOURCES_RULE_INDEX_H

#include "conf/settings.h"

#include <stddef.h>

struct indexed_rule;

/* All-zero: empty. */
struct rule_index {
    struct indexed_rule *by_key;
};

/* `site`: a number for the site, whichever; unlike its address it stays. Returns 0, or -ENOMEM. */
int rule_index_add(struct rule_index *index, size_t site, const struct config_rule *rule, size_t number)
    __attribute__((warn_unused_result));

/* Find the site's rule of the same kind and title. Returns 0 and sets *number, -ENOENT, or -ENOMEM. */
int rule_index_find(const struct rule_index *index, size_t site, const struct config_rule *rule,
                    size_t *number) __attribute__((warn_unused_result));

/* The same for a name of a host, which is one of all hosts. Return as those above. */
int rule_index_add_host(struct rule_index *index, const char *name, size_t host)
    __attribute__((warn_unused_result));
int rule_index_find_host(const struct rule_index *index, const char *name, size_t *host)
    __attribute__((warn_unused_result));

/* It is empty afterwards. */
void rule_index_clear(struct rule_index *index);

#endif
