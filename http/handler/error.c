/* SPDX-License-Identifier: MIT */
#include "http/handler/error.h"

#include "http/listing/query.h"
#include "http/pages/page.h"
#include "http/semantics/negotiation.h"

#include <errno.h>
#include <string.h>

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

void error_finish_with_page(struct context *context, const struct error_page *page) {
    struct response *response = context->response;
    response_add_field(response, "Content-Security-Policy", page_security_policy_error);
    error_page_write(body_use_text(&response->body), page);
    response_finish(response, ERROR_PAGE_HTML_TYPE, NULL);
}

static void finish_with_own_words(struct context *context, enum http_status status, bool as_json) {
    struct error_page page = {
        .status = status,
        .up = find_up(context),
        .server_name = context_server_name(context),
    };
    if (as_json) {
        error_page_write_json(body_use_text(&context->response->body), &page);
        response_finish(context->response, ERROR_PAGE_JSON_TYPE, NULL);
    } else {
        error_finish_with_page(context, &page);
    }
}

/* Find the owner's page, if it can be read; one that cannot be must not cost the client its answer. */
static bool find_own_page(const struct context *context, enum http_status status, struct resolution *page) {
    if (!site_resolve_error_page(context->site, status, page)) {
        return false;
    }
    bool is_readable = page->resource.cached != NULL || resource_try(&page->resource, 0) == 0;
    if (!is_readable) {
        resource_close(&page->resource);
    }
    return is_readable;
}

/* The owner's page is sent as it is, without validators and ranges: they belong to the page itself, where it
 * is found under its own name. */
void error_respond_with(struct context *context, enum http_status status, const char *field,
                        const char *value) {
    struct resolution page;
    bool own = find_own_page(context, status, &page);
    bool as_json = !own && wants_json(context);
    context_begin(context, status, own ? page.type : NULL);
    add_error_fields(context, status, field, value);
    if (own) {
        body_take_file(&context->response->body, &page.resource);
        response_finish(context->response, page.type->content_type, NULL);
    } else {
        finish_with_own_words(context, status, as_json);
    }
}

void error_respond(struct context *context, enum http_status status) {
    error_respond_with(context, status, NULL, NULL);
}

int handler_write_overload(struct text *out) {
    struct text page = {0};
    error_page_write(&page, &(struct error_page){.status = HTTP_SERVICE_UNAVAILABLE});
    text_append(out, "HTTP/1.0 503 ");
    text_append(out, http_status_reason(HTTP_SERVICE_UNAVAILABLE));
    text_append(out, "\r\nServer: Lido\r\nRetry-After: 1\r\nContent-Type: ");
    text_append(out, ERROR_PAGE_HTML_TYPE);
    text_append(out, "\r\nContent-Length: ");
    text_append_number(out, page.length);
    text_append(out, "\r\nConnection: close\r\n\r\n");
    text_append_bytes(out, page.bytes, page.length);
    bool failed = out->failed || page.failed;
    text_deinit(&page);
    return failed ? -ENOMEM : 0;
}
