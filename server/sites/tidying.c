/* SPDX-License-Identifier: MIT */
#include "server/sites/tidying.h"

#include "http/base/clock.h"
#include "http/file_cache/file_cache.h"
#include "server/sites/errands.h"

#include <stdlib.h>

enum { TRIM_MS = 1000, PATIENCE_MS = 1000 };

struct round {
    struct errand errand;
    struct file_cache *cache; /* shared */
    bool is_for_all;
};

/* This share may be the last one that the cache has. */
static void close_files(struct errand *errand) {
    const struct round *round = (const struct round *)errand;
    bool any = round->is_for_all ? file_cache_give_way(round->cache) : file_cache_trim(round->cache);
    (void)any;
    file_cache_destroy(round->cache);
}

static void discard(struct errand *errand) {
    free(errand);
}

static bool has_files(const struct file_cache *cache) {
    struct file_cache_stats stats = {0};
    if (cache != NULL) {
        file_cache_read_stats(cache, &stats);
    }
    return stats.descriptors > 0;
}

static bool is_under_way(struct tidying *tidying, struct errands *errands) {
    struct errand *last = tidying->is_under_way ? errands_take(errands, close_files) : NULL;
    if (last != NULL) {
        free(last);
        tidying->is_under_way = false;
    }
    return tidying->is_under_way;
}

/* Returns false when one is under way, or cannot be had now. */
static bool begin(struct tidying *tidying, struct errands *errands, struct file_cache *cache,
                  bool is_for_all) {
    struct round *round = is_under_way(tidying, errands) ? NULL : malloc(sizeof *round);
    if (round == NULL) {
        return false;
    }
    tidying->is_under_way = true;
    tidying->begun_ms = clock_steady_coarse_ms();
    *round = (struct round){{.run = close_files, .discard = discard}, file_cache_share(cache), is_for_all};
    if (!errands_give(errands, &round->errand)) { /* there are no more threads to be had: then here */
        close_files(&round->errand);
        free(round);
        tidying->is_under_way = false;
    }
    return true;
}

bool tidying_trim(struct tidying *tidying, struct errands *errands, struct file_cache *cache) {
    int64_t now_ms = clock_steady_coarse_ms();
    bool has = has_files(cache);
    if (has && now_ms - tidying->trimmed_ms >= TRIM_MS && begin(tidying, errands, cache, false)) {
        tidying->trimmed_ms = now_ms;
    }
    return has;
}

bool tidying_give_way(struct tidying *tidying, struct errands *errands, struct file_cache *cache) {
    int64_t now_ms = clock_steady_coarse_ms();
    if (is_under_way(tidying, errands)) {
        return now_ms - tidying->begun_ms < PATIENCE_MS;
    }
    bool is_again = tidying->gave_way_ms != 0 && now_ms - tidying->gave_way_ms < PATIENCE_MS;
    if (is_again || !has_files(cache) || !begin(tidying, errands, cache, true)) {
        return false;
    }
    tidying->gave_way_ms = now_ms;
    return true;
}

static void end(struct errand *errand) {
    file_cache_destroy(((const struct round *)errand)->cache);
    free(errand);
}

void tidying_end(struct errands *errands, struct file_cache *cache) {
    struct round *round = errands != NULL && cache != NULL ? malloc(sizeof *round) : NULL;
    if (round != NULL) {
        *round = (struct round){.errand = {.run = end}, .cache = cache};
    }
    if (round == NULL || !errands_give(errands, &round->errand)) {
        free(round);
        file_cache_destroy(cache);
    }
}
