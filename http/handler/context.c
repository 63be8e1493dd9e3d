/* SPDX-License-Identifier: MIT */
#include "http/handler/context.h"

#include "http/listing/query.h"
#include "http/pages/error_page.h"
#include "http/pages/page.h"
#include "http/semantics/date.h"
#include "http/semantics/negotiation.h"

#include <string.h>

static const char html_type[] = "text/html; charset=utf-8";

struct pattern_subject context_subject(const struct context *context, const struct media_type *type,
                                       char rooted[TARGET_PATH_BYTES + 1]) {
    size_t length = 0;
    if (context->has_target) {
        rooted[length++] = '/';
        memcpy(rooted + length, context->target.path, context->target.length);
        length += context->target.length;
    }
    return (struct pattern_subject){.path = {rooted, length},
                                    .media_type = type != NULL ? type->name : (struct view){0}};
}

static void select_own_fields(struct context *context, enum http_status status,
                              const struct media_type *type) {
    const struct field_rules *rules = site_rules(context->site)->fields;
    if (rules != NULL) {
        char rooted[TARGET_PATH_BYTES + 1];
        struct pattern_subject subject = context_subject(context, type, rooted);
        field_rules_select(rules, &subject, status >= HTTP_BAD_REQUEST, &context->response->own);
    }
}

static void add_security_fields(struct response *response, const struct site_rules *rules,
                                bool type_is_known) {
    if (type_is_known || rules->security_headers) {
        response_add_field(response, "X-Content-Type-Options", "nosniff");
    }
    if (rules->security_headers) {
        response_add_field(response, "Referrer-Policy", "strict-origin-when-cross-origin");
        response_add_field(response, "X-Frame-Options", "SAMEORIGIN");
    }
    if (rules->cross_origin_isolation) {
        response_add_field(response, "Cross-Origin-Opener-Policy", "same-origin");
        response_add_field(response, "Cross-Origin-Embedder-Policy", "require-corp");
        response_add_field(response, "Cross-Origin-Resource-Policy", "same-origin");
    }
}

void context_begin(struct context *context, enum http_status status, const struct media_type *type) {
    const struct site_rules *rules = site_rules(context->site);
    select_own_fields(context, status, type);
    response_begin(context->response, &context->form, status);
    add_security_fields(context->response, rules, type == NULL || type->is_known);
    cors_add_fields(rules->cors, context->request, context->response);
}

void context_add_validators(struct context *context, const struct validators *validators) {
    if (validators->is_dated) {
        char date[DATE_HTTP_BYTES];
        date_format_http(validators->modified, date);
        response_add_field(context->response, "Last-Modified", date);
    }
    if (validators->entity_tag[0] != '\0') {
        response_add_field(context->response, "ETag", validators->entity_tag);
    }
}

const char *context_server_name(const struct context *context) {
    const char *name = site_rules(context->site)->server_name;
    return name[0] != '\0' ? name : NULL;
}

void context_add_vary(struct context *context) {
    static const char *const values[2][2] = {{NULL, "Accept-Encoding"},
                                             {"Accept", "Accept, Accept-Encoding"}};
    const char *value = values[context->accept_decides][context->codings_decide];
    if (value != NULL) {
        response_add_field(context->response, "Vary", value);
    }
}

/* Where the owner says it all in his own words, our Expires would contradict them. */
void context_add_cache_fields(struct context *context, const struct cache_directives *directives) {
    struct response *response = context->response;
    response_add_field(response, "Cache-Control", directives->control);
    if (response->own.count > 0 && own_fields_replace(&response->own, "Cache-Control")) {
        return;
    }
    response_add_expires(response, &context->form, (time_t)directives->fresh_s);
}

void context_add_no_cache(struct context *context) {
    context_add_cache_fields(context, &cache_ask_each_time);
}

static void add_error_fields(struct context *context, enum http_status status, const char *field,
                             const char *value) {
    struct response *response = context->response;
    if (status == HTTP_METHOD_NOT_ALLOWED) {
        response_add_field(response, "Allow", REQUEST_METHODS_ALLOWED);
    }
    if (status == HTTP_SERVICE_UNAVAILABLE) {
        response_add_field(response, "Retry-After", "1");
    }
    if (field != NULL) {
        response_add_field(response, field, value);
    }
    context_add_no_cache(context); /* it may be there in a moment */
    context_add_vary(context);
}

/* Whether the client would rather read the error as data; a query for a listing may say so, too. */
static bool wants_json(struct context *context) {
    struct view accept = context->request->accept;
    struct listing_query query;
    bool is_understood = listing_query_parse(context->target.query, &query);
    (void)is_understood; /* the format counts beside a mistake, too */
    if (context->has_target && query.format != LISTING_AS_ACCEPTED) {
        return query.format == LISTING_JSON;
    }
    context->accept_decides = true;
    return negotiation_prefers(accept, "application/json") ||
           negotiation_prefers(accept, ERROR_PAGE_JSON_TYPE);
}

/* A reference to the folder above; NULL in the root, and where there is no telling. */
static const char *find_up(const struct context *context) {
    struct view target = context->request->target;
    if (!context->has_target || target.bytes == NULL) {
        return NULL;
    }
    const char *query = memchr(target.bytes, '?', target.length);
    size_t length = query != NULL ? (size_t)(query - target.bytes) : target.length;
    if (length <= 1) {
        return NULL;
    }
    return target.bytes[length - 1] == '/' ? "../" : "./";
}

static void finish_with_own_words(struct context *context, enum http_status status, bool as_json) {
    struct response *response = context->response;
    struct error_page page = {
        .status = status,
        .up = find_up(context),
        .server_name = context_server_name(context),
    };
    if (as_json) {
        error_page_write_json(&response->content, &page);
    } else {
        response_add_field(response, "Content-Security-Policy", page_security_policy_error);
        error_page_write(&response->content, &page);
    }
    response_finish_with_content(response, &context->form, as_json ? ERROR_PAGE_JSON_TYPE : html_type);
}

/* The owner's page is sent as it is, without validators and ranges: they belong to the page itself, where it
 * is found under its own name. */
void error_respond_with(struct context *context, enum http_status status, const char *field,
                        const char *value) {
    struct response *response = context->response;
    const struct response_form *form = &context->form;
    struct resolution page;
    bool own = site_resolve_error_page(context->site, status, &page);
    bool as_json = !own && wants_json(context);
    context_begin(context, status, own ? page.type : NULL);
    add_error_fields(context, status, field, value);
    if (!own) {
        finish_with_own_words(context, status, as_json);
    } else if (!form->without_body && response_read_file(response, &page.resource)) {
        response_finish_with_content(response, form, page.type->content_type);
    } else {
        response_finish_with_file(response, form, &page.resource, page.type->content_type);
    }
}

void error_respond(struct context *context, enum http_status status) {
    error_respond_with(context, status, NULL, NULL);
}
