/* SPDX-License-Identifier: MIT */
/*
 * The sites of a config: one for each host section, and one for all other hosts.
 *
 * Turns what the config says into what http/ needs, opens the roots, and looks once a second whether they are
 * still where the config says: a root that is replaced is served anew by all requests from then on, a root
 * that is gone is 503 until it is back. Decides nothing about a request. Made, looked after and closed by the
 * main thread, which waits for no file system but when settings are turned to (sites_prepare()); the current generation is
 * for all workers.
 */
#ifndef LIDO_SERVER_SITES_SITES_H
#define LIDO_SERVER_SITES_SITES_H

#include "conf/settings.h"
#include "http/base/refused_links.h"
#include "http/file_cache/file_cache.h"
#include "http/generation.h"
#include "server/sites/refusals.h"
#include "server/sites/site_generation.h"
#include "server/sites/tidying.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct errands;
struct file_forms;
struct looks;

/* All-zero: nothing. */
struct sites {
    struct file_forms *forms; /* NULL when nothing is compressed on the fly */
    struct file_cache *cache; /* NULL when nothing is kept between requests */
    struct file_cache_options cache_options;
    struct errands *errands; /* from the first config to the last */
    struct tidying tidying;
    struct refused_links refused;
    struct refusals refusals;
    struct descriptor_relief
        clients; /* who give way when there are no descriptors; to be filled in: all-zero at first */
    struct site_materials materials;
    struct site_state *states;
    size_t count; /* of sites, and of states */
    struct looks *looks;
    int64_t looked_ms;
    int failure;    /* why the last look came to nothing: an errno, or 0 */
    bool has_place; /* the next one is in use */
    struct generation_place place;
    struct generation *prepared; /* by sites_prepare(), and not current yet */
};

enum { SITES_ERROR_BYTES = 512 };

/* Open all roots of another config beside `former`, which goes on as it is; of a site that is the same in both, what
 * is remembered of its files counts on, and so do the caches, unless their own settings differ. Takes and returns
 * what sites_open() does. */
bool sites_prepare(struct sites *sites, struct sites *former, const struct config *config, size_t kept_files,
                   char error[SITES_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Let what was prepared be what is served from now on. `next` has what was there before, to be closed; the former
 * config is needed no more. */
void sites_turn_to(struct sites *sites, struct sites *next);

/* Open all roots. `kept_files`: how many files may stay open between requests. Returns true, or false with
 * one line in `error`: "lido.conf:3: cannot serve ...". What is there then has to be closed all the same. The
 * config must outlive the sites. */
bool sites_open(struct sites *sites, const struct config *config, size_t kept_files,
                char error[SITES_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Have this called, by any thread, when there is something to look at: a link that was refused, a descriptor that was given
 * back. Before the sites are used, or NULL. From NULL on it is not called any more. */
void sites_on_news(struct sites *sites, void (*wake)(void *context), void *context);

/* Have what the sites keep open between requests closed, as there are no descriptors for others. Returns whether that is
 * under way; it is news when it is done. */
bool sites_give_way(struct sites *sites);

/* Look whether the roots, the folders of links and the tables of media types are still the same, if the last
 * look is a second ago: one stat(2) each, in a thread of its own, which is waited for up to LOOKS_PATIENCE_MS, and not
 * again while it hangs. If not, make the next generation the current one. `tell` gets a line about each change,
 * and about each link that was refused meanwhile. */
void sites_look(struct sites *sites, void (*tell)(void *context, const char *line), void *context);

/* Tell of the links that were refused, for one who serves nobody: blocks until each is looked at. */
void sites_tell_refused(struct sites *sites, void (*tell)(void *context, const char *line), void *context);

/* Have what the sites keep open and have not used for a while given back. Returns whether there is something to give back
 * later. */
bool sites_trim(struct sites *sites);

/* Close what there is; nobody uses it any more. */
void sites_close(struct sites *sites);

#endif
