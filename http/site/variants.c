/* SPDX-License-Identifier: MIT */
#include "http/site/variants.h"

#include "http/base/clock.h"
#include "http/base/string_list.h"
#include "http/rules/pattern.h"
#include "http/semantics/negotiation.h"
#include "http/semantics/target.h"
#include "http/site/steps.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct variants {
    enum content_coding
        offered[CODING_COUNT]; /* the precompressed ones, then gzip if it is made on the fly only */
    size_t offered_count;
    size_t precompressed_count;
    struct file_forms *forms;
    struct string_list compress_types;
    size_t compress_min_bytes;
    size_t compress_max_bytes;
};

static void offer(struct variants *variants, enum content_coding coding) {
    for (size_t i = 0; i < variants->offered_count; i++) {
        if (variants->offered[i] == coding) {
            return;
        }
    }
    variants->offered[variants->offered_count++] = coding;
}

struct variants *variants_create(const struct variants_options *options) {
    struct variants *variants = calloc(1, sizeof *variants);
    if (variants == NULL || string_list_add_array(&variants->compress_types, options->compress_types,
                                                  options->compress_type_count) != 0) {
        variants_destroy(variants);
        return NULL;
    }
    for (size_t i = 0; i < options->precompressed_count; i++) {
        offer(variants, options->precompressed[i]);
    }
    variants->precompressed_count = variants->offered_count;
    variants->forms = options->forms;
    if (options->forms != NULL) {
        offer(variants, CODING_GZIP);
    }
    variants->compress_min_bytes = options->compress_min_bytes;
    variants->compress_max_bytes = options->compress_max_bytes;
    return variants;
}

void variants_destroy(struct variants *variants) {
    if (variants != NULL) {
        string_list_deinit(&variants->compress_types);
        free(variants);
    }
}

bool variants_names_type(const struct variants *variants, struct view media_type) {
    if (media_type.bytes == NULL) {
        return false;
    }
    struct pattern_subject subject = {.media_type = media_type};
    for (size_t i = 0; i < variants->compress_types.count; i++) {
        if (pattern_applies(variants->compress_types.items[i], &subject)) {
            return true;
        }
    }
    return false;
}

bool variants_may_exist(const struct variants *variants, const struct media_type *type) {
    return type->coding != CODING_IDENTITY || (type->is_compressible && variants->offered_count > 0);
}

static bool is_precompressed(const struct variants *variants, enum content_coding coding) {
    for (size_t i = 0; i < variants->precompressed_count; i++) {
        if (variants->offered[i] == coding) {
            return true;
        }
    }
    return false;
}

/* Close the file, as another form takes its place, which does not show what the file says of itself. */
static void give_way(const struct media_type *type, struct resource *file, struct variant *variant) {
    variant->hints = type->declared_by != 0 ? file_cache_hints(file) : 0;
    resource_close(file);
}

/* One that is older was made of another version of the file. */
static bool take_sibling(const struct file_source *files, const char *path, const struct media_type *type,
                         enum content_coding coding, struct resource *file, struct variant *variant) {
    char name[TARGET_PATH_BYTES];
    const char *suffix = content_coding_suffix(coding);
    size_t length = strlen(path);
    size_t suffix_size = strlen(suffix) + 1;
    if (length + suffix_size > sizeof name) {
        return false;
    }
    memcpy(name, path, length); /* NOLINT(bugprone-not-null-terminated-result): the suffix brings the NUL */
    memcpy(name + length, suffix, suffix_size);
    struct resource sibling = {.fd = -1};
    enum http_status status = file_cache_open(files, name, &sibling);
    if (files->account != NULL) {
        site_steps_tell_sibling(files->account, path, coding, status, &sibling, file);
    }
    if (status != HTTP_OK) {
        return false;
    }
    if (sibling.is_folder || clock_compare(sibling.modified, file->modified) < 0) {
        resource_close(&sibling);
        return false;
    }
    give_way(type, file, variant);
    *file = sibling;
    return true;
}

#define TOLD_OFF "gzip on the fly: compress = off"

/* Why a file is not compressed now. */
__attribute__((cold)) static void tell_not_compressed(const struct variants *variants,
                                                      const struct file_source *files,
                                                      const struct resource *file) {
    if (variants->forms == NULL) {
        account_tell(files->account, TOLD_OFF);
    } else if (file->size < (off_t)variants->compress_min_bytes) {
        account_tell(files->account, "gzip on the fly: smaller than compress_min (%zu bytes)",
                     variants->compress_min_bytes);
    } else if (file->size > (off_t)variants->compress_max_bytes) {
        account_tell(files->account, "gzip on the fly: larger than compress_max (%zu bytes)",
                     variants->compress_max_bytes);
    } else {
        account_tell(files->account,
                     "gzip on the fly: not now, as it would not get smaller, there is no room in "
                     "compress_cache, or other threads are at it");
    }
}

static bool take_compressed(const struct variants *variants, const struct file_source *files,
                            const struct media_type *type, bool now, struct resource *file,
                            struct variant *variant) {
    struct file_form form;
    if (variants->forms == NULL || file->size < (off_t)variants->compress_min_bytes ||
        file->size > (off_t)variants->compress_max_bytes) {
        tell_not_compressed(variants, files, file);
        return false;
    }
    variant->pending = !now;
    if (!now) {
        account_tell(files->account, "gzip on the fly: put off, as the request names the tag of what it has");
        return true;
    }
    if (!file_forms_get(variants->forms, files->owner, file, files->blocking, &form)) {
        tell_not_compressed(variants, files, file);
        return false;
    }
    account_tell(files->account, "gzip on the fly: %" PRIdMAX " bytes become %" PRIdMAX, (intmax_t)file->size,
                 (intmax_t)form.file.size);
    variant->is_made = true;
    variant->made_of_bytes = file->size;
    variant->checksum = form.checksum;
    give_way(type, file, variant);
    *file = form.file;
    return true;
}

/* RFC 9110 section 12.5.3: without the field any coding will do. */
static bool select_coded(enum content_coding coding, const struct file_source *files,
                         struct view accept_encoding, struct variant *variant) {
    struct coding_choice choice = {.codings = {coding}, .count = 1};
    if (accept_encoding.bytes != NULL) {
        negotiation_choose_coding(accept_encoding, &coding, 1, &choice);
    }
    for (size_t i = 0; i < choice.count; i++) {
        if (choice.codings[i] == coding) {
            variant->coding = coding;
            account_tell(files->account, "the file itself is in %s, which Accept-Encoding %s",
                         content_coding_name(coding),
                         accept_encoding.bytes != NULL ? "takes" : "could refuse, and is not there");
            return true;
        }
    }
    variant->is_expanded = coding == CODING_GZIP && choice.count > 0;
    account_tell(files->account, "the file itself is in %s, which Accept-Encoding does not take%s",
                 content_coding_name(coding), variant->is_expanded ? ": expanded" : "");
    return variant->is_expanded;
}

/* Returns false. */
static bool tell_missing(const struct file_source *files, const char *path, enum content_coding coding) {
    account_tell(files->account, "%s%s: no such file", path, content_coding_suffix(coding));
    return false;
}

__attribute__((cold)) static void tell_refused(const struct variants *variants,
                                               const struct file_source *files, const struct media_type *type,
                                               const struct coding_choice *choice) {
    if (!type->is_compressible) {
        account_tell(files->account, "no compressed form is looked for: the type is none of compress_types");
        return;
    }
    if (variants->precompressed_count == 0) {
        account_tell(
            files->account,
            "no compressed file beside it is looked for: precompressed = off, or the root is one file");
    }
    if (variants->forms == NULL && !is_precompressed(variants, CODING_GZIP)) {
        account_tell(files->account, TOLD_OFF); /* gzip is not offered at all */
    }
    site_steps_tell_refused(files->account, variants->offered, variants->offered_count, choice);
}

bool variants_select(const struct variants *variants, const struct file_source *files, const char *path,
                     const struct media_type *type, struct view accept_encoding, bool may_compress,
                     struct resource *file, struct variant *variant) {
    *variant = (struct variant){.coding = CODING_IDENTITY};
    if (type->coding != CODING_IDENTITY) {
        return select_coded(type->coding, files, accept_encoding, variant);
    }
    if (accept_encoding.bytes == NULL) {
        return true;
    }
    struct coding_choice choice;
    struct file_siblings siblings = {0};
    size_t offered_count = type->is_compressible ? variants->offered_count : 0;
    negotiation_choose_coding(accept_encoding, variants->offered, offered_count, &choice);
    if (files->account != NULL) { /* or a loop for nobody */
        tell_refused(variants, files, type, &choice);
    }
    for (size_t i = 0; i < choice.count; i++) {
        enum content_coding coding = choice.codings[i];
        if (coding == CODING_IDENTITY ||
            (is_precompressed(variants, coding) &&
             (file_cache_may_have_sibling(files, file, coding, &siblings) ||
              tell_missing(files, path, coding)) &&
             take_sibling(files, path, type, coding, file, variant)) ||
            (coding == CODING_GZIP && take_compressed(variants, files, type, may_compress, file, variant))) {
            variant->coding = coding;
            account_tell(files->account, "sent %s%s", coding == CODING_IDENTITY ? "as it is" : "in ",
                         coding == CODING_IDENTITY ? "" : content_coding_name(coding));
            return true;
        }
    }
    account_tell(files->account, "Accept-Encoding refuses every form that there is, the plain one too");
    return false;
}
