/* SPDX-License-Identifier: MIT */
/*
 * Bytes of a body that are made piece by piece while they are sent, such as those of an archive.
 *
 * The response knows how many there are and in which order to ask for them, and not what they are. Whoever
 * makes them fills in the functions. Not thread-safe: one owner at a time.
 */
#ifndef LIDO_HTTP_RESPONSE_BODY_SOURCE_H
#define LIDO_HTTP_RESPONSE_BODY_SOURCE_H

#include "http/base/text.h"
#include "http/base/time_slice.h"
#include "http/files/resource.h"
#include "http/semantics/range.h"

#include <sys/types.h>

struct body_source {
    void *state; /* owned; NULL: there is no source */
    off_t size;  /* of all that it can make, in bytes */

    /* Make these bytes, from now on. */
    void (*seek)(void *state, struct byte_range range);

    /* Make the next piece: some text is appended to *text, and if *file is set, *range of it follows the
     * text. *file (fd -1 before) is the caller's, who shows it again with the next call, which closes it.
     * Returns 1 for a piece, 0 at the end, -EAGAIN to be called again when the slice was over before there
     * was anything to send, or another negative errno, after which only release() is left: the answer gets
     * its status if that was the first call. May wait for a disk. */
    int (*next)(void *state, struct time_slice slice, struct text *text, struct resource *file,
                struct byte_range *range);

    /* Free the state. */
    void (*release)(void *state);
};

/* Release it, if there is one; there is none afterwards. */
static inline void body_source_release(struct body_source *source) {
    if (source->state != NULL) {
        source->release(source->state);
        source->state = NULL;
    }
}

#endif
