/* SPDX-License-Identifier: MIT */
#include "http/handler/archive.h"

#include "http/base/escape.h"
#include "http/handler/error.h"
#include "http/handler/folder_work.h"
#include "http/response/multipart.h"
#include "http/semantics/precondition.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char tar_type[] = "application/x-tar";
static const char name_of_root[] = "files"; /* what the root is really called is nobody's business */

enum { CONTENT_RANGE_BYTES = 64 };

/* The folder's own name, the last segment of its path. */
static void name_folder(const struct target *target, char name[NAME_MAX + 1]) {
    size_t end = target->length > 0 ? target->length - 1 : 0; /* its final slash */
    size_t begin = end;
    while (begin > 0 && target->path[begin - 1] != '/') {
        begin--;
    }
    if (begin == end || end - begin > NAME_MAX) {
        (void)memcpy(name, name_of_root, sizeof name_of_root);
    } else {
        *(char *)mempcpy(name, target->path + begin, end - begin) = '\0';
    }
}

/* --- the head ------------------------------------------------------------------------------------------- */

static bool is_plain(char c) {
    return c >= ' ' && c <= '~' && strchr("\"\\%/", c) == NULL;
}

/* RFC 6266 sections 4.1 and 4.3: a name that any client can read, and the true one for the others. */
static void add_disposition(struct response *response, const char *name) {
    struct text value = {0};
    struct text utf8 = {0};
    text_append(&value, "attachment; filename=\"");
    for (const char *c = name; *c != '\0'; c++) {
        text_append_bytes(&value, is_plain(*c) ? c : "_", 1);
    }
    text_append(&value, ".tar\"; filename*=UTF-8''");
    escape_utf8(&utf8, view_of(name));
    escape_url_path(&value, (struct view){utf8.bytes, utf8.length});
    text_append_bytes(&value, ".tar", sizeof ".tar");
    if (!value.failed && !utf8.failed) {
        response_add_field(response, "Content-Disposition", value.bytes);
    }
    text_deinit(&value);
    text_deinit(&utf8);
}

static void begin(struct context *context, enum http_status status, const struct validators *validators) {
    context_begin(context, status, NULL);
    context_add_validators(context, validators);
    context_add_no_cache(context);
    if (status != HTTP_NOT_MODIFIED) {
        char name[NAME_MAX + 1];
        name_folder(&context->target, name);
        response_add_field(context->response, "Accept-Ranges", "bytes");
        add_disposition(context->response, name);
    }
}

/* --- the answers ---------------------------------------------------------------------------------------- */

static void send_range(struct context *context, enum http_status status, const struct validators *validators,
                       struct byte_range range, struct folder_work *work) {
    begin(context, status, validators);
    if (status == HTTP_PARTIAL_CONTENT) {
        multipart_append_content_range(&context->response->head, range, archive_size(work->archive));
    }
    struct body_source source = archive_body_source(work->archive);
    work->archive = NULL;
    response_finish_with_source(context->response, &context->form, &source, range, tar_type);
}

static void refuse_range(struct context *context, off_t size) {
    char value[CONTENT_RANGE_BYTES];
    (void)snprintf(value, sizeof value, "bytes */%jd", (intmax_t)size);
    error_respond_with(context, HTTP_RANGE_NOT_SATISFIABLE, "Content-Range", value);
}

/* All of it, or the one range that a GET asks for; several are answered with all of it (RFC 9110 section
 * 14.2). */
static void answer_wanted(struct context *context, const struct validators *validators,
                          struct folder_work *work) {
    const struct request *request = context->request;
    off_t size = archive_size(work->archive);
    struct range_set ranges;
    enum range_outcome outcome = RANGE_WHOLE;
    if (request->range.bytes != NULL && request->method == REQUEST_GET &&
        precondition_allows_range(request->if_range, validators, context->environment->now.tv_sec)) {
        outcome = range_parse(request->range, size, &ranges);
    }
    if (outcome == RANGE_UNSATISFIABLE) {
        refuse_range(context, size);
    } else if (outcome == RANGE_PARTIAL && ranges.count == 1) {
        send_range(context, HTTP_PARTIAL_CONTENT, validators, ranges.parts[0], work);
    } else {
        send_range(context, HTTP_OK, validators, (struct byte_range){0, size}, work);
    }
}

static void answer_measured(struct context *context, struct folder_work *work) {
    struct validators validators = {.entity_tag = ""};
    (void)snprintf(validators.entity_tag, sizeof validators.entity_tag, "%s",
                   archive_entity_tag(work->archive));
    switch (precondition_evaluate(&context->request->preconditions, &validators,
                                  context->environment->now.tv_sec)) {
    case PRECONDITION_PASSED:
        answer_wanted(context, &validators, work);
        break;
    case PRECONDITION_NOT_MODIFIED:
        begin(context, HTTP_NOT_MODIFIED, &validators);
        response_finish_without_content(context->response, &context->form);
        break;
    case PRECONDITION_FAILED:
        error_respond(context, HTTP_PRECONDITION_FAILED);
        break;
    }
}

static int begin_work(const struct context *context, struct folder_work *work) {
    char name[NAME_MAX + 1];
    name_folder(&context->target, name);
    return archive_create(&work->archive, site_root(context->site), context->target.path, name,
                          context->environment->now, context->environment->budget);
}

bool archive_respond(struct context *context, struct resolution *found, struct folder_work *work,
                     struct time_slice slice) {
    resource_close(&found->resource);
    int result = work->archive == NULL ? begin_work(context, work) : 0;
    if (result == 0) {
        result = archive_measure(work->archive, slice);
    }
    if (result == -EAGAIN) {
        return false;
    }
    if (result == 0) {
        answer_measured(context, work);
    } else {
        error_respond(context, resource_status_of_errno(-result));
    }
    return true;
}
