/* SPDX-License-Identifier: MIT */
#include "conf/sources/section_check.h"

#include "conf/base/complain.h"
#include "conf/schema/section_table.h"
#include "conf/values/log_value.h"
#include "conf/values/site_value.h"
#include "conf/values/value.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { STATUS_LEAST = 400, STATUS_MOST = 599, STATUS_MOVED = 301, SECOND_MS = 1000 };

static bool copy_text(char **field, const char *text, struct complaint about) {
    *field = strdup(text);
    return *field != NULL || complain(about, "out of memory");
}

static bool parse_destination(const char *text, char title[OPTION_VALUE_BYTES], struct complaint about) {
    bool on = false;
    return value_parse_boolean(text, &on)
               ? complain(about, "'%s' does not say where; write %s, or remove the section", show(text).text,
                          section_table[SECTION_ACCESS_LOG].example)
               : log_value_destination(text, title, about);
}

/* Brings what a rule is for into canonical form. */
static bool parse_title(struct config_rule *rule, const char *text, char title[OPTION_VALUE_BYTES],
                        struct complaint about) {
    uint64_t status = 0;
    if (rule->kind == SECTION_TYPES) {
        return site_value_typed_file(text, title, about);
    }
    if (rule->kind == SECTION_ACCESS_LOG) {
        return parse_destination(text, title, about);
    }
    if (rule->kind != SECTION_ERROR_PAGE) {
        return site_value_pattern(text, rule->kind != SECTION_REDIRECT, title, about);
    }
    if (value_parse_number(text, &status) != VALUE_OK || status < STATUS_LEAST || status > STATUS_MOST) {
        return complain(about, "'%s' is not the status of an error; expected %d..%d", show(text).text,
                        STATUS_LEAST, STATUS_MOST);
    }
    rule->error_page.status = (int)status;
    (void)snprintf(title, OPTION_VALUE_BYTES, "%" PRIu64, status);
    return true;
}

bool section_begin(struct config_rule *rule, const char *title, const char *where, struct complaint about) {
    char canonical[OPTION_VALUE_BYTES];
    if (rule->kind == SECTION_HEADER) {
        rule->header.errors = true;
    } else if (rule->kind == SECTION_REDIRECT) {
        rule->redirect.status = STATUS_MOVED;
    }
    return parse_title(rule, title, canonical, about) && copy_text(&rule->title, canonical, about) &&
           copy_text(&rule->where, where, about);
}

bool section_set_value(struct config_rule *rule, const char *value, struct complaint about) {
    char canonical[OPTION_VALUE_BYTES];
    if (rule->kind == SECTION_ERROR_PAGE) {
        return site_value_path(value, canonical, about) &&
               copy_text(&rule->error_page.path, canonical, about);
    }
    assert(rule->kind == SECTION_TYPES);
    return site_value_coded_type(value, canonical, about) && copy_text(&rule->media_type, canonical, about);
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
        return site_value_check_target(rule->redirect.to, rule->title, about);
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
    if (!cache->no_store || excluded == NULL) {
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
    case SECTION_ACCESS_LOG:
        return true;
    default:
        assert(rule->kind == SECTION_REDIRECT);
        return rule->redirect.to != NULL ||
               complain(about, "'to' is missing; write %s", section_table[rule->kind].example);
    }
}

bool section_stands_twice(const struct config_rule *earlier, const char *name, struct complaint about) {
    bool holds_more = earlier->kind == SECTION_CACHE || earlier->kind == SECTION_HEADER ||
                      earlier->kind == SECTION_ACCESS_LOG;
    return complain(about, "'%s' stands twice (also %s); %s", show(name).text, show(earlier->where).text,
                    holds_more ? "put all of it into one section" : "remove one of them");
}
