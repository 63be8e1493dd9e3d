/* SPDX-License-Identifier: MIT */
/*
 * What is known while one answer is made, and the fields of its head that all kinds of answers share (RFC
 * 9110 sections 8.8 and 12.5.5, RFC 9111 section 5).
 *
 * Does not decide which kind of answer it is. No function here blocks; without memory response_failed() says
 * so.
 */
#ifndef LIDO_HTTP_HANDLER_CONTEXT_H
#define LIDO_HTTP_HANDLER_CONTEXT_H

#include "http/handler/handler.h"
#include "http/request/request.h"
#include "http/response/response.h"
#include "http/rules/pattern.h"
#include "http/semantics/target.h"
#include "http/site/site.h"

#include <stdbool.h>

/* Of one call of handler_prepare(); it owns nothing. */
struct context {
    struct response *response;
    struct response_form form;
    const struct request *request;
    const struct handler_environment *environment;
    const struct site *site;  /* of the host that was asked for */
    struct file_source files; /* of the site, for this request */
    struct target target;
    bool has_target;     /* its path could be read, */
    bool is_impossible;  /* but no file can have it: parts are missing in `target` */
    bool accept_decides; /* another Accept might have got another answer */
    bool codings_decide; /* another Accept-Encoding might have got another answer */
};

/* Begin the head: select the owner's fields for this status and type (NULL: none), then the status line and
 * what every answer carries: security fields, sharing. */
void context_begin(struct context *context, enum http_status status, const struct media_type *type);

/* The account that is told of the steps; NULL: none. */
static inline const struct account *context_account(const struct context *context) {
    return context->files.account;
}

/* Returns what the owner's patterns are compared with, for a file of this type (NULL: no file). `rooted` gets
 * the path with its first slash; what is returned points there. */
struct pattern_subject context_subject(const struct context *context, const struct media_type *type,
                                       char rooted[TARGET_PATH_BYTES + 1]);

/* Returns the path of the target as it was sent, with its first slash; bytes NULL when the target is of
 * another form than origin form. */
struct view context_raw_path(const struct context *context);

/* Returns the name and version that stand at the foot of a page, or NULL for none. */
const char *context_server_name(const struct context *context);

/* Add Last-Modified and ETag, as far as there are any. */
void context_add_validators(struct context *context, const struct validators *validators);

/* Add Vary, if the answer depends on what the client accepts. */
void context_add_vary(struct context *context);

/* Say that caches have to ask each time: Cache-Control, and Expires for those that know HTTP/1.0 only. */
void context_add_no_cache(struct context *context);

/* Add Cache-Control and Expires as the directives say. Where the owner has a Cache-Control of his own there
 * is no Expires. */
void context_add_cache_fields(struct context *context, const struct cache_directives *directives);

#endif
