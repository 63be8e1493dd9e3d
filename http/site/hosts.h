/* SPDX-License-Identifier: MIT */
/*
 * Virtual hosts: which site a host name stands for (RFC 9110 section 7.2).
 *
 * Names and "*.example.org" (any host below it, at any depth); an exact name wins over a wildcard, a longer
 * wildcard over a shorter one. Filled at the start, then only read, by all workers at once.
 */
#ifndef LIDO_HTTP_SITE_HOSTS_H
#define LIDO_HTTP_SITE_HOSTS_H

#include "http/base/view.h"

struct site;
struct hosts;

/* `standard` is for all that have no site of their own; sites stay the caller's. Returns NULL when there is
 * no memory. */
struct hosts *hosts_create(const struct site *standard);

/* NULL is allowed. */
void hosts_destroy(struct hosts *hosts);

/* Let `name` (lower case, without a port) stand for the site; the name is copied. Returns 0, -EEXIST if it
 * stands for one already, or -ENOMEM. */
int hosts_add(struct hosts *hosts, const char *name, const struct site *site)
    __attribute__((warn_unused_result));

/* The site of an authority, as hosts_find() has it, and the name that stands for it: "*.example.org"; NULL where none does.
 * `name` may be NULL. The name lives as long as the hosts. Thread-safe. */
const struct site *hosts_match(const struct hosts *hosts, struct view authority, const char **name);

/* The site of an authority, as in Host or in an absolute target: any letter case, a port and a final dot do
 * not count, an IPv6 address stands in brackets. bytes NULL or empty: the standard one. Never NULL.
 * Thread-safe. */
const struct site *hosts_find(const struct hosts *hosts, struct view authority);

#endif
