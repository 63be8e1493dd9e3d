/* SPDX-License-Identifier: MIT */
/* print_rules() of printer.h. */
#include "conf/print/printer.h"
#include "conf/schema/section_table.h"
#include "conf/store/option_field.h"

bool print_is_said(const struct config_option *option, const struct config_rule *rule) {
    if (option_is_list(option)) {
        return option_field_const_list(option, rule)->count > 0;
    }
    if (option->kind == OPTION_FORMAT) {
        return rule->log.format != NULL;
    }
    if (option->kind == OPTION_DURATION) {
        bool is_max_age = option->offset == offsetof(struct config_rule, cache.max_age_ms);
        return is_max_age ? rule->cache.has_max_age : rule->cache.stale_while_revalidate_ms > 0;
    }
    return true;
}

/* cache "/a" { ... } */
static void print_braced(FILE *out, int indent, const struct config_rule *rule) {
    const struct config_section *shape = &section_table[rule->kind];
    char title[OPTION_LITERAL_BYTES];
    option_text_format(rule->title, title);
    (void)fprintf(out, "\n%*s%s %s {", indent, "", shape->name, title);
    print_place(out, rule->where);
    for (size_t i = 0; i < shape->option_count; i++) {
        if (print_is_said(&shape->options[i], rule)) {
            print_option(out, indent + PRINT_INDENT, &shape->options[i], rule, NULL);
        }
    }
    (void)fprintf(out, "%*s}\n", indent, "");
}

/* error_page 404 = "/404.html", or a line of types. */
static void print_pair(FILE *out, int indent, const struct config_rule *rule) {
    char extension[OPTION_LITERAL_BYTES];
    char value[OPTION_LITERAL_BYTES];
    if (rule->kind == SECTION_TYPES) {
        option_text_format(rule->title, extension);
        option_text_format(rule->media_type, value);
        (void)fprintf(out, "%*s%s = %s", indent + PRINT_INDENT, "", extension, value);
    } else {
        option_text_format(rule->error_page.path, value);
        (void)fprintf(out, "%*s%s %s = %s", indent, "", section_table[rule->kind].name, rule->title, value);
    }
    print_place(out, rule->where);
}

/* Those that have no braces of their own stand together: the lines of types within one pair of them. */
static void print_kind(FILE *out, int indent, const struct config_site *site, enum config_section_kind kind) {
    size_t count = 0;
    for (size_t i = 0; i < site->rule_count; i++) {
        const struct config_rule *rule = &site->rules[i];
        if (rule->kind != kind || rule->is_inherited) {
            continue;
        }
        if (kind != SECTION_TYPES && kind != SECTION_ERROR_PAGE) {
            print_braced(out, indent, rule);
            continue;
        }
        if (count++ == 0) {
            (void)fputc('\n', out);
            if (kind == SECTION_TYPES) {
                (void)fprintf(out, "%*s%s {\n", indent, "", section_table[kind].name);
            }
        }
        print_pair(out, indent, rule);
    }
    if (count > 0 && kind == SECTION_TYPES) {
        (void)fprintf(out, "%*s}\n", indent, "");
    }
}

void print_rules(FILE *out, int indent, const struct config_site *site) {
    for (size_t kind = 0; kind < SECTION_HOST; kind++) {
        print_kind(out, indent, site, (enum config_section_kind)kind);
    }
}
