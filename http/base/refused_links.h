/* SPDX-License-Identifier: MIT */
/*
 * The symbolic links that were refused because they lead out, so that an owner learns of them: from the
 * workers to whoever writes it down. What a link leads to is told once.
 *
 * Remembers some dozens, and forgets to tell of what comes beyond, or of more at once than there is room for:
 * those are told when they are asked for again. Never blocks. Thread-safe.
 */
#ifndef LIDO_HTTP_BASE_REFUSED_LINKS_H
#define LIDO_HTTP_BASE_REFUSED_LINKS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { REFUSED_LINKS_MAX = 64, REFUSED_LINKS_WAITING_MAX = 8 };

struct refused_link {
    const char *path;
    const char *target; /* where it leads, as far as its text says */
    char text[];        /* both of them */
};

/* All-zero: none yet. */
struct refused_links {
    _Atomic uint64_t told[REFUSED_LINKS_MAX]; /* digests of targets; 0: free */
    _Atomic(struct refused_link *) waiting[REFUSED_LINKS_WAITING_MAX];

    /* Called when there is one to take, by the thread that noted it; set before any does, or NULL. */
    void (*wake)(void *context);
    void *context;
};

/* Note that this link was refused. */
void refused_links_note(struct refused_links *refused, const char *path, const char *target);

/* Whether none can be noted any more. */
bool refused_links_is_full(const struct refused_links *refused);

/* Take one that is to be told of: the caller's for free(3), or NULL for none. */
struct refused_link *refused_links_take(struct refused_links *refused) __attribute__((warn_unused_result));

#endif
