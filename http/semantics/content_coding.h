/* SPDX-License-Identifier: MIT */
/*
 * Content codings (RFC 9110 section 8.4.1) and which of them a client takes (section 12.5.3).
 *
 * Knows names and weights; compresses nothing and opens nothing.
 */
#ifndef LIDO_HTTP_SEMANTICS_CONTENT_CODING_H
#define LIDO_HTTP_SEMANTICS_CONTENT_CODING_H

#include "http/base/view.h"

#include <stdbool.h>
#include <stddef.h>

enum content_coding { CODING_IDENTITY, CODING_BROTLI, CODING_ZSTD, CODING_GZIP, CODING_COUNT };

/* The codings that a client takes, in the order in which to try them. */
struct coding_choice {
    enum content_coding codings[CODING_COUNT];
    size_t count; /* may be 0: the client takes none of them, not even identity */
};

/* The coding's name in Content-Encoding, e.g. "br"; "identity" too. */
const char *content_coding_name(enum content_coding coding);

/* The suffix of a file's name that holds it, e.g. ".br"; "" for identity. */
const char *content_coding_suffix(enum content_coding coding);

/* The coding of this name ("br", "zstd", "gzip"; not "identity"), any letter case. Returns whether there is
 * one. */
bool content_coding_find(struct view name, enum content_coding *coding);

/* Read Accept-Encoding and rank what can be offered: identity and the `offered_count` codings of `offered`
 * (no identity among them; the server's own order, the best first). Higher weights come first; at equal
 * weights the server's order counts, and identity comes last. Identity is acceptable unless excluded
 * (identity;q=0, or *;q=0), and comes last unless its weight is named. Without the field (bytes NULL), or
 * with an empty one, only identity is chosen. A malformed element is passed over. "x-gzip" means gzip.
 * Thread-safe. */
void content_coding_choose(struct view accept_encoding, const enum content_coding *offered,
                           size_t offered_count, struct coding_choice *choice);

#endif
