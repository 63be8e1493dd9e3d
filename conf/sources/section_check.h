/* SPDX-License-Identifier: MIT */
/*
 * What is right within one section, beyond the single value: patterns, pairs, and options that need or
 * exclude each other.
 *
 * Stores nothing in a site: see apply.h. Every function returns true, or false after a complaint; out of
 * memory is one, too. Private to conf/.
 */
#ifndef LIDO_CONF_SOURCES_SECTION_CHECK_H
#define LIDO_CONF_SOURCES_SECTION_CHECK_H

#include "conf/base/complain.h"
#include "conf/schema/option_table.h"
#include "conf/settings.h"

/* Fill a rule that is all zeros but for its kind with its title, its place and its defaults. */
bool section_begin(struct config_rule *rule, const char *title, const char *where, struct complaint about)
    __attribute__((warn_unused_result));

/* Give an error page or a line of types what stands behind its '='. */
bool section_set_value(struct config_rule *rule, const char *value, struct complaint about)
    __attribute__((warn_unused_result));

/* Judge an option that was just stored in the rule, in the light of what is there. */
bool section_check_option(struct config_rule *rule, const struct config_option *option,
                          struct complaint about) __attribute__((warn_unused_result));

/* Judge the whole section at its end. */
bool section_check_whole(const struct config_rule *rule, struct complaint about)
    __attribute__((warn_unused_result));

/* Complain of a rule that the site has already, as `earlier`. `name` is its title as it is written. Returns false. */
bool section_stands_twice(const struct config_rule *earlier, const char *name, struct complaint about);

#endif
