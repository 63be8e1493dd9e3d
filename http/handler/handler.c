/* SPDX-License-Identifier: MIT */
#include "http/handler/handler.h"

#include "http/handler/account/steps.h"
#include "http/handler/context.h"
#include "http/handler/cors.h"
#include "http/handler/error.h"
#include "http/handler/file.h"
#include "http/handler/folder.h"
#include "http/handler/own_pages.h"
#include "http/handler/redirect.h"
#include "http/semantics/negotiation.h"

#include <errno.h>

static void respond_to_options(struct context *context) {
    struct response *response = context->response;
    const struct site_rules *rules = site_rules(context->site);
    bool preflight = cors_is_preflight(rules->cors, context->request);
    account_tell(context_account(context), "OPTIONS: no file is looked for; %s",
                 preflight             ? "cors is on, and this asks for a page of another origin (preflight)"
                 : rules->cors != NULL ? "no preflight, as it lacks Origin or Access-Control-Request-Method"
                                       : "cors is off");
    context_begin(context, preflight ? HTTP_NO_CONTENT : HTTP_OK, NULL);
    response_add_field(response, "Allow", REQUEST_METHODS_ALLOWED);
    if (preflight) {
        cors_add_permissions(rules->cors, context->request, response);
    } else {
        (void)body_use_text(&response->body); /* of no length */
    }
    response_finish(response, NULL, NULL);
}

/* --- what the target leads to --------------------------------------------------------------------------- */

/* A page that makes up its views itself stands for all that is not there, when a browser goes to a page. */
static void refuse_or_fall_back(struct context *context, struct resolution *found) {
    if (found->status != HTTP_NOT_FOUND ||
        !site_has_fallback_for(context->site, &context->target, context_account(context))) {
        error_respond(context, found->status);
        return;
    }
    context->accept_decides = true;
    if (!negotiation_names_html(context->request->accept)) {
        account_tell(context_account(context),
                     "fallback: not for a request whose Accept does not name text/html");
    } else {
        site_resolve_fallback(context->site, &context->files, found);
    }
    if (found->kind == RESOLVED_FILE) {
        file_respond(context, found);
    } else {
        error_respond(context, HTTP_NOT_FOUND);
    }
}

/* The path is none that a file can have, but one that a page may make something of: "/tags/a%2Fb". */
static void respond_to_impossible_path(struct context *context) {
    struct resolution found;
    found.kind = RESOLVED_REFUSAL;
    found.status = HTTP_NOT_FOUND;
    refuse_or_fall_back(context, &found);
}

/* Returns false when there is more to do, see handler_prepare(). */
static bool respond_to_target(struct context *context) {
    if (redirect_by_rules(context)) {
        return true;
    }
    struct resolution found;
    site_resolve(context->site, &context->target, &context->files, &found);
    switch (found.kind) {
    case RESOLVED_FILE:
        file_respond(context, &found);
        break;
    case RESOLVED_FOLDER:
        return folder_respond(context, &found);
    case RESOLVED_SLASH_AHEAD:
    case RESOLVED_SLASH_BEHIND:
        redirect_to_slash(context, found.kind == RESOLVED_SLASH_AHEAD);
        break;
    case RESOLVED_REFUSAL:
        if (found.status == HTTP_NOT_FOUND) {
            site_note_refused_link(context->site, &context->target);
        }
        refuse_or_fall_back(context, &found);
        break;
    }
    return true;
}

/* The host of an absolute target wins over Host (RFC 9112 section 3.2.2), even if its path cannot be
 * read. */
static const struct site *find_site(const struct context *context) {
    const struct hosts *hosts = context->environment->hosts;
    struct view authority = context->target.authority;
    return hosts == NULL ? context->environment->site
                         : hosts_find(hosts, authority.bytes != NULL ? authority : context->request->host);
}

/* What is wrong with the request as a whole, before anything is looked up. The target is read in any case, as
 * far as it has come: the host that it may name decides which site an error page comes from. */
static enum http_status read_target(struct context *context) {
    const struct request *request = context->request;
    enum http_status status = target_parse(request->target, &context->target);
    context->has_target = status != HTTP_BAD_REQUEST && !context->target.asterisk;
    if (request->refusal != HTTP_OK) {
        return request->refusal;
    }
    if (request->method == REQUEST_OTHER) {
        return HTTP_METHOD_NOT_ALLOWED;
    }
    bool misplaced = context->target.asterisk && request->method != REQUEST_OPTIONS;
    return status == HTTP_OK && misplaced ? HTTP_BAD_REQUEST : status;
}

/* Most targets are told apart by their first byte. */
static bool may_be_own(const struct context *context, enum http_status status) {
    struct view path = context->environment->own_path;
    switch (context->environment->own_access) {
    case OWN_PAGES_NONE:
        break;
    case OWN_PAGES_TOO:
        return status == HTTP_OK && path.bytes != NULL && context->target.path[0] == path.bytes[0];
    case OWN_PAGES_ONLY:
        return status == HTTP_OK || status == HTTP_NOT_FOUND;
    }
    return false;
}

bool handler_prepare(struct response *response, const struct request *request,
                     const struct handler_environment *environment) {
    struct context context;
    context.response = response;
    context.request = request;
    context.environment = environment;
    context.accept_decides = false;
    context.codings_decide = false;
    context.form = (struct response_form){
        .bare = request->simple,
        .without_body = request->method == REQUEST_HEAD,
        .keep_alive = request->keep_alive && !environment->closing,
        .now = environment->now.tv_sec,
        .date = environment->date,
    };
    enum http_status status = read_target(&context);
    context.is_impossible = status == HTTP_NOT_FOUND;
    context.site = find_site(&context);
    context.files = *site_files(context.site);
    context.files.blocking = environment->blocking;
    context.files.account = environment->account;
    context.files.received_ns = environment->received_ns;
    if (environment->account != NULL) {
        handler_steps_tell_request(&context, status);
    }
    context.form.server = site_rules(context.site)->server_field;
    if (status == HTTP_BAD_REQUEST) {
        context.form.keep_alive = false; /* who sends such things is not trusted */
    }
    if (may_be_own(&context, status) && own_pages_respond(&context)) {
        return true;
    }
    if (status == HTTP_NOT_FOUND && request->method != REQUEST_OPTIONS) {
        respond_to_impossible_path(&context);
    } else if (status != HTTP_OK) {
        errno = request->error; /* for error_behind(), whatever was called meanwhile */
        error_respond(&context, status);
    } else if (request->method == REQUEST_OPTIONS) {
        respond_to_options(&context);
    } else {
        return respond_to_target(&context);
    }
    return true;
}
