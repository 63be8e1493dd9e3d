/* SPDX-License-Identifier: MIT */
/*
 * Bytes that never change and are shared: by a cache and by any number of answers under way.
 *
 * Each holder releases its own hold; the last one frees. Thread-safe without a lock, as nobody writes after
 * blob_create() but its maker, before it is shared.
 */
#ifndef LIDO_HTTP_BASE_BLOB_H
#define LIDO_HTTP_BASE_BLOB_H

#include <stdatomic.h>
#include <stddef.h>

struct blob {
    atomic_uint holds;
    size_t length; /* of bytes; may be lowered by its maker before it is shared */
    char bytes[];
};

/* Make a blob with one hold, the caller's, and room for `length` bytes. Returns NULL when there is no
 * memory. */
struct blob *blob_create(size_t length) __attribute__((warn_unused_result));

/* Lower the length of a blob that nobody else holds yet, and give back the memory behind it. Returns the
 * blob, which may have moved. Cannot fail: in the worst case the memory stays with it. */
struct blob *blob_shrink(struct blob *blob, size_t length) __attribute__((warn_unused_result));

/* One more hold. Returns the blob. Thread-safe. */
struct blob *blob_hold(struct blob *blob);

/* Give a hold back; NULL is allowed. Thread-safe. */
void blob_release(struct blob *blob);

#endif
