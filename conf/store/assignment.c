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

static bool assign_scalar(const struct assignment *assignment, char error[CONFIG_ERROR_BYTES]) {
    struct string_list where = {0};
    struct option_value value;
    struct subject subject = subject_of(assignment, 0);

    assert(assignment->texts->count == 1);
    if (!option_value_parse(assignment->option, assignment->texts->items[0], &value,
                            (struct complaint){subject.text, error})) {
        return false;
    }
    if (assignment->origin->source > assignment->source) {
        return true;
    }
    if (string_list_add(&where, assignment->wheres->items[0]) != 0 ||
        option_field_store(assignment->option, &value, assignment->owner) != 0) {
        string_list_deinit(&where);
        return out_of_memory(assignment, error);
    }
    string_list_move(&assignment->origin->where, &where);
    assignment->origin->source = assignment->source;
    return true;
}

/* ---- lists --------------------------------------------------------------------------------------------- */

/* What the list will be; places[i] is where entries[i] stands, and an empty list has one, too. */
struct new_list {
    struct string_list entries;
    struct string_list places;
};

/* A single word in place of a whole list: `cors = on`, `precompressed = off`. */
static bool is_switch(const struct assignment *assignment, bool *on) {
    const char *text = assignment->texts->count == 1 ? assignment->texts->items[0] : "";
    enum config_option_kind kind = assignment->option->kind;
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

static bool check_differs(const struct new_list *list, const char *text, struct complaint about) {
    for (size_t i = 0; i < list->entries.count; i++) {
        const char *place = list->places.items[i];
        if (strcmp(list->entries.items[i], "*") == 0) {
            return complain(about, "'%s' is not needed: all origins may read already (%s)", show(text).text,
                            show(place).text);
        }
        if (strcmp(list->entries.items[i], text) == 0) {
            return complain(about, "'%s' stands twice (also %s); remove one of them", show(text).text,
                            show(place).text);
        }
    }
    return true;
}

static bool add_entry(const struct assignment *assignment, size_t i, struct new_list *list,
                      char error[CONFIG_ERROR_BYTES]) {
    struct option_value value;
    struct subject subject = subject_of(assignment, i);
    struct complaint about = {subject.text, error};
    if (list->entries.count >= OPTION_ENTRIES_MAX) {
        return complain(about, "the list is too long; expected at most %d entries", OPTION_ENTRIES_MAX);
    }
    if (!option_value_parse(assignment->option, assignment->texts->items[i], &value, about) ||
        (entries_must_differ(assignment->option) && !check_differs(list, value.text, about))) {
        return false;
    }
    bool added = string_list_add(&list->entries, value.text) == 0 &&
                 string_list_add(&list->places, assignment->wheres->items[i]) == 0;
    return added || out_of_memory(assignment, error);
}

static bool add_entries(const struct assignment *assignment, struct new_list *list,
                        char error[CONFIG_ERROR_BYTES]) {
    size_t kept_count = list->entries.count;
    bool is_listen = assignment->option->kind == OPTION_ADDRESSES;
    bool on = false;

    if (assignment->texts->count == 0 && is_listen) {
        struct subject subject = subject_of(assignment, 0);
        return complain((struct complaint){subject.text, error},
                        "the list is empty; expected at least one address, e.g. localhost:8080");
    }
    if (assignment->texts->count == 0 || (kept_count == 0 && is_switch(assignment, &on))) {
        bool added = (!on || string_list_add(&list->entries, "*") == 0) &&
                     string_list_add(&list->places, assignment->wheres->items[0]) == 0;
        return added || out_of_memory(assignment, error);
    }
    for (size_t i = 0; i < assignment->texts->count; i++) {
        if (!add_entry(assignment, i, list, error)) {
            return false;
        }
    }
    struct string_list added = {list->entries.items + kept_count, list->entries.count - kept_count};
    return !is_listen || listen_check_collisions(&added, assignment->wheres, error);
}

/* `stored`: what the list is so far. */
static bool make_list(const struct assignment *assignment, const struct string_list *stored,
                      struct new_list *list, char error[CONFIG_ERROR_BYTES]) {
    const struct config_origin *origin = assignment->origin;
    bool adds = assignment->adds && origin->source == assignment->source && stored->count > 0;
    if (adds && (string_list_add_all(&list->entries, stored) != 0 ||
                 string_list_add_all(&list->places, &origin->where) != 0)) {
        return out_of_memory(assignment, error);
    }
    return add_entries(assignment, list, error);
}

static bool assign_list(const struct assignment *assignment, char error[CONFIG_ERROR_BYTES]) {
    struct config_origin *origin = assignment->origin;
    struct string_list *stored = option_field_list(assignment->option, assignment->owner);
    struct new_list list = {{0}, {0}};
    bool assigned = make_list(assignment, stored, &list, error);
    if (assigned && origin->source <= assignment->source) {
        string_list_move(stored, &list.entries);
        string_list_move(&origin->where, &list.places);
        origin->source = assignment->source;
    }
    string_list_deinit(&list.entries);
    string_list_deinit(&list.places);
    return assigned;
}

bool assignment_apply(struct config *config, const struct assignment *assignment,
                      char error[CONFIG_ERROR_BYTES]) {
    struct assignment own = *assignment;
    assert(!config->origins->is_complete && own.wheres->count >= 1 && own.wheres->count >= own.texts->count);
    if (own.owner == NULL) {
        own.owner = option_owner(own.option, config);
        own.origin = &config->origins->options[own.option - option_table];
    }
    return option_is_list(own.option) ? assign_list(&own, error) : assign_scalar(&own, error);
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
