/* SPDX-License-Identifier: MIT */
/* config_site_is_same(): also what is taken over, in its order. */
#include "conf/diff/notes.h"
#include "conf/print/printer.h"
#include "conf/schema/section_table.h"
#include "conf/store/option_field.h"

#include <string.h>

bool rule_is_same(const struct config_rule *a, const struct config_rule *b) {
    const struct config_section *shape = &section_table[a->kind];
    for (size_t i = 0; i < shape->option_count; i++) {
        const struct config_option *option = &shape->options[i];
        if (print_is_said(option, a) != print_is_said(option, b) || !option_field_is_same(option, a, b)) {
            return false;
        }
    }
    switch (a->kind) {
    case SECTION_TYPES:
        return strcmp(a->media_type, b->media_type) == 0;
    case SECTION_ERROR_PAGE:
        return strcmp(a->error_page.path, b->error_page.path) == 0;
    default:
        return true;
    }
}

bool config_site_is_same(const struct config_site *a, const struct config_site *b) {
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct config_option *option = &option_table[id];
        if (option->scope == OPTION_OF_SITE && !option_field_is_same(option, a, b)) {
            return false;
        }
    }
    bool same = a->rule_count == b->rule_count;
    for (size_t i = 0; same && i < a->rule_count; i++) {
        const struct config_rule *first = &a->rules[i];
        const struct config_rule *second = &b->rules[i];
        same = first->kind == second->kind && strcmp(first->title, second->title) == 0 &&
               rule_is_same(first, second);
    }
    return same;
}
