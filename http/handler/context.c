/* SPDX-License-Identifier: MIT */
#include "http/handler/context.h"

#include "http/listing/query.h"
#include "http/pages/error_page.h"
#include "http/pages/page.h"
#include "http/semantics/date.h"
#include "http/semantics/negotiation.h"

#include <string.h>

static const char html_type[] = "text/html; charset=utf-8";

struct pattern_subject answering_subject(const struct answering *answering, const struct media_type *type,
                                         char rooted[TARGET_PATH_BYTES + 1]) {
    size_t length = 0;
    if (answering->has_target) {
        rooted[length++] = '/';
        memcpy(rooted + length, answering->target.path, answering->target.length);
        length += answering->target.length;
    }
    return (struct pattern_subject){.path = {rooted, length},
                                    .media_type = type != NULL ? type->name : (struct view){0}};
}

static void select_own_fields(struct answering *answering, enum http_status status,
                              const struct media_type *type) {
    const struct field_rules *rules = site_rules(answering->site)->fields;
    if (rules != NULL) {
        char rooted[TARGET_PATH_BYTES + 1];
        struct pattern_subject subject = answering_subject(answering, type, rooted);
        field_rules_select(rules, &subject, status >= HTTP_BAD_REQUEST, &answering->response->own);
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

void answering_begin(struct answering *answering, enum http_status status, const struct media_type *type) {
    const struct site_rules *rules = site_rules(answering->site);
    select_own_fields(answering, status, type);
    response_begin(answering->response, &answering->form, status);
    add_security_fields(answering->response, rules, type == NULL || type->is_known);
    cors_add_fields(rules->cors, answering->request, answering->response);
}

void answering_add_validators(struct answering *answering, const struct validators *validators) {
    if (validators->is_dated) {
        char date[DATE_HTTP_BYTES];
        date_format_http(validators->modified, date);
        response_add_field(answering->response, "Last-Modified", date);
    }
    if (validators->entity_tag[0] != '\0') {
        response_add_field(answering->response, "ETag", validators->entity_tag);
    }
}

const char *answering_server_name(const struct answering *answering) {
    const char *name = site_rules(answering->site)->server_name;
    return name[0] != '\0' ? name : NULL;
}

void answering_add_vary(struct answering *answering) {
    static const char *const values[2][2] = {{NULL, "Accept-Encoding"},
                                             {"Accept", "Accept, Accept-Encoding"}};
    const char *value = values[answering->accept_decides][answering->codings_decide];
    if (value != NULL) {
        response_add_field(answering->response, "Vary", value);
    }
}

/* Where the owner says it all in his own words, our Expires would contradict them. */
void answering_add_cache_fields(struct answering *answering, const struct cache_directives *directives) {
    struct response *response = answering->response;
    response_add_field(response, "Cache-Control", directives->control);
    if (response->own.count > 0 && own_fields_replace(&response->own, "Cache-Control")) {
        return;
    }
    response_add_expires(response, &answering->form, (time_t)directives->fresh_s);
}

void answering_add_no_cache(struct answering *answering) {
    answering_add_cache_fields(answering, &cache_ask_each_time);
}

static void add_error_fields(struct answering *answering, enum http_status status, const char *field,
                             const char *value) {
    struct response *response = answering->response;
    if (status == HTTP_METHOD_NOT_ALLOWED) {
        response_add_field(response, "Allow", REQUEST_METHODS_ALLOWED);
    }
    if (status == HTTP_SERVICE_UNAVAILABLE) {
        response_add_field(response, "Retry-After", "1");
    }
    if (field != NULL) {
        response_add_field(response, field, value);
    }
    answering_add_no_cache(answering); /* it may be there in a moment */
    answering_add_vary(answering);
}

/* Whether the client would rather read the error as data; a query for a listing may say so, too. */
static bool wants_json(struct answering *answering) {
    struct view accept = answering->request->accept;
    struct listing_query query;
    bool is_understood = listing_query_parse(answering->target.query, &query);
    (void)is_understood; /* the format counts beside a mistake, too */
    if (answering->has_target && query.format != LISTING_AS_ACCEPTED) {
        return query.format == LISTING_JSON;
    }
    answering->accept_decides = true;
    return negotiation_prefers(accept, "application/json") ||
           negotiation_prefers(accept, ERROR_PAGE_JSON_TYPE);
}

/* A reference to the folder above; NULL in the root, and where there is no telling. */
static const char *find_up(const struct answering *answering) {
    struct view target = answering->request->target;
    if (!answering->has_target || target.bytes == NULL) {
        return NULL;
    }
    const char *query = memchr(target.bytes, '?', target.length);
    size_t length = query != NULL ? (size_t)(query - target.bytes) : target.length;
    if (length <= 1) {
        return NULL;
    }
    return target.bytes[length - 1] == '/' ? "../" : "./";
}

static void finish_with_own_words(struct answering *answering, enum http_status status, bool as_json) {
    struct response *response = answering->response;
    struct error_page page = {
        .status = status,
        .up = find_up(answering),
        .server_name = answering_server_name(answering),
    };
    if (as_json) {
        error_page_write_json(&response->content, &page);
    } else {
        response_add_field(response, "Content-Security-Policy", page_security_policy_error);
        error_page_write(&response->content, &page);
    }
    response_finish_with_content(response, &answering->form, as_json ? ERROR_PAGE_JSON_TYPE : html_type);
}

/* The owner's page is sent as it is, without validators and ranges: they belong to the page itself, where it
 * is found under its own name. */
void answering_refuse_with(struct answering *answering, enum http_status status, const char *field,
                           const char *value) {
    struct response *response = answering->response;
    const struct response_form *form = &answering->form;
    struct resolution page;
    bool own = site_resolve_error_page(answering->site, status, &page);
    bool as_json = !own && wants_json(answering);
    answering_begin(answering, status, own ? page.type : NULL);
    add_error_fields(answering, status, field, value);
    if (!own) {
        finish_with_own_words(answering, status, as_json);
    } else if (!form->without_body && response_read_file(response, &page.resource)) {
        response_finish_with_content(response, form, page.type->content_type);
    } else {
        response_finish_with_file(response, form, &page.resource, page.type->content_type);
    }
}

void answering_refuse(struct answering *answering, enum http_status status) {
    answering_refuse_with(answering, status, NULL, NULL);
}
