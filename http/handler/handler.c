/* SPDX-License-Identifier: MIT */
#include "http/handler/handler.h"

#include "http/base/escape.h"
#include "http/handler/context.h"
#include "http/handler/file.h"
#include "http/handler/folder.h"
#include "http/pages/error_page.h"
#include "http/pages/page.h"
#include "http/semantics/negotiation.h"

#include <errno.h>
#include <string.h>

static const char html_type[] = "text/html; charset=utf-8";

static void answer_options(struct context *context) {
    struct response *response = context->response;
    const struct site_rules *rules = site_rules(context->site);
    bool preflight = cors_is_preflight(rules->cors, context->request);
    context_begin(context, preflight ? HTTP_NO_CONTENT : HTTP_OK, NULL);
    response_add_field(response, "Allow", REQUEST_METHODS_ALLOWED);
    if (preflight) {
        cors_add_permissions(rules->cors, context->request, response);
        response_finish_without_content(response, &context->form);
    } else {
        response_finish_with_content(response, &context->form, NULL);
    }
}

/* --- redirects ------------------------------------------------------------------------------------------ */

static void answer_redirect(struct context *context, enum http_status status, struct text *location) {
    struct response *response = context->response;
    text_append_bytes(location, "", 1);
    if (location->failed) {
        error_respond(context, HTTP_SERVICE_UNAVAILABLE);
        return;
    }
    context_begin(context, status, NULL);
    response_add_field(response, "Location", location->bytes);
    context_add_no_cache(context); /* browsers would keep a 301 for good */
    error_page_write(&response->content, &(struct error_page){.status = status,
                                                              .location = location->bytes,
                                                              .server_name = context_server_name(context)});
    response_add_field(response, "Content-Security-Policy", page_security_policy_error);
    response_finish_with_content(response, &context->form, html_type);
}

static void append_query(struct text *location, struct view query) {
    if (query.bytes != NULL) {
        text_append(location, "?");
        escape_url_query(location, query);
    }
}

/* To the same name with a slash behind it, or without. The reference is relative, so that it is right behind
 * a proxy that adds a prefix, and cannot lead to another host; all bytes but the harmless ones are encoded.
 * */
static void answer_slash(struct context *context, bool ahead) {
    const struct target *target = &context->target;
    size_t end = target->length - (ahead ? 0 : 1);
    size_t begin = end;
    while (begin > 0 && target->path[begin - 1] != '/') {
        begin--;
    }
    struct text location = {0};
    text_append(&location, ahead ? "./" : "../");
    escape_url_path(&location, (struct view){target->path + begin, end - begin});
    text_append(&location, ahead ? "/" : "");
    append_query(&location, target->query);
    answer_redirect(context, HTTP_MOVED_PERMANENTLY, &location);
    text_deinit(&location);
}

/* Returns whether the owner has a redirect for this path. */
static bool answer_own_redirect(struct context *context) {
    const struct redirects *redirects = site_rules(context->site)->redirects;
    if (redirects == NULL) {
        return false;
    }
    char rooted[TARGET_PATH_BYTES + 1];
    struct pattern_subject subject = context_subject(context, NULL, rooted);
    struct text location = {0};
    int status = redirects_find(redirects, subject.path, context->target.query, &location);
    if (status != 0) {
        answer_redirect(context, (enum http_status)status, &location);
    }
    text_deinit(&location);
    return status != 0;
}

/* --- what the target leads to --------------------------------------------------------------------------- */

/* A page that makes up its views itself stands for all that is not there, when a browser goes to a page. */
static void answer_refusal(struct context *context, struct resolution *found) {
    if (found->status != HTTP_NOT_FOUND || !site_has_fallback_for(context->site, &context->target)) {
        error_respond(context, found->status);
        return;
    }
    context->accept_decides = true;
    if (negotiation_names_html(context->request->accept)) {
        site_resolve_fallback(context->site, found);
    }
    if (found->kind == RESOLVED_FILE) {
        file_respond(context, found);
    } else {
        error_respond(context, HTTP_NOT_FOUND);
    }
}

/* The path is none that a file can have, but one that a page may make something of: "/tags/a%2Fb". */
static void answer_impossible_path(struct context *context) {
    struct resolution found;
    found.kind = RESOLVED_REFUSAL;
    found.status = HTTP_NOT_FOUND;
    answer_refusal(context, &found);
}

/* Returns false when there is more to do, see handler_prepare(). */
static bool answer_target(struct context *context) {
    if (answer_own_redirect(context)) {
        return true;
    }
    struct resolution found;
    site_resolve(context->site, &context->target, &found);
    switch (found.kind) {
    case RESOLVED_FILE:
        file_respond(context, &found);
        break;
    case RESOLVED_FOLDER:
        return folder_respond(context, &found);
    case RESOLVED_SLASH_AHEAD:
    case RESOLVED_SLASH_BEHIND:
        answer_slash(context, found.kind == RESOLVED_SLASH_AHEAD);
        break;
    case RESOLVED_REFUSAL:
        answer_refusal(context, &found);
        break;
    }
    return true;
}

/* The host of an absolute target wins over Host (RFC 9112 section 3.2.2), also where its path cannot be read.
 * */
static const struct site *find_site(const struct context *context) {
    const struct hosts *hosts = context->environment->hosts;
    struct view authority = context->target.authority;
    return hosts == NULL ? context->environment->site
                         : hosts_find(hosts, authority.bytes != NULL ? authority : context->request->host);
}

/* What is wrong with the request as a whole, before anything is looked up. The target is read in any case, as
 * far as it has come: it says whose answer a refusal is. */
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
    context.site = find_site(&context);
    context.form.server = site_rules(context.site)->server_field;
    if (status == HTTP_BAD_REQUEST) {
        context.form.keep_alive = false; /* who sends such things is not trusted */
    }
    if (status == HTTP_NOT_FOUND && request->method != REQUEST_OPTIONS) {
        answer_impossible_path(&context);
    } else if (status != HTTP_OK) {
        error_respond(&context, status);
    } else if (request->method == REQUEST_OPTIONS) {
        answer_options(&context);
    } else {
        return answer_target(&context);
    }
    return true;
}

int handler_write_overload(struct text *out) {
    struct text page = {0};
    error_page_write(&page, &(struct error_page){.status = HTTP_SERVICE_UNAVAILABLE});
    text_append(out, "HTTP/1.0 503 ");
    text_append(out, http_status_reason(HTTP_SERVICE_UNAVAILABLE));
    text_append(out, "\r\nServer: Lido\r\nRetry-After: 1\r\nContent-Type: ");
    text_append(out, html_type);
    text_append(out, "\r\nContent-Length: ");
    text_append_number(out, page.length);
    text_append(out, "\r\nConnection: close\r\n\r\n");
    text_append_bytes(out, page.bytes, page.length);
    bool failed = out->failed || page.failed;
    text_deinit(&page);
    return failed ? -ENOMEM : 0;
}
