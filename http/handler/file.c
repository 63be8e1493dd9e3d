/* SPDX-License-Identifier: MIT */
#include "http/handler/file.h"

#include "http/file_cache/file_cache.h"
#include "http/file_cache/forms.h"
#include "http/handler/account/steps.h"
#include "http/handler/error.h"
#include "http/handler/representation.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A form of a file that was chosen. */
struct choice {
    struct representation representation;
    struct variant variant;
    struct resource *file;
    struct preconditions preconditions; /* those that are still to be looked at */
    const struct ready_head *ready; /* made before for this use; then nothing is said of it here; or NULL */
};

enum {
    CODING_MARK_BYTES = 16,
    EXPANDED_MAX_BYTES = 4 * 1024 * 1024, /* of a file in gzip, for those who do not take that */
};

/* What stands in the entity tag for the coding. Siblings have a content, a size and a time of their own; what
 * is compressed on the fly has those of its original, and other bytes with another version of zlib. */
static void name_coding(const struct variant *variant, char mark[CODING_MARK_BYTES]) {
    static const char *const marks[CODING_COUNT] = {
        [CODING_IDENTITY] = "", [CODING_BROTLI] = "br", [CODING_ZSTD] = "zst", [CODING_GZIP] = "gz"};
    if (variant->is_made) {
        (void)snprintf(mark, CODING_MARK_BYTES, "gz-%08x", (unsigned)variant->checksum);
    } else if (variant->is_expanded) {
        (void)snprintf(mark, CODING_MARK_BYTES, "id");
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
           !context->accept_decides && site_rules(context->site)->cors == NULL &&
           context->environment->split == NULL;
}

static struct ready_head_use use_of(const struct context *context, const struct choice *choice) {
    return (struct ready_head_use){
        .path = {context->target.path, context->target.length},
        .coding = choice->variant.coding,
        .keep_alive = context->form.keep_alive,
    };
}

static const struct ready_head *find_ready_head(const struct context *context, const struct choice *choice) {
    if (choice->file->cached == NULL || !is_plain(context)) {
        return NULL;
    }
    struct ready_head_use use = use_of(context, choice);
    return file_cache_find_head(choice->file, &use);
}

/* Keep the head that has just been made for the next answer. Not while the file is so young that its
 * validators will be others soon. */
static void keep_head(const struct context *context, const struct choice *choice) {
    const struct response *response = context->response;
    const struct resource *file = &response->body.file;
    const struct validators *validators = &choice->representation.validators;
    if (!file_cache_keeps_heads(file) || !is_plain(context) || validators->entity_tag[0] == '\0' ||
        !validators->is_lasting || response_failed(response)) {
        return;
    }
    struct ready_head_use use = use_of(context, choice);
    struct ready_head *head =
        ready_head_create(&use, (struct view){response->head.bytes, response->head.length}, &response->dates);
    if (head != NULL) {
        file_cache_keep_head(file, head);
    }
}

/* --- which form ----------------------------------------------------------------------------------------- */

/* Another form that took the place of the file no longer shows what that declares. */
static const char *content_type_of(const struct media_type *type, const struct choice *choice) {
    if (type->declared_by == 0) {
        return type->content_type;
    }
    bool is_replaced = choice->variant.coding != CODING_IDENTITY;
    unsigned hints = is_replaced ? choice->variant.hints : file_cache_hints(choice->file);
    return (hints & type->declared_by) != 0 ? type->without_charset : type->content_type;
}

static void describe(const struct context *context, const struct media_type *type, struct choice *choice) {
    struct representation *representation = &choice->representation;
    const struct variant *variant = &choice->variant;
    const struct resource *file = choice->file;
    bool is_coded = variant->coding != CODING_IDENTITY;
    bool is_marked = is_coded || variant->is_expanded;
    char mark[CODING_MARK_BYTES] = "";
    if (is_marked) {
        name_coding(variant, mark);
    }
    *representation = (struct representation){
        .content_type = content_type_of(type, choice),
        .type = type,
        .coding = variant->coding,
        .ranges_max =
            is_coded ? 1 : RANGE_PARTS_MAX, /* of a multipart body, Content-Encoding would not hold */
    };
    if (variant->is_expanded) {
        representation->ranges_max = 0; /* it is made anew for each answer, whole */
    }
    struct validators_basis basis = {
        .size = variant->is_made ? variant->made_of_bytes : file->size,
        .modified = file->modified,
        .digest = file_cache_digest(&context->files, file),
        .coding = mark,
        .source_date = site_source_date(context->site),
    };
    validators_make(&representation->validators, &basis, context->environment->now);
}

/* Returns false when the client accepts no form that there is. */
static bool select_form(struct context *context, struct resolution *found, bool may_compress,
                        struct choice *choice) {
    const struct site *site = context->site;
    if (!variants_select(site_variants(site), &context->files, found->path, found->type,
                         context->request->accept_encoding, may_compress, &found->resource,
                         &choice->variant)) {
        return false;
    }
    choice->ready = find_ready_head(context, choice);
    if (choice->ready == NULL) {
        describe(context, found->type, choice);
    }
    return true;
}

/* The client names a form by its tag that would have to be compressed now. It has got it from this version of
 * the file, with whatever zlib: that is enough to say that it is still right, without compressing anything.
 * Returns whether If-None-Match names it; its tag is that of the representation then. */
static bool take_at_its_word(const struct context *context, struct choice *choice) {
    const struct preconditions *asked = &context->request->preconditions;
    char *tag = choice->representation.validators.entity_tag;
    struct view prefix = {tag, strlen(tag)};
    prefix.length -= prefix.length > 0 ? 1 : 0; /* its closing quote */
    bool is_strong = prefix.length > 0 && tag[0] == '"';
    if (!is_strong) {
        return false;
    }
    if (entity_tag_find(asked->if_match, prefix).bytes != NULL) {
        choice->preconditions.if_match = (struct view){0}; /* it holds */
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
static bool choose(struct context *context, struct resolution *found, struct choice *choice) {
    context->codings_decide = variants_may_exist(site_variants(context->site), found->type);
    choice->file = &found->resource;
    choice->preconditions = context->request->preconditions;
    bool may_compress = !names_tags(&choice->preconditions);
    if (!select_form(context, found, may_compress, choice)) {
        return false;
    }
    if (!choice->variant.pending) {
        return true;
    }
    bool is_known = take_at_its_word(context, choice);
    return (is_known && representation_evaluate(&choice->representation, context, &choice->preconditions) ==
                            PRECONDITION_NOT_MODIFIED) ||
           select_form(context, found, true, choice);
}

/* --- the answers ---------------------------------------------------------------------------------------- */

static void respond_with_ready_head(struct context *context, struct choice *choice) {
    struct response *response = context->response;
    response_begin_ready(response, &context->form, choice->ready);
    body_take_file(&response->body, choice->file);
    response_finish(response, NULL, NULL);
}

static void respond(struct context *context, struct choice *choice) {
    struct response *response = context->response;
    body_take_file(&response->body, choice->file);
    representation_respond(&choice->representation, context, &choice->preconditions);
    keep_head(context, choice);
}

/* Make what a file in gzip is without that, in memory that is taken from the budget. Returns HTTP_OK; 503
 * when others have the memory now; 406 when there never is enough, or the file is no gzip. */
static enum http_status expand(const struct context *context, struct choice *choice) {
    struct memory_budget *budget = context->environment->budget;
    struct text text = {0};
    if (!memory_budget_take(budget, EXPANDED_MAX_BYTES)) {
        return budget->limit_bytes < EXPANDED_MAX_BYTES ? HTTP_NOT_ACCEPTABLE
                                                        : resource_status_of_errno(ENOMEM);
    }
    if (!file_form_expand(choice->file, EXPANDED_MAX_BYTES, &text.bytes, &text.length)) {
        memory_budget_give(budget, EXPANDED_MAX_BYTES);
        return HTTP_NOT_ACCEPTABLE;
    }
    text.capacity = text.length;
    memory_budget_give(budget, EXPANDED_MAX_BYTES - text.length);
    body_take_text(&context->response->body, &text, budget, text.length);
    return HTTP_OK;
}

static void respond_expanded(struct context *context, struct choice *choice) {
    enum http_status status = expand(context, choice);
    resource_close(choice->file);
    if (status == HTTP_OK) {
        representation_respond(&choice->representation, context, &choice->preconditions);
    } else {
        account_tell(context_account(context), "it cannot be expanded: no gzip, or no memory for it");
        error_respond(context, status);
    }
}

void file_respond(struct context *context, struct resolution *found) {
    struct choice choice;
    if (context_account(context) != NULL) {
        handler_steps_tell_file(context, found);
    }
    if (!choose(context, found, &choice)) {
        resource_close(&found->resource);
        error_respond(context, HTTP_NOT_ACCEPTABLE);
    } else if (choice.variant.is_expanded) {
        respond_expanded(context, &choice);
    } else if (choice.ready != NULL) {
        respond_with_ready_head(context, &choice);
    } else {
        respond(context, &choice);
    }
}
