/* SPDX-License-Identifier: MIT */
#include "http/handler/context.h"

#include "http/handler/cors.h"
#include "http/semantics/date.h"

#include <stdio.h>
#include <string.h>

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

struct view context_raw_path(const struct context *context) {
    struct view path = context->request->target;
    if (path.bytes == NULL || path.length == 0 || path.bytes[0] != '/') {
        return (struct view){0};
    }
    const char *query = memchr(path.bytes, '?', path.length);
    path.length = query != NULL ? (size_t)(query - path.bytes) : path.length;
    return path;
}

static void select_own_fields(struct context *context, enum http_status status,
                              const struct media_type *type) {
    const struct header_fields *rules = site_rules(context->site)->fields;
    if (rules != NULL) {
        char rooted[TARGET_PATH_BYTES + 1];
        struct pattern_subject subject = context_subject(context, type, rooted);
        header_fields_select(rules, &subject, status >= HTTP_BAD_REQUEST, &context->response->own,
                             context_account(context));
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

/* W3C Server Timing, in milliseconds: how long it waited for a worker, for the client, and for its file. What
 * sending takes is not known yet. */
static void add_server_timing(struct response *response, const struct time_split *running) {
    enum { TIMING_BYTES = 128 };
    char value[TIMING_BYTES];
    struct time_split split = *running;
    time_split_add(&split, TIME_OPEN, clock_steady_ns());
    (void)snprintf(value, sizeof value, "wait;dur=%.3f, client;dur=%.3f, open;dur=%.3f",
                   (double)split.parts_ns[TIME_WAIT] / CLOCK_NS_PER_MS,
                   (double)split.parts_ns[TIME_CLIENT] / CLOCK_NS_PER_MS,
                   (double)split.parts_ns[TIME_OPEN] / CLOCK_NS_PER_MS);
    response_add_field(response, "Server-Timing", value);
}

void context_begin(struct context *context, enum http_status status, const struct media_type *type) {
    const struct site_rules *rules = site_rules(context->site);
    select_own_fields(context, status, type);
    response_begin(context->response, &context->form, status);
    if (context->environment->split != NULL) {
        add_server_timing(context->response, context->environment->split);
    }
    add_security_fields(context->response, rules, type == NULL || type->is_known);
    cors_add_fields(rules->cors, context->request, context->response, context_account(context));
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

/* Expires would contradict a Cache-Control of the owner's own. */
void context_add_cache_fields(struct context *context, const struct cache_directives *directives) {
    struct response *response = context->response;
    response_add_field(response, "Cache-Control", directives->control);
    if (response->own.count > 0 && own_fields_replace(&response->own, "Cache-Control")) {
        return;
    }
    response_add_expires(response, (time_t)directives->fresh_s);
}

void context_add_no_cache(struct context *context) {
    context_add_cache_fields(context, &cache_ask_each_time);
}
