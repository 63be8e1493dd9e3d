/* SPDX-License-Identifier: MIT */
/*
 * How long caches may keep a file without asking: the `cache` sections of the config (RFC 9111 section
 * 5.2.2).
 *
 * The last section that matches decides alone. Made once, then only read, by all workers at once.
 */
#ifndef LIDO_HTTP_RULES_CACHE_POLICY_H
#define LIDO_HTTP_RULES_CACHE_POLICY_H

#include "http/rules/pattern.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One section, as it is given. */
struct cache_rule {
    const char *pattern; /* see pattern.h */
    const char *where;   /* in the settings: "lido.conf:12"; NULL: unknown */
    bool has_max_age;
    int64_t max_age_s;
    int64_t stale_while_revalidate_s; /* 0: not said */
    bool immutable;
    bool is_private;
    bool no_store;
    bool must_revalidate;
};

struct cache_directives {
    const char *control; /* the value of Cache-Control */
    int64_t fresh_s;     /* for Expires: this long after Date; 0 when it must be asked about each time */
    const char *pattern; /* of the section that says so; NULL: none does */
    const char *where;   /* that section is, as given; "" when unknown */
};

/* "no-cache": keep it, but ask each time. */
extern const struct cache_directives cache_ask_each_time;

struct cache_policy;

/* Copies all it needs. Returns NULL when there is no memory. */
struct cache_policy *cache_policy_create(const struct cache_rule *rules, size_t count);

/* NULL is allowed. */
void cache_policy_destroy(struct cache_policy *policy);

/* What holds for a file of this path and type; "no-cache" when no section matches: keep it, but ask each
 * time. Never NULL; lives as long as the policy. A rule without max_age, no_store and must_revalidate keeps
 * "no-cache" in its value, so that `private = on` alone does not make an answer cacheable by guessing.
 * Thread-safe. */
const struct cache_directives *cache_policy_find(const struct cache_policy *policy,
                                                 const struct pattern_subject *subject);

#endif
