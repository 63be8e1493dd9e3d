/* SPDX-License-Identifier: MIT */
/*
 * What the parts of config_diff() share: noting a line, and telling options apart. Private to conf/diff/.
 */
#ifndef LIDO_CONF_DIFF_NOTES_H
#define LIDO_CONF_DIFF_NOTES_H

#include "conf/diff/diff.h"
#include "conf/schema/option_table.h"

struct notes {
    struct config_diff *diff;
    const char *prefix; /* of each line: "" or "host example.org: " */
    bool failed;        /* there was no memory */
};

/* Note one change. */
void notes_add(struct notes *notes, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Note what has changed in an option; `prefix` comes before its name: "" or "cache /a.js ". */
void notes_option(struct notes *notes, const char *prefix, const struct config_option *option,
                  const void *before, const void *after);

/* Note what has changed in the rules that are not inherited. */
void notes_rules(struct notes *notes, const struct config_site *before, const struct config_site *after);

/* Whether two rules of one kind and title say the same. */
bool rule_is_same(const struct config_rule *a, const struct config_rule *b);

#endif
