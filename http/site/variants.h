/* SPDX-License-Identifier: MIT */
/*
 * The forms that one file may be sent in: as it is, as a sibling that was compressed beforehand (app.js.br),
 * or compressed on the fly; and which of them a client gets (RFC 9110 section 12.1, proactive negotiation).
 *
 * Made once, then only read, by all workers at once.
 */
#ifndef LIDO_HTTP_SITE_VARIANTS_H
#define LIDO_HTTP_SITE_VARIANTS_H

#include "http/base/view.h"
#include "http/file_cache/file_cache.h"
#include "http/file_cache/forms.h"
#include "http/files/media_type.h"
#include "http/files/resource.h"
#include "http/semantics/content_coding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct variants_options {
    const enum content_coding
        *precompressed; /* siblings to look for, the best first; at most CODING_COUNT - 1 */
    size_t precompressed_count;
    struct file_forms *forms;    /* stays the caller's; NULL: nothing is compressed on the fly */
    char *const *compress_types; /* patterns of media types that have such forms at all; copied */
    size_t compress_type_count;
    size_t compress_min_bytes; /* of the file */
    size_t compress_max_bytes;
};

struct variants;

/* A form that was chosen. */
struct variant {
    enum content_coding coding;
    bool is_expanded; /* the file is in a coding that the client does not take: to be expanded */
    bool pending;     /* it would have to be compressed, which was not wanted yet */
    bool is_made; /* compressed on the fly, of a file of so many bytes; the checksum is that of the form */
    off_t made_of_bytes;
    unsigned hints; /* of the file, where another form took its place and its type asks for them */
    uint32_t checksum;
};

/* Returns NULL when there is no memory. */
struct variants *variants_create(const struct variants_options *options);

/* NULL is allowed. */
void variants_destroy(struct variants *variants);

/* Whether the patterns name this media type (bytes NULL: unknown); for media_type.is_compressible.
 * Thread-safe. */
bool variants_names_type(const struct variants *variants, struct view media_type);

/* Whether files of this type may have several forms, so that answers vary. Thread-safe. */
bool variants_may_exist(const struct variants *variants, const struct media_type *type);

/* Choose the form of *file, which is open and was found at `path`. Of a file that is in a coding itself
 * there is that form, and, for those who do not take it, what it is without (variant->is_expanded). A
 * sibling that is not older, or what was compressed, takes its place. Returns true and fills *variant;
 * false if the client takes no form that there is (406), and then *file is as it was. May open files and,
 * only if `may_compress`, compress: else *variant says that this is pending, and whoever wants the bytes
 * asks again. Thread-safe. */
bool variants_select(const struct variants *variants, const struct file_source *files, const char *path,
                     const struct media_type *type, struct view accept_encoding, bool may_compress,
                     struct resource *file, struct variant *variant) __attribute__((warn_unused_result));

#endif
