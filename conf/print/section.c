/* SPDX-License-Identifier: MIT */
/* print_sections() of config_printer.h. */
#include "conf/print/printer.h"
#include "conf/store/option_field.h"

/* Whether the section says something about the option; what a boolean says is always written, so that no
 * section is empty. */
static bool is_said(const struct config_option *option, const void *section) {
    if (option_is_list(option)) {
        return option_field_const_list(option, section)->count > 0;
    }
    if (option->kind == OPTION_DURATION) {
        const struct config_cache *cache = section;
        bool is_max_age = option->offset == offsetof(struct config_cache, max_age_ms);
        return is_max_age ? cache->has_max_age : cache->stale_while_revalidate_ms > 0;
    }
    return true;
}

static void print_braced(FILE *out, int indent, enum config_section_kind kind, const char *pattern,
                         const char *where, const void *section) {
    const struct config_section *shape = &section_table[kind];
    char literal[OPTION_LITERAL_BYTES];
    option_text_format(pattern, literal);
    (void)fprintf(out, "\n%*s%s %s {", indent, "", shape->name, literal);
    print_place(out, where);
    for (size_t i = 0; i < shape->option_count; i++) {
        if (is_said(&shape->options[i], section)) {
            print_option(out, indent + PRINT_INDENT, &shape->options[i], section, NULL);
        }
    }
    (void)fprintf(out, "%*s}\n", indent, "");
}

static void print_error_page(FILE *out, int indent, const struct config_error_page *page) {
    char literal[OPTION_LITERAL_BYTES];
    option_text_format(page->path, literal);
    (void)fprintf(out, "%*s%s %d = %s", indent, "", section_table[SECTION_ERROR_PAGE].name, page->status,
                  literal);
    print_place(out, page->where);
}

static void print_type(FILE *out, int indent, const struct config_type *type) {
    char extension[OPTION_LITERAL_BYTES];
    char media_type[OPTION_LITERAL_BYTES];
    option_text_format(type->extension, extension);
    option_text_format(type->media_type, media_type);
    (void)fprintf(out, "%*s%s = %s", indent + PRINT_INDENT, "", extension, media_type);
    print_place(out, type->where);
}

/* Those that have no braces of their own stand together: the lines of types within one pair of them. */
static void print_pairs(FILE *out, int indent, const struct config_site *site, enum config_section_kind kind,
                        size_t first, size_t end) {
    bool braces = kind == SECTION_TYPES;
    (void)fputc('\n', out);
    if (braces) {
        (void)fprintf(out, "%*s%s {\n", indent, "", section_table[kind].name);
    }
    for (size_t i = first; i < end; i++) {
        if (kind == SECTION_TYPES) {
            print_type(out, indent, &site->types[i]);
        } else {
            print_error_page(out, indent, &site->error_pages[i]);
        }
    }
    if (braces) {
        (void)fprintf(out, "%*s}\n", indent, "");
    }
}

void print_sections(FILE *out, int indent, const struct config_site *site, enum config_section_kind kind,
                    size_t first, size_t end) {
    if (first < end && (kind == SECTION_ERROR_PAGE || kind == SECTION_TYPES)) {
        print_pairs(out, indent, site, kind, first, end);
        return;
    }
    for (size_t i = first; i < end; i++) {
        if (kind == SECTION_CACHE) {
            const struct config_cache *cache = &site->caches[i];
            print_braced(out, indent, kind, cache->pattern, cache->where, cache);
        } else if (kind == SECTION_HEADER) {
            const struct config_header *header = &site->headers[i];
            print_braced(out, indent, kind, header->pattern, header->where, header);
        } else {
            const struct config_redirect *redirect = &site->redirects[i];
            print_braced(out, indent, kind, redirect->pattern, redirect->where, redirect);
        }
    }
}
