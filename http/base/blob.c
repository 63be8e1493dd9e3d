/* SPDX-License-Identifier: MIT */
#include "http/base/blob.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

struct blob *blob_create(size_t length) {
    if (length > SIZE_MAX - sizeof(struct blob)) {
        return NULL;
    }
    struct blob *blob = malloc(sizeof *blob + length);
    if (blob != NULL) {
        atomic_init(&blob->holds, 1);
        blob->length = length;
    }
    return blob;
}

struct blob *blob_shrink(struct blob *blob, size_t length) {
    assert(length <= blob->length && atomic_load(&blob->holds) == 1);
    blob->length = length;
    struct blob *smaller = realloc(blob, sizeof *blob + length);
    return smaller != NULL ? smaller : blob;
}

struct blob *blob_hold(struct blob *blob) {
    /* Relaxed: the caller has a hold already, so that nothing has to be seen before. */
    (void)atomic_fetch_add_explicit(&blob->holds, 1, memory_order_relaxed);
    return blob;
}

void blob_release(struct blob *blob) {
    /* Every holder's reads come before the last one's free(). */
    if (blob != NULL && atomic_fetch_sub_explicit(&blob->holds, 1, memory_order_acq_rel) == 1) {
        free(blob);
    }
}
