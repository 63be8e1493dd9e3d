/* SPDX-License-Identifier: MIT */
/*
 * A word ahead of what may block a thread: a disk, a file system that has to ask somebody else, or a computation
 * that takes long.
 *
 * Whoever runs the thread may have duties that others should take over before. Does not decide what may block, nor
 * what is done about it. Nothing here blocks.
 */
#ifndef LIDO_HTTP_BASE_BLOCKING_H
#define LIDO_HTTP_BASE_BLOCKING_H

#include <stdbool.h>
#include <stddef.h>

enum blocking_kind {
    BLOCKING_FILE,       /* a file is looked at, opened or read */
    BLOCKING_FOLDER,     /* work on a folder, with the files in it */
    BLOCKING_COMPRESSION /* reads a file and computes */
};

/* Who is told; of one thread, and used by it alone. All-zero: nobody. */
struct blocking {
    void (*ahead)(void *context, enum blocking_kind kind); /* called any number of times; has to be quick */
    /* Whether being told costs so much that it is worth a system call to find out that nothing will block. NULL:
     * no. */
    bool (*is_dear)(void *context);
    /* Whether work that can wait, on folders, may begin or go on in this turn of the thread. If not, whoever asks gives
     * up its turn, and asks again in its next one. NULL: always. */
    bool (*may_begin)(void *context);
    void *context;
};

/* Tell of it. NULL is allowed: nobody to tell. */
static inline void blocking_ahead(const struct blocking *blocking, enum blocking_kind kind) {
    if (blocking != NULL && blocking->ahead != NULL) {
        blocking->ahead(blocking->context, kind);
    }
}

/* Whether to look more closely before telling; see `is_dear`. */
static inline bool blocking_is_dear(const struct blocking *blocking) {
    return blocking != NULL && blocking->is_dear != NULL && blocking->is_dear(blocking->context);
}

/* Whether work that can wait may begin now; see `may_begin`. NULL is allowed: it may. */
static inline bool blocking_may_begin(const struct blocking *blocking) {
    return blocking == NULL || blocking->may_begin == NULL || blocking->may_begin(blocking->context);
}

#endif
