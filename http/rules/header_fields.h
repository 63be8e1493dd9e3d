/* SPDX-License-Identifier: MIT */
/*
 * The owner's own header fields (RFC 9110 section 6.3): which sections of the config hold for an answer, and
 * what they add or take away.
 *
 * All sections that match apply, in order; of fields with the same name in several sections the last section
 * wins. What a section names takes the place of Lido's own field of that name. Made once, then only read, by
 * all workers at once.
 */
#ifndef LIDO_HTTP_RULES_HEADER_FIELDS_H
#define LIDO_HTTP_RULES_HEADER_FIELDS_H

#include "http/base/account.h"
#include "http/base/view.h"
#include "http/rules/pattern.h"

#include <stdbool.h>
#include <stddef.h>

enum { OWN_FIELDS_MAX = 64 };

/* One section, as it is given. */
struct header_rule {
    const char *pattern; /* see pattern.h */
    const char *where;   /* in the settings: "lido.conf:12"; NULL: unknown */
    char *const *add;    /* "Name: value"; fit for a head */
    size_t add_count;
    char *const *remove; /* names */
    size_t remove_count;
    bool on_errors; /* for answers of 400 and above, too */
};

struct own_field {
    const char *name;
    const char *value; /* NULL: there must be no such field */
};

/* What holds for one answer. All-zero: nothing. Points into the rules. */
struct own_fields {
    const struct own_field *fields[OWN_FIELDS_MAX];
    size_t count;
};

struct header_fields;

/* Copies all it needs. Returns NULL when there is no memory. */
struct header_fields *header_fields_create(const struct header_rule *rules, size_t count);

/* NULL is allowed. */
void header_fields_destroy(struct header_fields *rules);

/* Collect what holds for an answer with this path and type. Within one section a name may come several times
 * (Set-Cookie), and its removals come before its additions. What is beyond OWN_FIELDS_MAX is left out. `account` (NULL:
 * nobody) is told of each section that holds. Thread-safe. */
void header_fields_select(const struct header_fields *rules, const struct pattern_subject *subject,
                          bool is_error, struct own_fields *own, const struct account *account);

/* Whether Lido's own field of this name has to stay out. Never for Vary, whose lines add up (RFC 9110 section
 * 12.5.5), unless it is removed. Thread-safe. */
bool own_fields_replace(const struct own_fields *own, const char *name);

#endif
