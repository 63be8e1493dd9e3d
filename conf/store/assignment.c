/* SPDX-License-Identifier: MIT */
#include "conf/store/assignment.h"

#include "conf/base/complain.h"
#include "conf/store/listen_port.h"
#include "conf/store/option_field.h"
#include "conf/store/origins.h"
#include "conf/values/option_value.h"
#include "conf/values/value.h"
#include "http/base/string_list.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* A line of a file holds any option, so its name is told; "--threads" and LIDO_THREADS say it themselves. */
static struct subject subject_of(const struct assignment *assignment, size_t i) {
    return subject_at(assignment->wheres->items[i],
                      assignment->source == CONFIG_FILE ? assignment->option->name : NULL);
}

static bool out_of_memory(const struct assignment *assignment, char error[CONFIG_ERROR_BYTES]) {
    return complain((struct complaint){assignment->wheres->items[0], error}, "out of memory");
}

static struct config_origin *origin_of(const struct config *config, const struct assignment *assignment) {
    return assignment->owner ? assignment->origin
                             : &config->origins->options[assignment->option - option_table];
}

static void *owner_of(struct config *config, const struct assignment *assignment) {
    return assignment->owner ? assignment->owner : option_owner(assignment->option, config);
}

static bool assign_scalar(struct config *config, const struct assignment *assignment,
                          char error[CONFIG_ERROR_BYTES]) {
    struct config_origin *origin = origin_of(config, assignment);
    struct string_list where = {0};
    struct option_value value;
    struct subject subject = subject_of(assignment, 0);

    assert(assignment->texts->count == 1);
    if (!option_value_parse(assignment->option, assignment->texts->items[0], &value,
                            (struct complaint){subject.text, error})) {
        return false;
    }
    if (origin->source > assignment->source) {
        return true;
    }
    if (string_list_add(&where, assignment->wheres->items[0]) != 0 ||
        option_field_store(assignment->option, &value, owner_of(config, assignment)) != 0) {
        string_list_deinit(&where);
        return out_of_memory(assignment, error);
    }
    string_list_move(&origin->where, &where);
    origin->source = assignment->source;
    return true;
}

/* Where the entries are kept: addresses as given, before PORT or --port changes them. */
static struct string_list *kept_list(struct config *config, const struct assignment *assignment) {
    return assignment->option->kind == OPTION_ADDRESSES
               ? &config->origins->listen_given
               : option_field_list(assignment->option, owner_of(config, assignment));
}

/* How many entries are there already and stay. */
static size_t count_kept(struct config *config, const struct assignment *assignment) {
    bool adds = assignment->adds && origin_of(config, assignment)->source == assignment->source;
    return adds ? kept_list(config, assignment)->count : 0;
}

/* A single word in place of a whole list: `cors = on`, `precompressed = off`. */
static bool is_switch(struct config *config, const struct assignment *assignment, bool *on) {
    const char *text = assignment->texts->count == 1 ? assignment->texts->items[0] : "";
    enum config_option_kind kind = assignment->option->kind;

    if (count_kept(config, assignment) > 0) {
        return false;
    }
    if (kind == OPTION_ORIGINS && strcmp(text, "*") == 0) {
        *on = true;
        return true;
    }
    return (kind == OPTION_ORIGINS || kind == OPTION_CODINGS) && value_parse_boolean(text, on) &&
           (!*on || kind == OPTION_ORIGINS);
}

static bool entries_must_differ(const struct config_option *option) {
    return option->kind == OPTION_CODINGS || option->kind == OPTION_MEDIA_PATTERNS ||
           option->kind == OPTION_ORIGINS;
}

/* No entry may stand twice, whether it was there already or is added now. */
static bool check_differs(struct config *config, const struct assignment *assignment,
                          const struct string_list *entries, const char *text, struct complaint about) {
    const struct string_list *kept = kept_list(config, assignment);
    const struct string_list *kept_wheres = &origin_of(config, assignment)->where;
    size_t kept_count = count_kept(config, assignment);
    if (!entries_must_differ(assignment->option)) {
        return true;
    }
    for (size_t i = 0; i < kept_count + entries->count; i++) {
        bool is_kept = i < kept_count;
        const char *other = is_kept ? kept->items[i] : entries->items[i - kept_count];
        const char *where = is_kept ? kept_wheres->items[i] : assignment->wheres->items[i - kept_count];
        if (strcmp(other, "*") == 0) {
            return complain(about, "'%s' is not needed: all origins may read already (%s)", show(text).text,
                            show(where).text);
        }
        if (strcmp(other, text) == 0) {
            return complain(about, "'%s' stands twice (also %s); remove one of them", show(text).text,
                            show(where).text);
        }
    }
    return true;
}

static bool check_entry(struct config *config, const struct assignment *assignment, size_t i,
                        struct string_list *entries, char error[CONFIG_ERROR_BYTES]) {
    struct option_value value;
    struct subject subject = subject_of(assignment, i);
    struct complaint about = {subject.text, error};
    if (i >= OPTION_ENTRIES_MAX - count_kept(config, assignment)) {
        return complain(about, "the list is too long; expected at most %d entries", OPTION_ENTRIES_MAX);
    }
    if (!option_value_parse(assignment->option, assignment->texts->items[i], &value, about) ||
        !check_differs(config, assignment, entries, value.text, about)) {
        return false;
    }
    return string_list_add(entries, value.text) == 0 || out_of_memory(assignment, error);
}

static bool check_entries(struct config *config, const struct assignment *assignment,
                          struct string_list *entries, char error[CONFIG_ERROR_BYTES]) {
    struct subject subject = subject_of(assignment, 0);
    bool is_listen = assignment->option->kind == OPTION_ADDRESSES;
    bool on = false;

    if (assignment->texts->count == 0 && is_listen) {
        return complain((struct complaint){subject.text, error},
                        "the list is empty; expected at least one address, e.g. localhost:8080");
    }
    if (is_switch(config, assignment, &on)) {
        return !on || string_list_add(entries, "*") == 0 || out_of_memory(assignment, error);
    }
    for (size_t i = 0; i < assignment->texts->count; i++) {
        if (!check_entry(config, assignment, i, entries, error)) {
            return false;
        }
    }
    return !is_listen || listen_check_collisions(entries, assignment->wheres, error);
}

/* Stores checked entries. Returns 0 or -ENOMEM. */
static int store_entries(struct config *config, const struct assignment *assignment,
                         const struct string_list *entries) {
    struct config_origin *origin = origin_of(config, assignment);
    struct string_list *kept = kept_list(config, assignment);
    struct string_list list = {0};
    struct string_list wheres = {0};
    int outcome = 0;

    if (count_kept(config, assignment) > 0) {
        outcome = string_list_add_all(&list, kept);
        outcome = outcome == 0 ? string_list_add_all(&wheres, &origin->where) : outcome;
    }
    outcome = outcome == 0 ? string_list_add_all(&list, entries) : outcome;
    outcome = outcome == 0 ? string_list_add_all(&wheres, assignment->wheres) : outcome;
    if (outcome == 0) {
        string_list_move(kept, &list);
        string_list_move(&origin->where, &wheres);
        origin->source = assignment->source;
        outcome = assignment->option->kind == OPTION_ADDRESSES ? listen_port_derive(config) : 0;
    }
    string_list_deinit(&list);
    string_list_deinit(&wheres);
    return outcome;
}

static bool assign_list(struct config *config, const struct assignment *assignment,
                        char error[CONFIG_ERROR_BYTES]) {
    struct string_list entries = {0};
    bool assigned = check_entries(config, assignment, &entries, error);
    bool outranked = origin_of(config, assignment)->source > assignment->source;

    if (assigned && !outranked && store_entries(config, assignment, &entries) != 0) {
        assigned = out_of_memory(assignment, error);
    }
    string_list_deinit(&entries);
    return assigned;
}

bool assignment_apply(struct config *config, const struct assignment *assignment,
                      char error[CONFIG_ERROR_BYTES]) {
    assert(assignment->wheres->count >= 1 && assignment->wheres->count >= assignment->texts->count);
    return option_is_list(assignment->option) ? assign_list(config, assignment, error)
                                              : assign_scalar(config, assignment, error);
}

bool assignment_apply_text(struct config *config, const struct config_option *option,
                           enum config_source source, const char *text, const char *where,
                           char error[CONFIG_ERROR_BYTES]) {
    struct string_list texts = {0};
    struct string_list wheres = {0};
    struct assignment assignment = {.option = option,
                                    .source = source,
                                    .adds = source == CONFIG_COMMAND_LINE,
                                    .texts = &texts,
                                    .wheres = &wheres};

    int outcome = option_is_list(option) ? string_list_split(&texts, text) : string_list_add(&texts, text);
    for (size_t i = 0; i < texts.count && outcome == 0; i++) {
        outcome = string_list_add(&wheres, where);
    }
    bool applied = outcome == 0 ? assignment_apply(config, &assignment, error)
                                : complain((struct complaint){where, error}, "out of memory");
    string_list_deinit(&texts);
    string_list_deinit(&wheres);
    return applied;
}
