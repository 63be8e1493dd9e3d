/* SPDX-License-Identifier: MIT */
#include "http/semantics/content_coding.h"

#include <assert.h>

static const struct {
    const char *name;
    const char *suffix;
} codings[] = {
    [CODING_IDENTITY] = {"identity", ""},
    [CODING_BROTLI] = {"br", ".br"},
    [CODING_ZSTD] = {"zstd", ".zst"},
    [CODING_GZIP] = {"gzip", ".gz"},
};
static_assert(sizeof codings / sizeof codings[0] == CODING_COUNT, "each coding has a name");

const char *content_coding_name(enum content_coding coding) {
    return codings[coding].name;
}

const char *content_coding_suffix(enum content_coding coding) {
    return codings[coding].suffix;
}

bool content_coding_find(struct view name, enum content_coding *coding) {
    for (size_t i = 0; i < CODING_COUNT; i++) {
        if (i != CODING_IDENTITY && view_equals_nocase(name, codings[i].name)) {
            *coding = (enum content_coding)i;
            return true;
        }
    }
    return false;
}
