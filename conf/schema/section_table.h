/* SPDX-License-Identifier: MIT */
/*
 * The sections of the config file: names, what stands between name and brace, which options they hold.
 *
 * Constant data, the counterpart of option_table.h; how a section is read is in syntax.h, what becomes of it
 * in rules.h. Private to conf/.
 */
#ifndef LIDO_CONF_SCHEMA_SECTION_TABLE_H
#define LIDO_CONF_SCHEMA_SECTION_TABLE_H

#include "conf/schema/option_table.h"
#include "conf/settings.h"

struct config_section {
    const char *name;
    size_t titles_max; /* how many texts stand between name and brace; at least 1 unless 0 */
    const struct config_option *options; /* of its own; NULL for types, error_page and host */
    size_t option_count;
    const char *titles;      /* what the titles are, for complaints */
    const char *example;     /* the whole of it on one line */
    const char *holds;       /* what may stand in it, for complaints */
    const char *also_called; /* what other servers call it, with spaces between; or NULL */
};

enum { SECTION_TITLES_MAX = 64 };

extern const struct config_section section_table[SECTION_COUNT];

/* The section of this exact name, or NULL. */
const struct config_section *section_find(const char *name);

/* The name of the option or the section that a misspelt or foreign name within `scope` (NULL: the file; or
 * host, or a section that holds options) probably means, or NULL. */
const char *section_suggest_within(const struct config_section *scope, const char *word);

enum config_section_kind section_kind(const struct config_section *section);

#endif
