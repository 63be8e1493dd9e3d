/* SPDX-License-Identifier: MIT */
/*
 * The `redirect` sections of the config: old paths and where they lead now (RFC 9110 sections 10.2.2 and
 * 15.4).
 *
 * The first section that matches wins, whether or not there is a file at the old path. Made once, then only
 * read, by all workers at once.
 */
#ifndef LIDO_HTTP_RULES_REDIRECTS_H
#define LIDO_HTTP_RULES_REDIRECTS_H

#include "http/base/account.h"
#include "http/base/text.h"
#include "http/base/view.h"

#include <stddef.h>

/* One section, as it is given. */
struct redirect_rule {
    const char *pattern; /* of paths */
    const char *where;   /* in the settings: "lido.conf:12"; NULL: unknown */
    const char *to; /* "/new/$1", "https://example.org/$1"; $1..$9: what the stars stood for; "$$": a '$' */
    int status;     /* 301, 302, 303, 307 or 308 */
};

struct redirects;

/* Copies all it needs. Returns NULL when there is no memory. */
struct redirects *redirects_create(const struct redirect_rule *rules, size_t count);

/* NULL is allowed. */
void redirects_destroy(struct redirects *redirects);

/* Find where a path leads (decoded, with its first slash) and append the value of Location to *location. What
 * stars stood for is percent-encoded, as a query where `to` has a '?' before it; the request's query (bytes
 * NULL: none) is kept, behind a '?' or, if `to` has a query of its own, behind '&', and before a fragment. A
 * result that would begin with "//" gets one slash only: it must not name another host. Returns the status,
 * or 0 when no section matches. `account` (NULL: nobody) is told which one does. Thread-safe. */
int redirects_find(const struct redirects *redirects, struct view path, struct view query,
                   struct text *location, const struct account *account);

#endif
