/* SPDX-License-Identifier: MIT */
#include "http/handler/file.h"

#include "http/file_cache/file_cache.h"
#include "http/handler/error.h"
#include "http/semantics/precondition.h"
#include "http/semantics/range.h"
#include "http/semantics/validators.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A form of a file, and what is said of it. */
struct representation {
    const struct media_type *type;
    struct variant variant;
    struct resource *file;
    struct validators validators;
    struct preconditions preconditions; /* those that are still to be looked at */
    const struct ready_head *ready; /* made before for this use; then validators are not needed; or NULL */
};

enum { CODING_MARK_BYTES = 16, CONTENT_RANGE_BYTES = 64 };

static enum precondition_outcome evaluate(const struct context *context,
                                          const struct representation *representation) {
    return precondition_evaluate(&representation->preconditions, &representation->validators,
                                 context->environment->now.tv_sec);
}

/* What stands in the entity tag for the coding. Siblings have size and time of their own; what is compressed
 * on the fly has those of its original, and other bytes with another version of zlib. */
static void name_coding(const struct variant *variant, char mark[CODING_MARK_BYTES]) {
    static const char *const marks[CODING_COUNT] = {
        [CODING_IDENTITY] = "", [CODING_BROTLI] = "br", [CODING_ZSTD] = "zst", [CODING_GZIP] = "gz"};
    if (variant->is_made) {
        (void)snprintf(mark, CODING_MARK_BYTES, "gz-%08x", (unsigned)variant->checksum);
    } else {
        (void)snprintf(mark, CODING_MARK_BYTES, "%s%s", marks[variant->coding], variant->pending ? "-" : "");
    }
}

/* --- heads that were made before ------------------------------------------------------------------------ */

static bool names_no_state(const struct preconditions *asked) {
    return asked->if_match.bytes == NULL && asked->if_none_match.bytes == NULL &&
           asked->if_modified_since.bytes == NULL && asked->if_unmodified_since.bytes == NULL;
}

/* Whether the answer is 200 with a head that depends on nothing but the site, the path, the coding and the
 * file. */
static bool is_plain(const struct context *context) {
    const struct request *request = context->request;
    return names_no_state(&request->preconditions) && request->range.bytes == NULL && !request->simple &&
           !context->accept_decides && site_rules(context->site)->cors == NULL;
}

static struct ready_head_use use_of(const struct context *context,
                                    const struct representation *representation) {
    return (struct ready_head_use){
        .path = {context->target.path, context->target.length},
        .coding = representation->variant.coding,
        .keep_alive = context->form.keep_alive,
    };
}

static const struct ready_head *find_ready_head(const struct context *context,
                                                const struct representation *representation) {
    if (representation->file->cached == NULL || !is_plain(context)) {
        return NULL;
    }
    struct ready_head_use use = use_of(context, representation);
    return file_cache_find_head(representation->file, &use);
}

/* Keep the head that has just been made for the next answer. Not while the tag is weak, as it will be another
 * one soon. */
static void keep_head(const struct context *context, const struct representation *representation,
                      const struct resource *file) {
    const struct response *response = context->response;
    if (file->cached == NULL || !is_plain(context) || representation->validators.entity_tag[0] != '"' ||
        response_failed(response)) {
        return;
    }
    struct ready_head_use use = use_of(context, representation);
    struct ready_head *head =
        ready_head_create(&use, (struct view){response->head.bytes, response->head.length}, &response->dates);
    if (head != NULL) {
        file_cache_keep_head(file, head);
    }
}

/* --- which form ----------------------------------------------------------------------------------------- */

static void describe(const struct context *context, struct representation *representation) {
    const struct variant *variant = &representation->variant;
    const struct resource *file = representation->file;
    char mark[CODING_MARK_BYTES] = "";
    if (variant->coding != CODING_IDENTITY) {
        name_coding(variant, mark);
    }
    validators_make(&representation->validators, variant->is_made ? variant->made_of_bytes : file->size,
                    file->modified, context->environment->now, mark);
}

/* Returns false when the client accepts no form that there is. */
static bool select_form(struct context *context, struct resolution *found, bool may_compress,
                        struct representation *representation) {
    const struct site *site = context->site;
    if (!variants_select(site_variants(site), site_files(site), found->path, found->type->name,
                         context->request->accept_encoding, may_compress, &found->resource,
                         &representation->variant)) {
        return false;
    }
    representation->ready = find_ready_head(context, representation);
    if (representation->ready == NULL) {
        describe(context, representation);
    }
    return true;
}

/* The client names a form by its tag that would have to be compressed now. It has got it from this version of
 * the file, with whatever zlib: that is enough to say that it is still right, without compressing anything.
 * Returns whether If-None-Match names it; its tag is that of the representation then. */
static bool take_at_its_word(const struct context *context, struct representation *representation) {
    const struct preconditions *asked = &context->request->preconditions;
    char *tag = representation->validators.entity_tag;
    struct view prefix = {tag, strlen(tag)};
    prefix.length -= prefix.length > 0 ? 1 : 0; /* its closing quote */
    bool is_strong = prefix.length > 0 && tag[0] == '"';
    if (!is_strong) {
        return false;
    }
    if (entity_tag_find(asked->if_match, prefix).bytes != NULL) {
        representation->preconditions.if_match = (struct view){0}; /* it holds */
    }
    struct view known = entity_tag_find(asked->if_none_match, prefix);
    if (known.bytes == NULL || known.length >= ENTITY_TAG_BYTES) {
        return false;
    }
    memcpy(tag, known.bytes, known.length);
    tag[known.length] = '\0';
    return true;
}

static bool names_tags(const struct preconditions *preconditions) {
    return preconditions->if_none_match.bytes != NULL || preconditions->if_match.bytes != NULL;
}

/* Returns false when the client accepts no form that there is. */
static bool select_representation(struct context *context, struct resolution *found,
                                  struct representation *representation) {
    context->codings_decide = variants_may_exist(site_variants(context->site), found->type->name);
    representation->type = found->type;
    representation->file = &found->resource;
    representation->preconditions = context->request->preconditions;
    bool may_compress = !names_tags(&representation->preconditions);
    if (!select_form(context, found, may_compress, representation)) {
        return false;
    }
    if (!representation->variant.pending) {
        return true;
    }
    bool is_known = take_at_its_word(context, representation);
    return (is_known && evaluate(context, representation) == PRECONDITION_NOT_MODIFIED) ||
           select_form(context, found, true, representation);
}

/* --- fields --------------------------------------------------------------------------------------------- */

static void add_cache_fields(struct context *context, const struct media_type *type) {
    char rooted[TARGET_PATH_BYTES + 1];
    struct pattern_subject subject = context_subject(context, type, rooted);
    context_add_cache_fields(context, cache_policy_find(site_rules(context->site)->cache, &subject));
}

/* The head of a 200, 206 or 304 up to what differs among them. */
static void begin(struct context *context, enum http_status status,
                  const struct representation *representation) {
    context_begin(context, status, representation->type);
    context_add_validators(context, &representation->validators);
    add_cache_fields(context, representation->type);
    context_add_vary(context);
    if (status != HTTP_NOT_MODIFIED) {
        response_add_field(context->response, "Accept-Ranges", "bytes");
        if (representation->variant.coding != CODING_IDENTITY) {
            response_add_field(context->response, "Content-Encoding",
                               content_coding_name(representation->variant.coding));
        }
    }
}

/* --- answers -------------------------------------------------------------------------------------------- */

static void answer_with_ready_head(struct context *context, struct representation *representation) {
    response_finish_with_ready_head(context->response, &context->form, representation->ready,
                                    representation->file);
}

static void answer_not_modified(struct context *context, struct representation *representation) {
    begin(context, HTTP_NOT_MODIFIED, representation);
    response_finish_without_content(context->response, &context->form);
    resource_close(representation->file);
}

static void answer_whole(struct context *context, struct representation *representation) {
    struct response *response = context->response;
    const struct response_form *form = &context->form;
    const char *content_type = representation->type->content_type;
    bool in_memory = !form->without_body && response_read_file(response, representation->file);
    begin(context, HTTP_OK, representation);
    if (in_memory) {
        response_finish_with_content(response, form, content_type);
    } else {
        response_finish_with_file(response, form, representation->file, content_type);
        keep_head(context, representation, &response->file);
    }
}

static void answer_ranges(struct context *context, struct representation *representation,
                          const struct range_set *ranges) {
    begin(context, HTTP_PARTIAL_CONTENT, representation);
    response_finish_with_ranges(context->response, &context->form, representation->file, NULL,
                                representation->type->content_type, ranges);
}

static void answer_unsatisfiable(struct context *context, struct representation *representation) {
    char content_range[CONTENT_RANGE_BYTES];
    (void)snprintf(content_range, sizeof content_range, "bytes */%jd", (intmax_t)representation->file->size);
    resource_close(representation->file);
    error_respond_with(context, HTTP_RANGE_NOT_SATISFIABLE, "Content-Range", content_range);
}

/* The representation is wanted: all of it, or the ranges that a GET asks for (RFC 9110 section 14.2). */
static void answer_wanted(struct context *context, struct representation *representation) {
    const struct request *request = context->request;
    struct range_set ranges;
    enum range_outcome outcome = RANGE_WHOLE;
    if (request->range.bytes != NULL && request->method == REQUEST_GET &&
        precondition_allows_range(request->if_range, &representation->validators,
                                  context->environment->now.tv_sec)) {
        outcome = range_parse(request->range, representation->file->size, &ranges);
    }
    if (outcome == RANGE_PARTIAL && ranges.count > 1 && representation->variant.coding != CODING_IDENTITY) {
        outcome = RANGE_WHOLE; /* Content-Encoding would speak of the multipart body, which is not coded */
    }
    switch (outcome) {
    case RANGE_WHOLE:
        answer_whole(context, representation);
        break;
    case RANGE_PARTIAL:
        answer_ranges(context, representation, &ranges);
        break;
    case RANGE_UNSATISFIABLE:
        answer_unsatisfiable(context, representation);
        break;
    }
}

void file_respond(struct context *context, struct resolution *found) {
    struct representation representation;
    if (!select_representation(context, found, &representation)) {
        resource_close(&found->resource);
        error_respond(context, HTTP_NOT_ACCEPTABLE);
        return;
    }
    if (representation.ready != NULL) {
        answer_with_ready_head(context, &representation);
        return;
    }
    switch (evaluate(context, &representation)) {
    case PRECONDITION_PASSED:
        answer_wanted(context, &representation);
        break;
    case PRECONDITION_NOT_MODIFIED:
        answer_not_modified(context, &representation);
        break;
    case PRECONDITION_FAILED:
        resource_close(&found->resource);
        error_respond(context, HTTP_PRECONDITION_FAILED);
        break;
    }
}
