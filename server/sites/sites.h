/* SPDX-License-Identifier: MIT */
/*
 * The sites of a config: one for each host section, and one for all other hosts.
 *
 * Turns what the config says into what http/ needs. Made by the main thread; read by all workers.
 */
#ifndef LIDO_SERVER_SITES_SITES_H
#define LIDO_SERVER_SITES_SITES_H

#include "conf/config.h"

#include <stdbool.h>
#include <stddef.h>

struct compressor;
struct file_cache;
struct hosts;
struct site;

/* All-zero: nothing. */
struct site_set {
    struct compressor *compressor; /* NULL when nothing is compressed on the fly */
    struct file_cache *cache;      /* NULL when nothing is kept between requests */
    struct site **sites;           /* the first one is for all hosts that have none of their own */
    size_t count;
    struct hosts *hosts; /* NULL when there is one site only */
};

enum { SITE_SET_ERROR_BYTES = 512 };

/* Open all roots. Returns true, or false with one line in `error`: "lido.conf:3: cannot serve ...". What is
 * there then has to be closed all the same. */
bool site_set_open(struct site_set *set, const struct config *config, char error[SITE_SET_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Give back what the sites keep open and have not used for a while. Returns whether there is more to give
 * back later. Thread-safe. */
bool site_set_trim(const struct site_set *set);

/* Close what there is; nobody uses it any more. */
void site_set_close(struct site_set *set);

#endif
