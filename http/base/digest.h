/* SPDX-License-Identifier: MIT */
/*
 * A short value that stands for many bytes, for entity tags: XXH3 with 128 bits (xxHash).
 *
 * The same on any machine. It tells versions of a file apart, and is not cryptographic: who can write the
 * files can make two of one value. A struct digest has one owner at a time.
 */
#ifndef LIDO_HTTP_BASE_DIGEST_H
#define LIDO_HTTP_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

enum { DIGEST_HEX_BYTES = 33 }; /* with the NUL */

struct digest;

/* What one holds in memory. */
size_t digest_held_bytes(void);

/* Begin with no bytes. Returns NULL when there is no memory. */
struct digest *digest_create(void);

/* NULL is allowed. */
void digest_destroy(struct digest *digest);

/* Begin again. */
void digest_reset(struct digest *digest);

/* Add bytes behind those that were added before. */
void digest_add(struct digest *digest, const void *bytes, size_t length);

/* Write the value of all bytes added so far as 32 hexadecimal digits in small letters. */
void digest_write(const struct digest *digest, char hex[DIGEST_HEX_BYTES]);

/* The same of bytes that are all there. Thread-safe. */
void digest_of(const void *bytes, size_t length, char hex[DIGEST_HEX_BYTES]);

/* A value of 64 bits for tables; another one with another `seed`. Thread-safe. */
uint64_t digest_hash(const void *bytes, size_t length, uint64_t seed);

/* The library and its version, e.g. "xxHash 0.8.1". */
const char *digest_library(void);

#endif
