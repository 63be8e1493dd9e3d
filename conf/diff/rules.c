/* SPDX-License-Identifier: MIT */
/* notes_rules() of notes.h: what has come, gone, changed, or changed its place. */
#include "conf/base/complain.h"
#include "conf/diff/notes.h"
#include "conf/print/printer.h"
#include "conf/schema/section_table.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The own rules of a site, by kind and title; several of one title in their order. */
struct sorted_rules {
    const struct config_rule **items;
    size_t count;
};

static int compare_titles(const struct config_rule *a, const struct config_rule *b) {
    return a->kind != b->kind ? (a->kind < b->kind ? -1 : 1) : strcmp(a->title, b->title);
}

static int compare(const void *a, const void *b) {
    const struct config_rule *first = *(const struct config_rule *const *)a;
    const struct config_rule *second = *(const struct config_rule *const *)b;
    int order = compare_titles(first, second);
    return order != 0 ? order : (first > second) - (first < second);
}

/* Returns false without memory. */
static bool sort(struct sorted_rules *sorted, const struct config_site *site) {
    *sorted =
        (struct sorted_rules){.items = calloc(site->rule_count + 1, sizeof(const struct config_rule *))};
    for (size_t i = 0; sorted->items != NULL && i < site->rule_count; i++) {
        if (!site->rules[i].is_inherited) {
            sorted->items[sorted->count++] = &site->rules[i];
        }
    }
    if (sorted->items != NULL) {
        qsort(sorted->items, sorted->count, sizeof(const struct config_rule *), compare);
    }
    return sorted->items != NULL;
}

static const char *name_of(const struct config_rule *rule) {
    return section_table[rule->kind].name;
}

static void note_rule(struct notes *notes, char sign, const struct config_rule *rule) {
    notes_add(notes, "%c %s %s", sign, name_of(rule), show(rule->title).text);
}

/* What an option that is not said holds by itself, a max_age of 0, is something else than what is said. */
static void note_said(struct notes *notes, const char *prefix, const struct config_option *option,
                      const struct config_rule *before, const struct config_rule *after) {
    bool was = print_is_said(option, before);
    bool is = print_is_said(option, after);
    if (was != is && !option_is_list(option)) {
        notes_add(notes, "%c %s%s", is ? '+' : '-', prefix, option->name);
    } else {
        notes_option(notes, prefix, option, before, after);
    }
}

/* Of two rules that have one title. */
static void note_change(struct notes *notes, const struct config_rule *before,
                        const struct config_rule *after) {
    const struct config_section *shape = &section_table[after->kind];
    if (rule_is_same(before, after)) {
        return;
    }
    char prefix[2 * SHOWN_BYTES];
    (void)snprintf(prefix, sizeof prefix, "%s %s ", shape->name, show(after->title).text);
    for (size_t i = 0; i < shape->option_count; i++) {
        note_said(notes, prefix, &shape->options[i], before, after);
    }
    if (after->kind == SECTION_TYPES) {
        notes_add(notes, "%s%s -> %s", prefix, show(before->media_type).text, show(after->media_type).text);
    } else if (after->kind == SECTION_ERROR_PAGE) {
        notes_add(notes, "%s%s -> %s", prefix, show(before->error_page.path).text,
                  show(after->error_page.path).text);
    }
}

/* Of the rules that both have, in the order of `after`, with their place in `before`. */
struct pair {
    const struct config_rule *before;
    const struct config_rule *after;
};

static int compare_pairs(const void *a, const void *b) {
    const struct pair *first = a;
    const struct pair *second = b;
    return (first->after > second->after) - (first->after < second->after);
}

/* Which rule of a kind comes first may decide. */
static void note_order(struct notes *notes, struct pair *pairs, size_t count) {
    const struct config_rule *last[SECTION_COUNT] = {0};
    bool is_told[SECTION_COUNT] = {0};
    qsort(pairs, count, sizeof *pairs, compare_pairs);
    for (size_t i = 0; i < count; i++) {
        enum config_section_kind kind = pairs[i].after->kind;
        if (pairs[i].before < last[kind] && !is_told[kind]) {
            is_told[kind] = true;
            notes_add(notes, "%s: in another order", section_table[kind].name);
        }
        last[kind] = pairs[i].before;
    }
}

static void merge(struct notes *notes, const struct sorted_rules *old, const struct sorted_rules *new,
                  struct pair *pairs) {
    size_t i = 0;
    size_t k = 0;
    size_t count = 0;
    while (i < old->count || k < new->count) {
        int order = i == old->count ? 1 : k == new->count ? -1 : compare_titles(old->items[i], new->items[k]);
        if (order < 0) {
            note_rule(notes, '-', old->items[i++]);
        } else if (order > 0) {
            note_rule(notes, '+', new->items[k++]);
        } else {
            pairs[count++] = (struct pair){old->items[i], new->items[k]};
            note_change(notes, old->items[i++], new->items[k++]);
        }
    }
    note_order(notes, pairs, count);
}

void notes_rules(struct notes *notes, const struct config_site *before, const struct config_site *after) {
    struct sorted_rules old;
    struct sorted_rules new;
    bool has_old = sort(&old, before);
    bool has_new = sort(&new, after);
    struct pair *pairs = calloc(old.count + 1, sizeof *pairs);
    if (has_old && has_new && pairs != NULL) {
        merge(notes, &old, &new, pairs);
    } else {
        notes->failed = true;
    }
    free(pairs);
    free(old.items);
    free(new.items);
}
