/* SPDX-License-Identifier: MIT */
#include "http/handler/error.h"

#include "http/base/escape.h"
#include "http/handler/account/steps.h"
#include "http/handler/way_up.h"
#include "http/listing/query.h"
#include "http/pages/page.h"
#include "http/semantics/content_coding.h"
#include "http/semantics/negotiation.h"

#include <errno.h>
#include <stdio.h>
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

void error_finish_with_page(struct context *context, const struct error_page *page) {
    struct response *response = context->response;
    response_add_field(response, "Content-Security-Policy", page_security_policy_error);
    error_page_write(body_use_text(&response->body), page);
    response_finish(response, ERROR_PAGE_HTML_TYPE, NULL);
}

/* What was asked for, without its first slash; bytes NULL when there is no telling. */
static struct view missing_path(const struct context *context) {
    struct view raw = context_raw_path(context);
    if (!context->is_impossible) {
        return (struct view){context->target.path, context->target.length};
    }
    return raw.bytes != NULL ? (struct view){raw.bytes + 1, raw.length - 1} : raw;
}

/* The same as a reference. */
static void write_instance(const struct context *context, struct text *instance) {
    struct view path = missing_path(context);
    text_append(instance, site_rules(context->site)->base_path);
    text_append(instance, "/");
    if (context->is_impossible) {
        escape_url_query(instance, path); /* encoded already */
    } else {
        escape_url_path(instance, path);
    }
    text_append_bytes(instance, "", 1);
}

static void finish_with_json(struct context *context, struct error_page *page) {
    struct text instance = {0};
    if (page->path.bytes != NULL) {
        write_instance(context, &instance);
        page->instance = instance.failed ? NULL : instance.bytes;
    }
    error_page_write_json(body_use_text(&context->response->body), page);
    response_finish(context->response, ERROR_PAGE_JSON_TYPE, NULL);
    text_deinit(&instance);
}

/* A server in trouble is not asked for more. */
static void finish_with_html(struct context *context, struct error_page *page) {
    struct text up = {0};
    struct view folder = {0};
    bool has_way = page->status < HTTP_INTERNAL_SERVER_ERROR && way_up_find(context, &folder, &up);
    text_append_bytes(&up, "", 1);
    if (has_way && !up.failed) {
        page->up = up.bytes;
        page->up_folder = folder;
    }
    error_finish_with_page(context, page);
    text_deinit(&up);
}

static void finish_with_own_words(struct context *context, enum http_status status, const char *detail,
                                  bool as_json) {
    struct error_page page = {
        .status = status,
        .detail = detail,
        .server_name = context_server_name(context),
    };
    if (status == HTTP_NOT_FOUND && context->has_target) {
        page.path = missing_path(context);
    }
    if (as_json) {
        finish_with_json(context, &page);
    } else {
        finish_with_html(context, &page);
    }
}

/* Find the owner's page, if it can be read; one that cannot be must not cost the client its answer. */
static bool find_own_page(const struct context *context, enum http_status status, struct resolution *page) {
    if (!site_resolve_error_page(context->site, status, &context->files, page)) {
        return false;
    }
    bool is_readable = page->resource.cached != NULL || resource_try(&page->resource, 0) == 0;
    if (!is_readable) {
        resource_close(&page->resource);
    }
    return is_readable;
}

/* What the system said, see resource_status_of_errno(). What is not understood is the client's doing, and errno is of
 * something else then. */
static int error_behind(enum http_status status) {
    bool is_of_client = status < HTTP_INTERNAL_SERVER_ERROR || status == HTTP_NOT_IMPLEMENTED ||
                        status == HTTP_VERSION_NOT_SUPPORTED;
    return is_of_client ? 0 : errno;
}

/* The owner's page is sent as it is, without validators and ranges: they belong to the page itself, where it
 * is found under its own name. */
static void respond(struct context *context, enum http_status status, const char *field, const char *value,
                    const char *detail) {
    struct resolution page;
    context->response->error = error_behind(status);
    bool own = find_own_page(context, status, &page);
    bool as_json = !own && wants_json(context);
    if (context_account(context) != NULL) {
        handler_steps_tell_error(context, status, own ? &page : NULL, as_json);
    }
    context_begin(context, status, own ? page.type : NULL);
    add_error_fields(context, status, field, value);
    if (own && page.type->coding != CODING_IDENTITY) {
        response_add_field(context->response, "Content-Encoding", content_coding_name(page.type->coding));
    }
    if (own) {
        const char *content_type = site_content_type(&page);
        body_take_file(&context->response->body, &page.resource);
        response_finish(context->response, content_type, NULL);
    } else {
        finish_with_own_words(context, status, detail, as_json);
    }
}

void error_respond_with(struct context *context, enum http_status status, const char *field,
                        const char *value) {
    respond(context, status, field, value, NULL);
}

void error_explain(struct context *context, enum http_status status, const char *detail) {
    respond(context, status, NULL, NULL, detail);
}

void error_respond(struct context *context, enum http_status status) {
    respond(context, status, NULL, NULL, NULL);
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

void error_refuse_crowd(struct context *context, const char *deed) {
    enum { SENTENCE_BYTES = 160 };
    char sentence[SENTENCE_BYTES];
    account_tell(context_account(context), "folder_entries = %zu: it has more, too many to %s",
                 site_rules(context->site)->folder_entries, deed);
    (void)snprintf(sentence, sizeof sentence, "This folder has more than %zu entries: too many to %s.",
                   site_rules(context->site)->folder_entries, deed);
    error_explain(context, HTTP_FORBIDDEN, sentence);
}
