/* SPDX-License-Identifier: MIT */
#include "conf/store/sections.h"

#include "http/base/string_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TEXTS_MAX = 3, LISTS_MAX = 2 };

/* One kind of section: its table in struct config_site, and what its struct owns. */
struct layout {
    size_t table; /* offsets in struct config_site */
    size_t count;
    size_t size; /* of its struct; all below are offsets in it */
    size_t where;
    size_t key;
    bool key_is_text;
    size_t texts[TEXTS_MAX];
    size_t text_count;
    size_t lists[LISTS_MAX];
    size_t list_count;
};

#define TABLE(entries, entry_count, type)                                                               \
    .table = offsetof(struct config_site, entries), .count = offsetof(struct config_site, entry_count), \
    .size = sizeof(struct type), .where = offsetof(struct type, where)

static const struct layout layouts[SECTION_HOST] = {
    [SECTION_CACHE] = {TABLE(caches, cache_count, config_cache),
                       .key = offsetof(struct config_cache, pattern), .key_is_text = true,
                       .texts = {offsetof(struct config_cache, pattern),
                                 offsetof(struct config_cache, where)},
                       .text_count = 2},
    [SECTION_HEADER] = {TABLE(headers, header_count, config_header),
                        .key = offsetof(struct config_header, pattern), .key_is_text = true,
                        .texts = {offsetof(struct config_header, pattern),
                                  offsetof(struct config_header, where)},
                        .text_count = 2,
                        .lists = {offsetof(struct config_header, add),
                                  offsetof(struct config_header, remove)},
                        .list_count = 2},
    [SECTION_REDIRECT] = {TABLE(redirects, redirect_count, config_redirect),
                          .key = offsetof(struct config_redirect, pattern), .key_is_text = true,
                          .texts = {offsetof(struct config_redirect, pattern),
                                    offsetof(struct config_redirect, where),
                                    offsetof(struct config_redirect, to)},
                          .text_count = 3},
    [SECTION_ERROR_PAGE] = {TABLE(error_pages, error_page_count, config_error_page),
                            .key = offsetof(struct config_error_page, status),
                            .texts = {offsetof(struct config_error_page, where),
                                      offsetof(struct config_error_page, path)},
                            .text_count = 2},
    [SECTION_TYPES] = {TABLE(types, type_count, config_type), .key = offsetof(struct config_type, extension),
                       .key_is_text = true,
                       .texts = {offsetof(struct config_type, extension), offsetof(struct config_type, where),
                                 offsetof(struct config_type, media_type)},
                       .text_count = 3},
};

static char *text_at(const void *section, size_t offset) {
    char *const *field = (const void *)((const char *)section + offset);
    return *field;
}

/* The tables are pointers to various structs, so that they are read and written as bytes. */
static char *table_of(const struct config_site *site, const struct layout *layout) {
    char *table = NULL;
    memcpy(&table, (const char *)site + layout->table, sizeof table);
    return table;
}

static void set_table(struct config_site *site, const struct layout *layout, char *table, size_t count) {
    memcpy((char *)site + layout->table, &table, sizeof table);
    memcpy((char *)site + layout->count, &count, sizeof count);
}

size_t site_section_count(const struct config_site *site, enum config_section_kind kind) {
    size_t count = 0;
    memcpy(&count, (const char *)site + layouts[kind].count, sizeof count);
    return count;
}

int site_add_section(struct config_site *site, enum config_section_kind kind, void *section) {
    const struct layout *layout = &layouts[kind];
    size_t count = site_section_count(site, kind);
    char *table = realloc(table_of(site, layout), (count + 1) * layout->size);
    if (!table) {
        return -ENOMEM;
    }
    memcpy(table + count * layout->size, section, layout->size);
    memset(section, 0, layout->size);
    set_table(site, layout, table, count + 1);
    return 0;
}

static bool has_same_key(const struct layout *layout, const void *one, const void *other) {
    if (layout->key_is_text) {
        return strcmp(text_at(one, layout->key), text_at(other, layout->key)) == 0;
    }
    return memcmp((const char *)one + layout->key, (const char *)other + layout->key, sizeof(int)) == 0;
}

const char *site_find_section(const struct config_site *site, enum config_section_kind kind,
                              const void *section) {
    const struct layout *layout = &layouts[kind];
    const char *table = table_of(site, layout);
    for (size_t i = 0; i < site_section_count(site, kind); i++) {
        if (has_same_key(layout, table + i * layout->size, section)) {
            return text_at(table + i * layout->size, layout->where);
        }
    }
    return NULL;
}

/* Makes *copy, which is a copy of the bytes of `section`, own what it points to. Returns 0, or -ENOMEM; *copy
 * can be released either way. */
static int own(const struct layout *layout, char *copy, const char *section) {
    int outcome = 0;
    for (size_t i = 0; i < layout->text_count; i++) {
        char **field = (void *)(copy + layout->texts[i]);
        *field = strdup(text_at(section, layout->texts[i]));
        outcome = *field ? outcome : -ENOMEM;
    }
    for (size_t i = 0; i < layout->list_count; i++) {
        struct string_list *list = (void *)(copy + layout->lists[i]);
        *list = (struct string_list){0};
        outcome =
            outcome == 0 ? string_list_add_all(list, (const void *)(section + layout->lists[i])) : outcome;
    }
    return outcome;
}

int site_append_sections(struct config_site *site, enum config_section_kind kind,
                         const struct config_site *from, bool unique) {
    const struct layout *layout = &layouts[kind];
    const char *table = table_of(from, layout);
    for (size_t i = 0; i < site_section_count(from, kind); i++) {
        const char *section = table + i * layout->size;
        union any_section copy;
        if (unique && site_find_section(site, kind, section)) {
            continue;
        }
        memcpy(&copy, section, layout->size);
        if (own(layout, (char *)&copy, section) != 0 || site_add_section(site, kind, &copy) != 0) {
            section_deinit(kind, &copy);
            return -ENOMEM;
        }
    }
    return 0;
}

void section_deinit(enum config_section_kind kind, void *section) {
    const struct layout *layout = &layouts[kind];
    for (size_t i = 0; i < layout->text_count; i++) {
        free(text_at(section, layout->texts[i]));
    }
    for (size_t i = 0; i < layout->list_count; i++) {
        string_list_deinit((void *)((char *)section + layout->lists[i]));
    }
    memset(section, 0, layout->size);
}

static void deinit_table(struct config_site *site, enum config_section_kind kind) {
    const struct layout *layout = &layouts[kind];
    char *table = table_of(site, layout);
    for (size_t i = 0; i < site_section_count(site, kind); i++) {
        section_deinit(kind, table + i * layout->size);
    }
    free(table);
    set_table(site, layout, NULL, 0);
}

void site_move_sections(struct config_site *site, enum config_section_kind kind, struct config_site *from) {
    const struct layout *layout = &layouts[kind];
    deinit_table(site, kind);
    set_table(site, layout, table_of(from, layout), site_section_count(from, kind));
    set_table(from, layout, NULL, 0);
}

void site_sections_deinit(struct config_site *site) {
    for (size_t kind = 0; kind < SECTION_HOST; kind++) {
        deinit_table(site, (enum config_section_kind)kind);
    }
}
