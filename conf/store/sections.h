/* SPDX-License-Identifier: MIT */
/*
 * The tables of sections in a struct config_site: growing, searching, copying, freeing. One set of functions
 * for all kinds but host; `section` points to the struct of its kind, e.g. to a struct config_cache for
 * SECTION_CACHE (for SECTION_TYPES, to the struct config_type of one line).
 *
 * Checks nothing and words no complaint. Private to conf/.
 */
#ifndef LIDO_CONF_STORE_SECTIONS_H
#define LIDO_CONF_STORE_SECTIONS_H

#include "conf/schema/section_table.h"
#include "conf/settings.h"

/* Room for the struct of any kind. */
union any_section {
    struct config_cache cache;
    struct config_header header;
    struct config_redirect redirect;
    struct config_error_page error_page;
    struct config_type type;
};

/* Append the section and take over what it owns; it is all zeros afterwards. Returns 0, or -ENOMEM with
 * everything as it was. */
int site_add_section(struct config_site *site, enum config_section_kind kind, void *section)
    __attribute__((warn_unused_result));

/* The place ("lido.conf:12") of the site's first section with the same pattern, status or extension as this,
 * or NULL. */
const char *site_find_section(const struct config_site *site, enum config_section_kind kind,
                              const void *section);

size_t site_section_count(const struct config_site *site, enum config_section_kind kind);

/* Append copies of the sections of this kind that `from` has; if `unique`, those alone whose like the site
 * has not yet. Returns 0, or -ENOMEM with the site grown in part. */
int site_append_sections(struct config_site *site, enum config_section_kind kind,
                         const struct config_site *from, bool unique) __attribute__((warn_unused_result));

/* Replace the sections of this kind by those of `from`, which has none afterwards. */
void site_move_sections(struct config_site *site, enum config_section_kind kind, struct config_site *from);

/* Release what the section owns; it is all zeros afterwards. */
void section_deinit(enum config_section_kind kind, void *section);

/* Release all sections of the site; there are none afterwards. */
void site_sections_deinit(struct config_site *site);

#endif
