/* SPDX-License-Identifier: MIT */
/* config_diff(): options, listen addresses and hosts; rules are in rules.c. */
#include "conf/diff/diff.h"

#include "conf/base/complain.h"
#include "conf/diff/notes.h"
#include "conf/print/printer.h"
#include "conf/schema/section_table.h"
#include "conf/store/option_field.h"
#include "conf/store/origins.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void config_diff_deinit(struct config_diff *diff) {
    string_list_deinit(&diff->lines);
}

void notes_add(struct notes *notes, const char *format, ...) {
    if (notes->diff->lines.count == CONFIG_DIFF_LINES_MAX) {
        notes->diff->left_off++;
        return;
    }
    char *change = NULL;
    char *line = NULL;
    va_list arguments;
    va_start(arguments, format);
    bool is_made = vasprintf(&change, format, arguments) != -1;
    va_end(arguments);
    bool is_whole = is_made && asprintf(&line, "%s%s", notes->prefix, change) != -1;
    notes->failed = notes->failed || !is_whole || string_list_add(&notes->diff->lines, line) != 0;
    free(is_whole ? line : NULL);
    free(is_made ? change : NULL);
}

/* --- options -------------------------------------------------------------------------------------------- */

/* As the config file has it, clipped. */
static struct shown value_of(const struct config_option *option, const void *owner, struct notes *notes) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (out != NULL) {
        (void)print_value(out, option, owner);
    }
    bool is_whole = out != NULL && fclose(out) == 0 && text != NULL; /* see config_print() */
    struct shown shown = show(is_whole ? text : "");
    notes->failed = notes->failed || !is_whole;
    free(text);
    return shown;
}

static bool list_has(const struct string_list *list, const char *text) {
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}

/* Note the entries that only `list` has. Returns whether there are any. */
static bool note_entries(struct notes *notes, char sign, const char *prefix, const char *name,
                         const struct string_list *list, const struct string_list *other) {
    bool any = false;
    for (size_t i = 0; i < list->count; i++) {
        if (!list_has(other, list->items[i])) {
            notes_add(notes, "%c %s%s %s", sign, prefix, name, show(list->items[i]).text);
            any = true;
        }
    }
    return any;
}

/* Entry by entry. Returns false when it is only their order that has changed. */
static bool note_list(struct notes *notes, const char *prefix, const struct config_option *option,
                      const void *before, const void *after) {
    const struct string_list *old = option_field_const_list(option, before);
    const struct string_list *new = option_field_const_list(option, after);
    bool gone = note_entries(notes, '-', prefix, option->name, old, new);
    return note_entries(notes, '+', prefix, option->name, new, old) || gone;
}

void notes_option(struct notes *notes, const char *prefix, const struct config_option *option,
                  const void *before, const void *after) {
    if (option_field_is_same(option, before, after)) {
        return;
    }
    if (option->needs_restart) {
        notes_add(notes, "%s: needs a restart (%s -> %s)", option->name, value_of(option, before, notes).text,
                  value_of(option, after, notes).text);
    } else if (!option_is_list(option) || !note_list(notes, prefix, option, before, after)) {
        notes_add(notes, "%s%s %s -> %s", prefix, option->name, value_of(option, before, notes).text,
                  value_of(option, after, notes).text);
    }
}

/* --- hosts ---------------------------------------------------------------------------------------------- */

/* All its names, with blanks between, clipped. */
static struct shown names_of(const struct config_host *host) {
    char names[OPTION_VALUE_BYTES] = "";
    size_t length = 0;
    for (size_t i = 0; i < host->names.count && length < sizeof names; i++) {
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%s", i > 0 ? " " : "",
                                   host->names.items[i]);
    }
    return show(names);
}

static void note_host(struct notes *notes, const struct config_host *before,
                      const struct config_host *after) {
    char prefix[SHOWN_BYTES + sizeof "host : "];
    (void)snprintf(prefix, sizeof prefix, "host %s: ", names_of(after).text);
    notes->prefix = prefix;
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        bool is_own = before->origins[id].where.count > 0 || after->origins[id].where.count > 0;
        if (is_own) {
            notes_option(notes, "", &option_table[id], &before->site, &after->site);
        }
    }
    notes_rules(notes, &before->site, &after->site);
    notes->prefix = "";
}

static void compare_hosts(struct notes *notes, const struct host_index *before,
                          const struct host_index *after) {
    const struct config *old = before->config;
    const struct config *new = after->config;
    for (size_t i = 0; i < old->host_count; i++) {
        if (host_index_find(after, &old->hosts[i]) == new->host_count) {
            notes_add(notes, "- host %s", names_of(&old->hosts[i]).text);
        }
    }
    for (size_t i = 0; i < new->host_count; i++) {
        size_t former = host_index_find(before, &new->hosts[i]);
        if (former == old->host_count) {
            notes_add(notes, "+ host %s", names_of(&new->hosts[i]).text);
        } else {
            note_host(notes, &old->hosts[former], &new->hosts[i]);
        }
    }
}

static void note_hosts(struct notes *notes, const struct config *before, const struct config *after) {
    struct host_index old = {0};
    struct host_index new = {0};
    if (host_index_init(&old, before) == 0 && host_index_init(&new, after) == 0) {
        compare_hosts(notes, &old, &new);
    } else {
        notes->failed = true;
    }
    host_index_deinit(&old);
    host_index_deinit(&new);
}

int config_diff(const struct config *begun, const struct config *before, const struct config *after,
                struct config_diff *diff) {
    struct notes notes = {.diff = diff, .prefix = ""};
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct config_option *option = &option_table[id];
        notes_option(&notes, "", option, option_const_owner(option, option->needs_restart ? begun : before),
                     option_const_owner(option, after));
    }
    notes_rules(&notes, &before->site, &after->site);
    note_hosts(&notes, before, after);
    return notes.failed ? -ENOMEM : 0;
}
