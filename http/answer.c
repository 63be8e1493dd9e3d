/* SPDX-License-Identifier: MIT */
#include "http/answer.h"

#include "http/date.h"
#include "http/error_page.h"
#include "http/escape.h"
#include "http/listing.h"
#include "http/precondition.h"

#include <errno.h>
#include <string.h>

static const char html_type[] = "text/html; charset=utf-8";

static void answer_error(struct response *response, const struct response_form *form,
                         enum http_status status) {
    response_begin(response, form, status);
    if (status == HTTP_METHOD_NOT_ALLOWED) {
        response_add_field(response, "Allow", REQUEST_METHODS_ALLOWED);
    }
    if (status == HTTP_SERVICE_UNAVAILABLE) {
        response_add_field(response, "Retry-After", "1");
    }
    error_page_write(&response->content, status);
    response_finish_with_content(response, form, html_type);
}

static void answer_options(struct response *response, const struct response_form *form) {
    response_begin(response, form, HTTP_OK);
    response_add_field(response, "Allow", REQUEST_METHODS_ALLOWED);
    response_finish_with_content(response, form, NULL);
}

static void answer_file(struct response *response, const struct response_form *form,
                        const struct request *request, const struct answer_context *context,
                        struct resolution *found) {
    time_t modified = found->resource.modified.tv_sec;
    bool unmodified = precondition_is_unmodified(request->if_modified_since, modified, context->now);
    response_begin(response, form, unmodified ? HTTP_NOT_MODIFIED : HTTP_OK);
    if (modified <= context->now) { /* RFC 9110 section 8.8.2.1: never a date in the future */
        char date[DATE_HTTP_BYTES];
        date_format_http(modified, date);
        response_add_field(response, "Last-Modified", date);
    }
    response_add_field(response, "Cache-Control",
                       "no-cache"); /* keep, but ask each time: edits show at once */
    if (unmodified) {
        resource_close(&found->resource);
        response_finish_without_content(response, form);
    } else {
        response_finish_with_file(response, form, &found->resource, found->content_type);
    }
}

static void answer_listing(struct response *response, const struct response_form *form,
                           const struct target *target, const struct answer_context *context,
                           struct resolution *found) {
    int result =
        listing_write(&response->content, site_root(context->site), found->resource.fd, target->path);
    resource_close(&found->resource);
    if (result != 0) {
        text_clear(&response->content, 0);
        answer_error(response, form, resource_status_of_errno(-result));
        return;
    }
    response_begin(response, form, HTTP_OK);
    response_add_field(response, "Cache-Control", "no-cache");
    response_finish_with_content(response, form, html_type);
}

/* To the same name with a slash behind it. The reference is relative to the folder's parent, so that it is right behind a
 * proxy that adds a prefix, and cannot lead to another host; all bytes but the harmless ones are encoded. */
static void answer_redirect(struct response *response, const struct response_form *form,
                            const struct target *target) {
    const char *slash = strrchr(target->path, '/');
    struct text location = {0};
    text_append(&location, "./");
    escape_url_path(&location, view_of(slash != NULL ? slash + 1 : target->path));
    text_append(&location, "/");
    if (target->query.bytes != NULL) {
        text_append(&location, "?");
        escape_url_query(&location, target->query);
    }
    text_append_bytes(&location, "", 1);
    if (location.failed) {
        answer_error(response, form, HTTP_SERVICE_UNAVAILABLE);
    } else {
        response_begin(response, form, HTTP_MOVED_PERMANENTLY);
        response_add_field(response, "Location", location.bytes);
        error_page_write(&response->content, HTTP_MOVED_PERMANENTLY);
        response_finish_with_content(response, form, html_type);
    }
    text_deinit(&location);
}

static void answer_resource(struct response *response, const struct response_form *form,
                            const struct request *request, const struct answer_context *context,
                            const struct target *target) {
    struct resolution found;
    site_resolve(context->site, target, &found);
    switch (found.kind) {
    case RESOLVED_FILE:
        answer_file(response, form, request, context, &found);
        break;
    case RESOLVED_FOLDER:
        answer_listing(response, form, target, context, &found);
        break;
    case RESOLVED_SLASH_AHEAD:
        answer_redirect(response, form, target);
        break;
    case RESOLVED_REFUSAL:
        answer_error(response, form, found.status);
        break;
    }
}

void answer_prepare(struct response *response, const struct request *request,
                    const struct answer_context *context) {
    struct response_form form = {
        .bare = request->simple,
        .without_body = request->method == REQUEST_HEAD,
        .keep_alive = request->keep_alive && !context->closing,
        .date = context->date,
    };
    struct target target;
    enum http_status status = request->refusal;
    if (status == HTTP_OK && request->method == REQUEST_OTHER) {
        status = HTTP_METHOD_NOT_ALLOWED;
    }
    if (status == HTTP_OK) {
        status = target_parse(request->target, &target);
    }
    if (status == HTTP_OK && target.asterisk && request->method != REQUEST_OPTIONS) {
        status = HTTP_BAD_REQUEST;
    }
    if (status != HTTP_OK) {
        form.keep_alive =
            form.keep_alive && status != HTTP_BAD_REQUEST; /* who sends such things is not trusted */
        answer_error(response, &form, status);
    } else if (request->method == REQUEST_OPTIONS) {
        answer_options(response, &form);
    } else {
        answer_resource(response, &form, request, context, &target);
    }
}

int answer_write_overload(struct text *out) {
    struct text page = {0};
    error_page_write(&page, HTTP_SERVICE_UNAVAILABLE);
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
