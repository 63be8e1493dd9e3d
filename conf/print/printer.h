/* SPDX-License-Identifier: MIT */
/*
 * The parts of config_print(): options and rules as lines of a config file, each with where it came from.
 *
 * Writes to a stream and looks at no error of it: the caller does. Private to conf/.
 */
#ifndef LIDO_CONF_PRINT_PRINTER_H
#define LIDO_CONF_PRINT_PRINTER_H

#include "conf/schema/option_table.h"
#include "conf/settings.h"

#include <stdbool.h>
#include <stdio.h>

enum { PRINT_INDENT = 4 }; /* of what stands within a section */

/* Write an option of `owner` (the struct of its scope), indented by so many blanks. `where` has the place of
 * each entry of a list, or one for all; NULL: nothing is said about the place. */
void print_option(FILE *out, int indent, const struct config_option *option, const void *owner,
                  const struct string_list *where);

/* Write the value alone, as behind "name = ", a list on one line. Returns how many bytes that were. */
int print_value(FILE *out, const struct config_option *option, const void *owner);

/* Whether the rule says something about the option; what a boolean says is always written, so that no section
 * is empty. */
bool print_is_said(const struct config_option *option, const struct config_rule *rule);

/* Write the rules of the site that are not inherited, kind by kind. */
void print_rules(FILE *out, int indent, const struct config_site *site);

/* Write `# where` behind what is on the line. */
void print_place(FILE *out, const char *where);

#endif
