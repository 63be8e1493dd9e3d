/* SPDX-License-Identifier: MIT */
/*
 * The sites of a config: one for each host section, and one for all other hosts.
 *
 * Turns what the config says into what http/ needs, and opens the roots. Decides nothing about a request.
 * Made and closed by the main thread; read by all workers.
 */
#ifndef LIDO_SERVER_SITES_SITES_H
#define LIDO_SERVER_SITES_SITES_H

#include "conf/settings.h"

#include <stdbool.h>
#include <stddef.h>

struct file_forms;
struct file_cache;
struct hosts;
struct site;

/* All-zero: nothing. */
struct sites {
    struct file_forms *forms; /* NULL when nothing is compressed on the fly */
    struct file_cache *cache; /* NULL when nothing is kept between requests */
    struct site **items;      /* the first one is for all hosts that have none of their own */
    size_t count;
    struct hosts *hosts; /* NULL when there is one site only */
};

enum { SITES_ERROR_BYTES = 512 };

/* Open all roots. `kept_files`: how many files may stay open between requests. Returns true, or false with
 * one line in `error`: "lido.conf:3: cannot serve ...". What is there then has to be closed all the same. The
 * config must outlive the sites. */
bool sites_open(struct sites *sites, const struct config *config, size_t kept_files,
                char error[SITES_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Give back what the sites keep open and have not used for a while. Returns whether there is more to give
 * back later. Thread-safe. */
bool sites_trim(const struct sites *sites);

/* Close what there is; nobody uses it any more. */
void sites_close(struct sites *sites);

#endif
