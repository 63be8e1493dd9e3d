/* SPDX-License-Identifier: MIT */
/*
 * Content codings: their names in fields and in names of files (RFC 9110 section 8.4.1).
 *
 * Compresses nothing and opens nothing; which of them a client takes is told by negotiation.h. Thread-safe.
 */
#ifndef LIDO_HTTP_SEMANTICS_CONTENT_CODING_H
#define LIDO_HTTP_SEMANTICS_CONTENT_CODING_H

#include "http/base/view.h"

#include <stdbool.h>

enum content_coding { CODING_IDENTITY, CODING_BROTLI, CODING_ZSTD, CODING_GZIP, CODING_COUNT };

/* The coding's name in Content-Encoding, e.g. "br"; "identity" too. */
const char *content_coding_name(enum content_coding coding);

/* The suffix of a file's name that holds it, e.g. ".br"; "" for identity. */
const char *content_coding_suffix(enum content_coding coding);

/* Find the coding of this name ("br", "zstd", "gzip"; not "identity"), in any letter case. Returns whether
 * there is one. */
bool content_coding_find(struct view name, enum content_coding *coding);

#endif
