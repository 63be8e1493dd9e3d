/* SPDX-License-Identifier: MIT */
#include "conf/store/rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int rules_add(struct config_site *site, struct config_rule *rule) {
    struct config_rule *rules = realloc(site->rules, (site->rule_count + 1) * sizeof *rules);
    if (rules == NULL) {
        return -ENOMEM;
    }
    site->rules = rules;
    rules[site->rule_count++] = *rule;
    *rule = (struct config_rule){0};
    return 0;
}

const struct config_rule *rules_find(const struct config_site *site, enum config_section_kind kind,
                                     const char *title) {
    for (size_t i = 0; i < site->rule_count; i++) {
        if (site->rules[i].kind == kind && strcmp(site->rules[i].title, title) == 0) {
            return &site->rules[i];
        }
    }
    return NULL;
}

static bool later_wins(const struct config_rule *rule) {
    return rule->kind == SECTION_CACHE || rule->kind == SECTION_HEADER;
}

/* Status and extension have one answer, whatever stands behind it. */
static bool is_overruled(const struct config_rule *rule, const struct config_site *site) {
    bool is_single = rule->kind == SECTION_ERROR_PAGE || rule->kind == SECTION_TYPES;
    return is_single && rules_find(site, rule->kind, rule->title) != NULL;
}

static struct config_rule inherited(struct config_rule rule) {
    rule.is_inherited = true;
    return rule;
}

int rules_inherit(struct config_site *site, const struct config_site *outside) {
    struct config_rule *rules = calloc(site->rule_count + outside->rule_count + 1, sizeof *rules);
    size_t count = 0;
    if (rules == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < outside->rule_count; i++) {
        if (later_wins(&outside->rules[i])) {
            rules[count++] = inherited(outside->rules[i]);
        }
    }
    for (size_t i = 0; i < site->rule_count; i++) {
        rules[count++] = site->rules[i];
    }
    for (size_t i = 0; i < outside->rule_count; i++) {
        bool is_of_server = outside->rules[i].kind == SECTION_ACCESS_LOG;
        if (!is_of_server && !later_wins(&outside->rules[i]) && !is_overruled(&outside->rules[i], site)) {
            rules[count++] = inherited(outside->rules[i]);
        }
    }
    free(site->rules);
    site->rules = rules;
    site->rule_count = count;
    return 0;
}

void rule_deinit(struct config_rule *rule) {
    if (!rule->is_inherited) {
        free(rule->title);
        free(rule->where);
        switch (rule->kind) {
        case SECTION_HEADER:
            string_list_deinit(&rule->header.add);
            string_list_deinit(&rule->header.remove);
            break;
        case SECTION_REDIRECT:
            free(rule->redirect.to);
            break;
        case SECTION_ERROR_PAGE:
            free(rule->error_page.path);
            break;
        case SECTION_ACCESS_LOG:
            string_list_deinit(&rule->log.statuses);
            string_list_deinit(&rule->log.paths);
            free(rule->log.format);
            break;
        case SECTION_TYPES:
            free(rule->media_type);
            break;
        default: /* a cache owns nothing more */
            break;
        }
    }
    *rule = (struct config_rule){0};
}

void rules_deinit(struct config_site *site) {
    for (size_t i = 0; i < site->rule_count; i++) {
        rule_deinit(&site->rules[i]);
    }
    free(site->rules);
    site->rules = NULL;
    site->rule_count = 0;
}
