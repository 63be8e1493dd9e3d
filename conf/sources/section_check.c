/* SPDX-License-Identifier: MIT */
#include "conf/sources/section_check.h"

#include "conf/base/complain.h"
#include "conf/store/option_field.h"
#include "conf/values/redirect_target.h"
#include "conf/values/site_value.h"
#include "conf/values/value.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { STATUS_LEAST = 400, STATUS_MOST = 599, STATUS_MOVED = 301, SECOND_MS = 1000 };

static bool copy_text(char **field, const char *text, struct complaint about) {
    *field = strdup(text);
    return *field || complain(about, "out of memory");
}

bool section_begin(enum config_section_kind kind, union any_section *section, const char *pattern,
                   const char *where, struct complaint about) {
    char canonical[OPTION_VALUE_BYTES];
    if (!site_value_pattern(pattern, kind != SECTION_REDIRECT, canonical, about)) {
        return false;
    }
    switch (kind) {
    case SECTION_CACHE:
        return copy_text(&section->cache.pattern, canonical, about) &&
               copy_text(&section->cache.where, where, about);
    case SECTION_HEADER:
        section->header.errors = true;
        return copy_text(&section->header.pattern, canonical, about) &&
               copy_text(&section->header.where, where, about);
    default:
        assert(kind == SECTION_REDIRECT);
        section->redirect.status = STATUS_MOVED;
        return copy_text(&section->redirect.pattern, canonical, about) &&
               copy_text(&section->redirect.where, where, about);
    }
}

/* Caches count in seconds (RFC 9111, 1.2.2). */
static bool check_seconds(int64_t duration_ms, struct complaint about) {
    char text[VALUE_TEXT_BYTES];
    if (duration_ms % SECOND_MS == 0) {
        return true;
    }
    value_format_duration((uint64_t)duration_ms, text);
    return complain(about, "'%s' is no whole number of seconds, in which caches count; write %" PRId64 "s",
                    text, duration_ms / SECOND_MS + 1);
}

bool section_check_option(enum config_section_kind kind, union any_section *section,
                          const struct config_option *option, struct complaint about) {
    if (option->kind == OPTION_TARGET) {
        assert(kind == SECTION_REDIRECT);
        return redirect_target_check(section->redirect.to, section->redirect.pattern, about);
    }
    if (kind != SECTION_CACHE || option->kind != OPTION_DURATION) {
        return true;
    }
    bool is_max_age = option->offset == offsetof(struct config_cache, max_age_ms);
    section->cache.has_max_age = section->cache.has_max_age || is_max_age;
    return check_seconds(is_max_age ? section->cache.max_age_ms : section->cache.stale_while_revalidate_ms,
                         about);
}

static bool check_cache(const struct config_cache *cache, struct complaint about) {
    const char *excluded = cache->has_max_age                     ? "max_age"
                           : cache->immutable                     ? "immutable"
                           : cache->stale_while_revalidate_ms > 0 ? "stale_while_revalidate"
                                                                  : NULL;
    if (!cache->no_store || !excluded) {
        return true;
    }
    return complain(about, "no_store keeps nothing that %s could hold for; remove one of them", excluded);
}

bool section_check_whole(enum config_section_kind kind, const union any_section *section,
                         struct complaint about) {
    switch (kind) {
    case SECTION_CACHE:
        return check_cache(&section->cache, about);
    case SECTION_HEADER:
        return section->header.add.count + section->header.remove.count > 0 ||
               complain(about, "neither add nor remove names a field; write %s", section_table[kind].example);
    default:
        assert(kind == SECTION_REDIRECT);
        return section->redirect.to ||
               complain(about, "'to' is missing; write %s", section_table[kind].example);
    }
}

static bool read_error_page(struct config_error_page *page, const char *status, const char *path,
                            struct complaint about) {
    char canonical[OPTION_VALUE_BYTES];
    uint64_t number = 0;
    if (value_parse_number(status, &number) != VALUE_OK || number < STATUS_LEAST || number > STATUS_MOST) {
        return complain(about, "'%s' is not the status of an error; expected %d..%d", show(status).text,
                        STATUS_LEAST, STATUS_MOST);
    }
    page->status = (int)number;
    return site_value_path(path, canonical, about) && copy_text(&page->path, canonical, about);
}

bool section_read_pair(enum config_section_kind kind, union any_section *section, const char *key,
                       const char *value, const char *where, struct complaint about) {
    char canonical[OPTION_VALUE_BYTES];
    if (kind == SECTION_ERROR_PAGE) {
        return read_error_page(&section->error_page, key, value, about) &&
               copy_text(&section->error_page.where, where, about);
    }
    assert(kind == SECTION_TYPES);
    return site_value_extension(key, canonical, about) &&
           copy_text(&section->type.extension, canonical, about) &&
           site_value_media_type(value, canonical, about) &&
           copy_text(&section->type.media_type, canonical, about) &&
           copy_text(&section->type.where, where, about);
}

bool section_check_unique(const struct config_site *site, enum config_section_kind kind,
                          const union any_section *section, const char *name, struct complaint about) {
    const char *earlier = site_find_section(site, kind, section);
    if (!earlier) {
        return true;
    }
    bool holds_more = kind == SECTION_CACHE || kind == SECTION_HEADER;
    return complain(about, "'%s' stands twice (also %s); %s", show(name).text, show(earlier).text,
                    holds_more ? "put all of it into one section" : "remove one of them");
}
