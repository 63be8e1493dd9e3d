/* SPDX-License-Identifier: MIT */
#include "http/rules/cache_policy.h"

#include "http/base/text.h"

#include <stdlib.h>
#include <string.h>

/* Caches take a larger number for this one (RFC 9111 section 1.2.2). */
static const int64_t seconds_max = INT64_C(2147483648);

const struct cache_directives cache_ask_each_time = {.control = "no-cache", .fresh_s = 0};

struct policy_section {
    char *pattern;
    char *control; /* these two are those in directives */
    char *where;
    struct cache_directives directives;
};

struct cache_policy {
    size_t count;
    struct policy_section sections[];
};

static int64_t within_bounds(int64_t seconds) {
    if (seconds < 0) {
        return 0;
    }
    return seconds < seconds_max ? seconds : seconds_max;
}

static void add(struct text *control, bool is_set, const char *directive) {
    if (is_set) {
        text_append(control, control->length > 0 ? ", " : "");
        text_append(control, directive);
    }
}

static void add_seconds(struct text *control, bool is_set, const char *directive, int64_t seconds) {
    add(control, is_set, directive);
    if (is_set) {
        text_append_number(control, (uint64_t)within_bounds(seconds));
    }
}

/* Beside no-store all that is said about fresh and stale answers is left out: nothing is stored. */
static char *compose(const struct cache_rule *rule) {
    struct text control = {0};
    bool kept = !rule->no_store;
    add(&control, rule->is_private, "private");
    add(&control, rule->no_store, "no-store");
    add(&control, kept && !rule->has_max_age && !rule->must_revalidate, "no-cache");
    add_seconds(&control, kept && rule->has_max_age, "max-age=", rule->max_age_s);
    add_seconds(&control, kept && rule->stale_while_revalidate_s > 0,
                "stale-while-revalidate=", rule->stale_while_revalidate_s);
    add(&control, kept && rule->must_revalidate, "must-revalidate");
    add(&control, kept && rule->immutable, "immutable");
    text_append_bytes(&control, "", 1);
    char *value = control.failed ? NULL : strdup(control.bytes);
    text_deinit(&control);
    return value;
}

/* A shared cache that goes by Expires does not know Cache-Control, and would hand what is private to
 * others (RFC 2616 section 14.9.3): it must find it stale. Others do not look at Expires beside max-age. */
static int64_t fresh_for(const struct cache_rule *rule) {
    bool by_anyone = rule->has_max_age && !rule->no_store && !rule->is_private;
    return by_anyone ? within_bounds(rule->max_age_s) : 0;
}

struct cache_policy *cache_policy_create(const struct cache_rule *rules, size_t count) {
    struct cache_policy *policy = calloc(1, sizeof *policy + count * sizeof policy->sections[0]);
    if (policy == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        struct policy_section *section = &policy->sections[policy->count++];
        section->pattern = strdup(rules[i].pattern);
        section->control = compose(&rules[i]);
        section->where = strdup(rules[i].where != NULL ? rules[i].where : "");
        if (section->pattern == NULL || section->control == NULL || section->where == NULL) {
            cache_policy_destroy(policy);
            return NULL;
        }
        section->directives = (struct cache_directives){.control = section->control,
                                                        .fresh_s = fresh_for(&rules[i]),
                                                        .pattern = section->pattern,
                                                        .where = section->where};
    }
    return policy;
}

void cache_policy_destroy(struct cache_policy *policy) {
    for (size_t i = 0; policy != NULL && i < policy->count; i++) {
        free(policy->sections[i].pattern);
        free(policy->sections[i].control);
        free(policy->sections[i].where);
    }
    free(policy);
}

const struct cache_directives *cache_policy_find(const struct cache_policy *policy,
                                                 const struct pattern_subject *subject) {
    for (size_t i = policy->count; i > 0; i--) {
        const struct policy_section *section = &policy->sections[i - 1];
        if (pattern_applies(section->pattern, subject)) {
            return &section->directives;
        }
    }
    return &cache_ask_each_time;
}
