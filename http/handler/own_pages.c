/* SPDX-License-Identifier: MIT */
#include "http/handler/own_pages.h"

#include "http/handler/context.h"
#include "http/handler/error.h"
#include "http/handler/redirect.h"

#include <string.h>

/* Neither the owner's fields nor those for sharing: what is told here is for this client. */
static void begin(struct context *context, const struct own_answer *answer) {
    static const char nothing_allowed[] = "default-src 'none'; frame-ancestors 'none'";
    struct response *response = context->response;
    bool has_policy = answer->security_policy != NULL;
    response_begin(response, &context->form, answer->status);
    response_add_field(response, "X-Content-Type-Options", "nosniff");
    response_add_field(response, "Referrer-Policy", "no-referrer");
    response_add_field(response, "Cross-Origin-Resource-Policy", "same-origin");
    response_add_field(response, "Content-Security-Policy",
                       has_policy ? answer->security_policy : nothing_allowed);
    response_add_field(response, "Cache-Control", "no-store");
}

static bool respond(struct context *context, struct view name) {
    const struct own_pages *pages = context->environment->own_pages;
    struct text body = {0};
    struct own_request request = {
        .name = name,
        .query = context->target.query,
        .accept = context->request->accept,
        .closing = context->environment->closing,
    };
    struct own_answer answer = {.status = HTTP_OK, .body = &body};
    if (!pages->answer(pages->context, &request, &answer)) {
        text_deinit(&body);
        return false;
    }
    account_tell(context_account(context),
                 "status = /%.*s: a page of the server itself, for clients of this machine",
                 (int)context->environment->own_path.length, context->environment->own_path.bytes);
    begin(context, &answer);
    body_take_text(&context->response->body, &body, NULL, 0);
    response_finish(context->response, answer.content_type, NULL);
    context->response->is_own_page = true;
    return true;
}

static bool respond_to_name(struct context *context) {
    const struct target *target = &context->target;
    struct view path = context->environment->own_path;
    bool is_short = target->length + 1 == path.length;
    if (target->length + (is_short ? 1 : 0) < path.length ||
        memcmp(target->path, path.bytes, is_short ? target->length : path.length) != 0) {
        return context->environment->own_access == OWN_PAGES_ONLY &&
               respond(context, (struct view){target->path, target->length});
    }
    if (is_short) {
        redirect_to_slash(context, true);
        return true;
    }
    return respond(context, (struct view){target->path + path.length, target->length - path.length});
}

bool own_pages_respond(struct context *context) {
    const struct handler_environment *environment = context->environment;
    bool is_asked = context->request->method == REQUEST_GET || context->request->method == REQUEST_HEAD;
    if (is_asked && context->has_target && !context->is_impossible && environment->own_pages != NULL &&
        environment->own_path.bytes != NULL && respond_to_name(context)) {
        return true;
    }
    if (environment->own_access == OWN_PAGES_ONLY) {
        error_respond(context, HTTP_NOT_FOUND);
        return true;
    }
    return false;
}
