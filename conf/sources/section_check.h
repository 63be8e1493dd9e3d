/* SPDX-License-Identifier: MIT */
/*
 * What is right within one section, beyond the single value: patterns, pairs, and options that need or
 * exclude each other.
 *
 * Stores nothing in a site: see config_apply.h. Every function returns true, or false after a
 * complaint; out of memory is one, too. Private to conf/.
 */
#ifndef LIDO_CONF_SOURCES_SECTION_CHECK_H
#define LIDO_CONF_SOURCES_SECTION_CHECK_H

#include "conf/base/complain.h"
#include "conf/store/sections.h"

/* Fill an all-zero section of this kind (cache, header or redirect) with its pattern, its place and its
 * defaults. */
bool section_begin(enum config_section_kind kind, union any_section *section, const char *pattern,
                   const char *where, struct complaint about) __attribute__((warn_unused_result));

/* Judge an option that was just stored in the section, in the light of what is there. */
bool section_check_option(enum config_section_kind kind, union any_section *section,
                          const struct config_option *option, struct complaint about)
    __attribute__((warn_unused_result));

/* Judge the whole section at its end. */
bool section_check_whole(enum config_section_kind kind, const union any_section *section,
                         struct complaint about) __attribute__((warn_unused_result));

/* Fill an all-zero error page, or a line of types, from the two texts of its pair. */
bool section_read_pair(enum config_section_kind kind, union any_section *section, const char *key,
                       const char *value, const char *where, struct complaint about)
    __attribute__((warn_unused_result));

/* Refuse what the site has already. `name` is the section's key as it is written. */
bool section_check_unique(const struct config_site *site, enum config_section_kind kind,
                          const union any_section *section, const char *name, struct complaint about)
    __attribute__((warn_unused_result));

#endif
