/* SPDX-License-Identifier: MIT */
/*
 * Makes generations (http/generation.h) of the sites of a config: all sites with their roots open, and
 * which host names stand for which.
 *
 * A site whose root has stayed the same keeps its identity from one generation to the next, and so what is
 * remembered of its files. Decides nothing about a request, and does not know when to look. The main thread
 * only; what it makes is read by all.
 */
#ifndef LIDO_SERVER_SITES_SITE_GENERATION_H
#define LIDO_SERVER_SITES_SITE_GENERATION_H

#include "conf/settings.h"
#include "http/generation.h"
#include "server/sites/root_watch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct descriptor_relief;
struct errands;
struct file_cache;
struct file_forms;
struct refused_links;

/* What is known of one site from generation to generation. */
struct site_state {
    struct root_watch watch;
    uint64_t identity; /* 0: none yet */
    int error;         /* why its root is not served: an errno; 0 when it is */
};

/* What each generation is made of. */
struct site_materials {
    const struct config *config;
    struct file_cache *cache; /* may be NULL, like the next one */
    struct file_forms *forms;
    struct refused_links *refused;
    struct errands *errands; /* to close the roots and caches of generations that nobody needs any more */
    const struct descriptor_relief
        *clients;           /* who give a descriptor way when the cache has none; may do nothing yet */
    uint64_t last_identity; /* that was given out */
    time_t source_date;     /* SOURCE_DATE_EPOCH of the environment; 0: not there */
};

/* What could not be had. */
struct site_failure {
    size_t site;      /* whose root it is, */
    const char *host; /* unless it is this name, of the config; else NULL */
};

/* How many sites a config has: that for all hosts that have none of their own, and one for each host. */
size_t site_generation_site_count(const struct config *config);

/* The settings of a site, by its number. */
const struct config_site *site_generation_settings(const struct config *config, size_t index);

/* Make a generation. states[]: how the sites were, all-zero at first; on success, how they are now. With
 * `roots_required` each root must be there; else a site whose root cannot be opened answers 503. Returns 0
 * and sets *out, a hold for the caller, or a negative errno, and then *failure says of what (-EAGAIN: of a
 * root that was replaced again and again meanwhile; -EEXIST: of a name that stands for a site already). */
int site_generation_create(struct generation **out, struct site_materials *materials,
                           struct site_state states[], bool roots_required, struct site_failure *failure)
    __attribute__((warn_unused_result));

/* Another generation, of sites in these states, is about to take its place: forget the files of sites that are not among
 * them, now and once more when its last answer ends. */
void site_generation_end(struct generation *generation, const struct site_state states[], size_t count);

#endif
