/* SPDX-License-Identifier: MIT */
#include "http/handler/representation.h"

#include "http/handler/account/steps.h"
#include "http/handler/error.h"
#include "http/semantics/range.h"

#include <stdint.h>
#include <stdio.h>

enum { CONTENT_RANGE_BYTES = 64 };

static void add_cache_fields(struct context *context, const struct media_type *type) {
    char rooted[TARGET_PATH_BYTES + 1];
    struct pattern_subject subject = context_subject(context, type, rooted);
    const struct cache_directives *directives = cache_policy_find(site_rules(context->site)->cache, &subject);
    if (context_account(context) != NULL) {
        handler_steps_tell_cache(context, directives);
    }
    context_add_cache_fields(context, directives);
}

/* The head of a 200, 206 or 304 up to what differs among them. */
static void begin(const struct representation *representation, struct context *context,
                  enum http_status status) {
    struct response *response = context->response;
    context_begin(context, status, representation->type);
    context_add_validators(context, &representation->validators);
    if (representation->type != NULL) {
        add_cache_fields(context, representation->type);
    } else {
        context_add_no_cache(context);
    }
    context_add_vary(context);
    if (status == HTTP_NOT_MODIFIED) {
        return; /* what is kept keeps its fields */
    }
    if (representation->ranges_max > 0) {
        response_add_field(response, "Accept-Ranges", "bytes");
    }
    if (representation->coding != CODING_IDENTITY) {
        response_add_field(response, "Content-Encoding", content_coding_name(representation->coding));
    }
    if (representation->field_name != NULL) {
        response_add_field(response, representation->field_name, representation->field_value);
    }
}

/* What a GET asks for (RFC 9110 section 14.2); more ranges than there may be are answered with all of it. */
static enum range_outcome find_ranges(const struct representation *representation,
                                      const struct context *context, off_t size, struct range_set *ranges) {
    const struct request *request = context->request;
    if (request->range.bytes == NULL || request->method != REQUEST_GET || representation->ranges_max == 0 ||
        !precondition_allows_range(request->if_range, &representation->validators,
                                   context->environment->now.tv_sec)) {
        return RANGE_WHOLE;
    }
    enum range_outcome outcome = range_parse(request->range, size, ranges);
    return outcome == RANGE_PARTIAL && ranges->count > representation->ranges_max ? RANGE_WHOLE : outcome;
}

static void refuse_range(struct context *context, off_t size) {
    char content_range[CONTENT_RANGE_BYTES];
    (void)snprintf(content_range, sizeof content_range, "bytes */%jd", (intmax_t)size);
    body_clear(&context->response->body);
    error_respond_with(context, HTTP_RANGE_NOT_SATISFIABLE, "Content-Range", content_range);
}

static void send_wanted(const struct representation *representation, struct context *context) {
    struct response *response = context->response;
    struct range_set ranges;
    off_t size = body_size(&response->body);
    enum range_outcome outcome = find_ranges(representation, context, size, &ranges);
    if (context_account(context) != NULL && context->request->range.bytes != NULL) {
        handler_steps_tell_range(context, representation, outcome, &ranges);
    }
    switch (outcome) {
    case RANGE_WHOLE:
        begin(representation, context, HTTP_OK);
        response_finish(response, representation->content_type, NULL);
        break;
    case RANGE_PARTIAL:
        begin(representation, context, HTTP_PARTIAL_CONTENT);
        response_finish(response, representation->content_type, &ranges);
        break;
    case RANGE_UNSATISFIABLE:
        refuse_range(context, size);
        break;
    }
}

enum precondition_outcome representation_evaluate(const struct representation *representation,
                                                  const struct context *context,
                                                  const struct preconditions *preconditions) {
    return precondition_evaluate(preconditions, &representation->validators,
                                 context->environment->now.tv_sec);
}

void representation_respond(const struct representation *representation, struct context *context,
                            const struct preconditions *preconditions) {
    enum precondition_outcome outcome = representation_evaluate(representation, context, preconditions);
    if (context_account(context) != NULL) {
        handler_steps_tell_preconditions(context, representation, preconditions, outcome);
    }
    switch (outcome) {
    case PRECONDITION_PASSED:
        send_wanted(representation, context);
        break;
    case PRECONDITION_NOT_MODIFIED:
        body_clear(&context->response->body);
        begin(representation, context, HTTP_NOT_MODIFIED);
        response_finish(context->response, NULL, NULL);
        break;
    case PRECONDITION_FAILED:
        body_clear(&context->response->body);
        error_respond(context, HTTP_PRECONDITION_FAILED);
        break;
    }
}
