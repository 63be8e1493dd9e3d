/* SPDX-License-Identifier: MIT */
#include "conf/sources/section_check.h"

#include "conf/base/complain.h"
#include "conf/schema/section_table.h"
#include "conf/store/rules.h"
#include "conf/values/redirect_target.h"
#include "conf/values/site_value.h"
#include "conf/values/value.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { STATUS_LEAST = 400, STATUS_MOST = 599, STATUS_MOVED = 301, SECOND_MS = 1000 };

static bool copy_text(char **field, const char *text, struct complaint about) {
    *field = strdup(text);
    return *field || complain(about, "out of memory");
}

static bool begin(struct config_rule *rule, const char *title, const char *where, struct complaint about) {
    return copy_text(&rule->title, title, about) && copy_text(&rule->where, where, about);
}

bool section_begin(struct config_rule *rule, const char *pattern, const char *where, struct complaint about) {
    char canonical[OPTION_VALUE_BYTES];
    if (rule->kind == SECTION_HEADER) {
        rule->header.errors = true;
    } else if (rule->kind == SECTION_REDIRECT) {
        rule->redirect.status = STATUS_MOVED;
    }
    return site_value_pattern(pattern, rule->kind != SECTION_REDIRECT, canonical, about) &&
           begin(rule, canonical, where, about);
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

bool section_check_option(struct config_rule *rule, const struct config_option *option,
                          struct complaint about) {
    if (option->kind == OPTION_TARGET) {
        assert(rule->kind == SECTION_REDIRECT);
        return redirect_target_check(rule->redirect.to, rule->title, about);
    }
    if (option->kind != OPTION_DURATION) {
        return true;
    }
    struct config_cache *cache = &rule->cache;
    assert(rule->kind == SECTION_CACHE);
    bool is_max_age = option->offset == offsetof(struct config_rule, cache.max_age_ms);
    cache->has_max_age = cache->has_max_age || is_max_age;
    return check_seconds(is_max_age ? cache->max_age_ms : cache->stale_while_revalidate_ms, about);
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

bool section_check_whole(const struct config_rule *rule, struct complaint about) {
    switch (rule->kind) {
    case SECTION_CACHE:
        return check_cache(&rule->cache, about);
    case SECTION_HEADER:
        return rule->header.add.count + rule->header.remove.count > 0 ||
               complain(about, "neither add nor remove names a field; write %s",
                        section_table[rule->kind].example);
    default:
        assert(rule->kind == SECTION_REDIRECT);
        return rule->redirect.to ||
               complain(about, "'to' is missing; write %s", section_table[rule->kind].example);
    }
}

static bool read_error_page(struct config_rule *rule, const char *status, const char *path, const char *where,
                            struct complaint about) {
    char canonical[OPTION_VALUE_BYTES];
    char title[VALUE_TEXT_BYTES];
    uint64_t number = 0;
    if (value_parse_number(status, &number) != VALUE_OK || number < STATUS_LEAST || number > STATUS_MOST) {
        return complain(about, "'%s' is not the status of an error; expected %d..%d", show(status).text,
                        STATUS_LEAST, STATUS_MOST);
    }
    rule->error_page.status = (int)number;
    (void)snprintf(title, sizeof title, "%" PRIu64, number);
    return begin(rule, title, where, about) && site_value_path(path, canonical, about) &&
           copy_text(&rule->error_page.path, canonical, about);
}

bool section_read_pair(struct config_rule *rule, const char *key, const char *value, const char *where,
                       struct complaint about) {
    char canonical[OPTION_VALUE_BYTES];
    if (rule->kind == SECTION_ERROR_PAGE) {
        return read_error_page(rule, key, value, where, about);
    }
    assert(rule->kind == SECTION_TYPES);
    return site_value_extension(key, canonical, about) && begin(rule, canonical, where, about) &&
           site_value_media_type(value, canonical, about) && copy_text(&rule->media_type, canonical, about);
}

bool section_check_unique(const struct config_site *site, const struct config_rule *rule, const char *name,
                          struct complaint about) {
    const struct config_rule *earlier = rules_find(site, rule->kind, rule->title);
    if (earlier == NULL) {
        return true;
    }
    bool holds_more = rule->kind == SECTION_CACHE || rule->kind == SECTION_HEADER;
    return complain(about, "'%s' stands twice (also %s); %s", show(name).text, show(earlier->where).text,
                    holds_more ? "put all of it into one section" : "remove one of them");
}
