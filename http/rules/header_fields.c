/* SPDX-License-Identifier: MIT */
#include "http/rules/header_fields.h"

#include "http/semantics/field_syntax.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rule_field {
    struct own_field own;
    size_t name_number; /* one for each name: no names are compared for an answer */
    char *memory;       /* of name and value */
};

struct section {
    char *pattern;
    char *where;
    bool on_errors;
    struct rule_field *fields; /* removals first */
    size_t count;
};

struct header_fields {
    size_t name_count;
    size_t section_count;
    struct section sections[];
};

static bool is_addition(const char *line) {
    size_t name_length = field_syntax_token_length(view_of(line));
    return name_length > 0 && line[name_length] == ':' && strpbrk(line, "\r\n") == NULL;
}

static bool is_name(const char *line) {
    size_t name_length = field_syntax_token_length(view_of(line));
    return name_length > 0 && line[name_length] == '\0';
}

/* Cut the blanks off both ends, in place. */
static char *trim(char *value) {
    static const char blanks[] = " \t";
    value += strspn(value, blanks);
    size_t length = strlen(value);
    while (length > 0 && strchr(blanks, value[length - 1]) != NULL) {
        length--;
    }
    value[length] = '\0';
    return value;
}

static size_t number_of_name(struct header_fields *rules, const char *name) {
    for (size_t i = 0; i < rules->section_count; i++) {
        const struct section *section = &rules->sections[i];
        for (size_t k = 0; k < section->count; k++) {
            if (view_equals_nocase(view_of(name), section->fields[k].own.name)) {
                return section->fields[k].name_number;
            }
        }
    }
    return rules->name_count++;
}

/* Put a field at the end of the section, which has room for it: a removal if the line is a name alone. */
static bool append_field(struct header_fields *rules, struct section *section, const char *line) {
    char *memory = strdup(line);
    if (memory == NULL) {
        return false;
    }
    char *colon = strchr(memory, ':');
    if (colon != NULL) {
        *colon = '\0';
    }
    size_t name_number = number_of_name(rules, memory);
    section->fields[section->count++] = (struct rule_field){
        .own = {.name = memory, .value = colon != NULL ? trim(colon + 1) : NULL},
        .name_number = name_number,
        .memory = memory,
    };
    return true;
}

/* Lines that are no field are left out: the config refuses them, and none may break the head of an answer. */
static bool fill_section(struct header_fields *rules, struct section *section,
                         const struct header_rule *rule) {
    section->on_errors = rule->on_errors;
    section->pattern = strdup(rule->pattern);
    section->where = strdup(rule->where != NULL ? rule->where : "");
    section->fields = calloc(rule->add_count + rule->remove_count + 1, sizeof *section->fields);
    bool filled = section->pattern != NULL && section->where != NULL && section->fields != NULL;
    for (size_t i = 0; filled && i < rule->remove_count; i++) {
        filled = !is_name(rule->remove[i]) || append_field(rules, section, rule->remove[i]);
    }
    for (size_t i = 0; filled && i < rule->add_count; i++) {
        filled = !is_addition(rule->add[i]) || append_field(rules, section, rule->add[i]);
    }
    return filled;
}

struct header_fields *header_fields_create(const struct header_rule *rules, size_t count) {
    struct header_fields *made = calloc(1, sizeof *made + count * sizeof made->sections[0]);
    for (size_t i = 0; made != NULL && i < count; i++) {
        if (!fill_section(made, &made->sections[made->section_count++], &rules[i])) {
            header_fields_destroy(made);
            return NULL;
        }
    }
    return made;
}

void header_fields_destroy(struct header_fields *rules) {
    for (size_t i = 0; rules != NULL && i < rules->section_count; i++) {
        struct section *section = &rules->sections[i];
        for (size_t k = 0; k < section->count; k++) {
            free(section->fields[k].memory);
        }
        free(section->fields);
        free(section->pattern);
        free(section->where);
    }
    free(rules);
}

static bool names(const struct section *section, size_t name_number) {
    for (size_t i = 0; i < section->count; i++) {
        if (section->fields[i].name_number == name_number) {
            return true;
        }
    }
    return false;
}

/* Forget the fields of earlier sections that this one names. `numbers` are those of the names in *own. */
static void forget_named(struct own_fields *own, size_t *numbers, const struct section *section) {
    size_t kept = 0;
    for (size_t i = 0; i < own->count; i++) {
        if (!names(section, numbers[i])) {
            own->fields[kept] = own->fields[i];
            numbers[kept++] = numbers[i];
        }
    }
    own->count = kept;
}

/* A name stands for its removal. */
static void tell(const struct account *account, const struct section *section, bool is_left_out) {
    char fields[ACCOUNT_STEP_BYTES / 2] = "";
    size_t length = 0;
    for (size_t k = 0; k < section->count && length < sizeof fields; k++) {
        const struct own_field *own = &section->fields[k].own;
        length += (size_t)snprintf(fields + length, sizeof fields - length, "%s%s %s", k > 0 ? ", " : "",
                                   own->value != NULL ? "adds" : "removes", own->name);
    }
    account_tell(account, "header \"%s\" (%s): %s%s", section->pattern, section->where,
                 is_left_out ? "not on errors (errors = off)" : "", is_left_out ? "" : fields);
}

void header_fields_select(const struct header_fields *rules, const struct pattern_subject *subject,
                          bool is_error, struct own_fields *own, const struct account *account) {
    size_t numbers[OWN_FIELDS_MAX];
    own->count = 0;
    for (size_t i = 0; i < rules->section_count; i++) {
        const struct section *section = &rules->sections[i];
        bool is_left_out = is_error && !section->on_errors;
        if (!pattern_applies(section->pattern, subject)) {
            continue;
        }
        if (account != NULL) {
            tell(account, section, is_left_out);
        }
        if (is_left_out) {
            continue;
        }
        forget_named(own, numbers, section);
        for (size_t k = 0; k < section->count && own->count < OWN_FIELDS_MAX; k++) {
            numbers[own->count] = section->fields[k].name_number;
            own->fields[own->count++] = &section->fields[k].own;
        }
    }
}

bool own_fields_replace(const struct own_fields *own, const char *name) {
    struct view wanted = view_of(name);
    bool adds_up = view_equals_nocase(wanted, "Vary");
    for (size_t i = 0; i < own->count; i++) {
        const struct own_field *field = own->fields[i];
        if (view_equals_nocase(wanted, field->name) && (field->value == NULL || !adds_up)) {
            return true;
        }
    }
    return false;
}
