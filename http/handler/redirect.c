/* SPDX-License-Identifier: MIT */
#include "http/handler/redirect.h"

#include "http/base/escape.h"
#include "http/handler/error.h"

static void respond_with(struct context *context, enum http_status status, const char *location) {
    context_begin(context, status, NULL);
    response_add_field(context->response, "Location", location);
    context_add_no_cache(context);
    struct error_page page = {
        .status = status, .location = location, .server_name = context_server_name(context)};
    error_finish_with_page(context, &page);
}

/* A path gets what a proxy takes off it; a URL stays. */
static void respond(struct context *context, enum http_status status, const struct text *place) {
    bool is_path = place->length > 0 && place->bytes[0] == '/';
    struct text location = {.failed = place->failed};
    text_append(&location, is_path ? site_rules(context->site)->base_path : "");
    text_append_bytes(&location, place->bytes, place->length);
    text_append_bytes(&location, "", 1);
    if (location.failed) {
        error_respond(context, HTTP_SERVICE_UNAVAILABLE);
    } else {
        respond_with(context, status, location.bytes);
    }
    text_deinit(&location);
}

static void append_query(struct text *location, struct view query) {
    if (query.bytes != NULL) {
        text_append(location, "?");
        escape_url_query(location, query);
    }
}

/* Absolute, as small clients follow no relative reference. The path is normalised: it cannot begin with two
 * slashes, which would name another host. All bytes but the harmless ones are encoded. */
void redirect_to_slash(struct context *context, bool ahead) {
    const struct target *target = &context->target;
    struct text location = {0};
    account_tell(context_account(context),
                 ahead ? "a folder's URL ends with a slash: redirect to that"
                       : "a page of clean_urls has no slash at its end: redirect to that");
    text_append(&location, "/");
    escape_url_path(&location, (struct view){target->path, target->length - (ahead ? 0 : 1)});
    text_append(&location, ahead ? "/" : "");
    append_query(&location, target->query);
    respond(context, HTTP_MOVED_PERMANENTLY, &location);
    text_deinit(&location);
}

bool redirect_by_rules(struct context *context) {
    const struct redirects *redirects = site_rules(context->site)->redirects;
    if (redirects == NULL) {
        return false;
    }
    char rooted[TARGET_PATH_BYTES + 1];
    struct pattern_subject subject = context_subject(context, NULL, rooted);
    struct text location = {0};
    int status =
        redirects_find(redirects, subject.path, context->target.query, &location, context_account(context));
    if (status != 0) {
        respond(context, (enum http_status)status, &location);
    }
    text_deinit(&location);
    return status != 0;
}
