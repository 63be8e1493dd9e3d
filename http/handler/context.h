/* SPDX-License-Identifier: MIT */
/*
 * What the making of one answer knows, and the beginning of its head, which all kinds of answers share.
 * Private to the answer modules.
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

struct answering {
    struct response *response;
    struct response_form form;
    const struct request *request;
    const struct answer_context *context;
    const struct site *site;
    struct target target;
    bool has_target;     /* it could be read, as far as its path */
    bool accept_decides; /* another Accept might have got another answer */
    bool codings_decide; /* another Accept-Encoding might, too */
};

/* Begin the head: select the owner's fields for this status and type (NULL: none), then the status line and
 * what every answer carries: security fields, sharing. */
void answering_begin(struct answering *answering, enum http_status status, const struct media_type *type);

/* What the owner's patterns are compared with. `rooted` gets the path with its first slash. */
struct pattern_subject answering_subject(const struct answering *answering, const struct media_type *type,
                                         char rooted[TARGET_PATH_BYTES + 1]);

/* What pages say of the program at their foot; NULL for nothing. */
const char *answering_server_name(const struct answering *answering);

/* Add Last-Modified and ETag, as far as there are any. */
void answering_add_validators(struct answering *answering, const struct validators *validators);

/* Add Vary, if the answer depends on what the client accepts. */
void answering_add_vary(struct answering *answering);

/* Say that caches have to ask each time: Cache-Control, and Expires for those that know HTTP/1.0 only. */
void answering_add_no_cache(struct answering *answering);

/* The same for what `directives` say, which a time of freshness may be part of. */
void answering_add_cache_fields(struct answering *answering, const struct cache_directives *directives);

/* The whole answer for an error: the owner's page, or the built-in one. `field` and `value`: one more field,
 * or NULL. */
void answering_refuse_with(struct answering *answering, enum http_status status, const char *field,
                           const char *value);

void answering_refuse(struct answering *answering, enum http_status status);

#endif
