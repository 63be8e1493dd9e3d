/* SPDX-License-Identifier: MIT */
#define XXH_INLINE_ALL
#include "http/base/digest.h"

#include "http/base/memory_budget.h"

#include <stdlib.h>
#include <xxhash.h>

#define STRING(x) #x
#define VALUE_STRING(x) STRING(x)

struct digest {
    XXH3_state_t *state;
};

size_t digest_held_bytes(void) {
    enum { ALIGNMENT = 64 };
    return memory_held(sizeof(struct digest)) + memory_held(sizeof(XXH3_state_t) + ALIGNMENT);
}

struct digest *digest_create(void) {
    struct digest *digest = malloc(sizeof *digest);
    if (digest == NULL) {
        return NULL;
    }
    digest->state = XXH3_createState(); /* aligned as malloc() does not do it */
    if (digest->state == NULL) {
        free(digest);
        return NULL;
    }
    digest_reset(digest);
    return digest;
}

void digest_destroy(struct digest *digest) {
    if (digest != NULL) {
        (void)XXH3_freeState(digest->state);
        free(digest);
    }
}

void digest_reset(struct digest *digest) {
    (void)XXH3_128bits_reset(digest->state);
}

void digest_add(struct digest *digest, const void *bytes, size_t length) {
    (void)XXH3_128bits_update(digest->state, bytes, length);
}

static void write_hex(XXH128_hash_t value, char hex[DIGEST_HEX_BYTES]) {
    static const char digits[] = "0123456789abcdef";
    XXH128_canonical_t canonical; /* the same on machines of either byte order */
    XXH128_canonicalFromHash(&canonical, value);
    for (size_t i = 0; i < sizeof canonical.digest; i++) {
        hex[2 * i] = digits[canonical.digest[i] >> 4];
        hex[2 * i + 1] = digits[canonical.digest[i] & 15];
    }
    hex[DIGEST_HEX_BYTES - 1] = '\0';
}

void digest_write(const struct digest *digest, char hex[DIGEST_HEX_BYTES]) {
    write_hex(XXH3_128bits_digest(digest->state), hex);
}

void digest_of(const void *bytes, size_t length, char hex[DIGEST_HEX_BYTES]) {
    write_hex(XXH3_128bits(bytes, length), hex);
}

uint64_t digest_hash(const void *bytes, size_t length, uint64_t seed) {
    return XXH3_64bits_withSeed(bytes, length, seed);
}

const char *digest_library(void) {
    return "xxHash " VALUE_STRING(XXH_VERSION_MAJOR) "." VALUE_STRING(XXH_VERSION_MINOR) "." VALUE_STRING(
        XXH_VERSION_RELEASE);
}
