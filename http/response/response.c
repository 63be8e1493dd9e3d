/* SPDX-License-Identifier: MIT */
#include "http/response/response.h"

#include "http/response/multipart.h"
#include "http/semantics/date.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
    SMALL_BYTES = 32 * 1024,   /* of a file, up to here one read and one send beat sendfile */
    KEPT_HEAD_BYTES = 4 * 1024 /* of memory, for the next request */
};

static const struct byte_range no_bytes = {0, 0};

void response_init(struct response *response) {
    *response = (struct response){.status = HTTP_OK, .body = {.file = {.fd = -1}}};
}

void response_deinit(struct response *response) {
    text_deinit(&response->head);
    body_deinit(&response->body);
}

void response_clear(struct response *response) {
    text_clear(&response->head, KEPT_HEAD_BYTES);
    body_clear(&response->body);
    response->own.count = 0;
    response->dates = (struct head_dates){0};
    response->part_count = 0;
    response->next_part = 0;
    memset(response->unsent, 0, sizeof response->unsent);
    response->unsent_file = no_bytes;
    response->body_bytes = 0;
    response->unsent_bytes_later = 0;
    response->is_own_page = false;
    response->failure = 0;
}

bool response_failed(const struct response *response) {
    return response->head.failed || response->body.text.failed || response->failure != 0;
}

enum http_status response_failure(const struct response *response) {
    bool has_begun = response->unsent[UNSENT_HEAD].iov_len < response->head.length ||
                     response_sent_body_bytes(response) > 0;
    if (has_begun || !response_failed(response)) {
        return HTTP_OK;
    }
    return resource_status_of_errno(response->failure != 0 ? response->failure : ENOMEM);
}

/* --- the head ------------------------------------------------------------------------------------------- */

/* Fields that the owner cannot have in another way, as they say when the answer was made, and where its body
 * ends. */
static bool is_fixed(const char *name, bool is_multipart) {
    static const char *const names[] = {"Connection", "Content-Length", "Content-Range", "Date",
                                        "Transfer-Encoding"};
    struct view view = view_of(name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (view_equals_nocase(view, names[i])) {
            return true;
        }
    }
    return is_multipart && view_equals_nocase(view, "Content-Type"); /* has the boundary */
}

/* Reserves once, as most of a head is made here. */
static void add_field(struct text *head, const char *name, const char *value) {
    size_t name_length = strlen(name);
    size_t value_length = strlen(value);
    char *room = text_reserve(head, name_length + value_length + sizeof ": \r\n" - 1);
    if (room != NULL) {
        char *end = mempcpy(mempcpy(room, name, name_length), ": ", 2);
        end = mempcpy(mempcpy(end, value, value_length), "\r\n", 2);
        head->length += (size_t)(end - room);
    }
}

static void add_own_fields(struct response *response, bool is_multipart) {
    for (size_t i = 0; i < response->own.count; i++) {
        const struct own_field *field = response->own.fields[i];
        if (field->value != NULL && !is_fixed(field->name, is_multipart)) {
            add_field(&response->head, field->name, field->value);
        }
    }
}

void response_begin(struct response *response, const struct response_form *form, enum http_status status) {
    bool anonymous = response->own.count > 0 && own_fields_replace(&response->own, "Server");
    response->status = status;
    response->form = *form;
    text_append(&response->head, http_status_line(status));
    if (!anonymous) {
        add_field(&response->head, "Server", form->server != NULL ? form->server : "Lido");
    }
    response->dates.date_at = response->head.length + sizeof "Date: " - 1;
    add_field(&response->head, "Date", form->date);
}

void response_begin_ready(struct response *response, const struct response_form *form,
                          const struct ready_head *head) {
    response->status = HTTP_OK;
    response->form = *form;
    ready_head_append(head, form->date, form->now, &response->head);
}

void response_add_field(struct response *response, const char *name, const char *value) {
    bool replaced = response->own.count > 0 && own_fields_replace(&response->own, name);
    if (!replaced || is_fixed(name, false)) {
        add_field(&response->head, name, value);
    }
}

void response_add_expires(struct response *response, time_t fresh_s) {
    char date[DATE_HTTP_BYTES];
    size_t before = response->head.length;
    if (fresh_s != 0) {
        date_format_http(response->form.now + fresh_s, date);
    }
    response_add_field(response, "Expires", fresh_s != 0 ? date : response->form.date);
    if (response->head.length > before) {
        response->dates.expires_at = before + sizeof "Expires: " - 1;
        response->dates.fresh_s = fresh_s;
    }
}

/* The last lines of the head. RFC 9112 section 9.3: HTTP/1.0 has to be told when the connection stays
 * open. */
static void finish_head(struct response *response, const char *content_type, bool is_multipart) {
    struct text *head = &response->head;
    if (content_type != NULL && !is_multipart) {
        response_add_field(response, "Content-Type", content_type);
    }
    if (response->body.kind != BODY_NONE) {
        text_append(head, "Content-Length: ");
        text_append_number(head, response->body_bytes);
        text_append(head, "\r\n");
    }
    text_append(head, response->form.keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
    if (response->own.count > 0) {
        add_own_fields(response, is_multipart);
    }
    text_append(head, "\r\n");
    if (response->form.bare) {
        text_clear(head, KEPT_HEAD_BYTES);
    }
}

/* --- the plan of the body ------------------------------------------------------------------------------- */

static uint64_t length_of(struct byte_range range) {
    return (uint64_t)(range.end - range.begin);
}

/* Plan to send what was added to the text since the part before, and then this range. */
static void plan_part(struct response *response, struct byte_range range) {
    response->parts[response->part_count++] = (struct response_part){response->body.text.length, range};
}

/* Take note of how a read ended. Returns whether all is there. */
static bool note_read(struct response *response, int result) {
    response->failure = result < 0 ? -result : 0;
    return result > 0;
}

/* A file that cannot be read must not have its head sent. Once a cache has read from it, that is not asked
 * again. */
static void try_file(struct response *response, struct byte_range range) {
    if (response->body.file.cached == NULL) {
        (void)note_read(response, resource_try(&response->body.file, range.begin));
    }
}

/* Plan one range, and nothing else: a small one of a file is read, and sent with the head. */
static void plan_range(struct response *response, struct byte_range range) {
    struct body *body = &response->body;
    bool is_file = body->kind == BODY_FILE && body->file.contents == NULL && !response->form.without_body;
    if (is_file && length_of(range) > SMALL_BYTES) {
        try_file(response, range);
    } else if (is_file && note_read(response, body_read_range(body, range))) {
        body_keep_text(body);
    }
    if (body->kind == BODY_SOURCE) {
        body->source.seek(body->source.state, range);
    }
    plan_part(response, body->kind == BODY_TEXT ? no_bytes : range);
}

/* Plan all ranges and the text between them. Where `at_once`, their bytes are put into the text, too, so that
 * one send is enough for all. Returns false when that did not work; nothing is planned then. */
static bool plan_ranges(struct response *response, const struct multipart_boundary *boundary,
                        const char *content_type, const struct range_set *ranges, bool at_once) {
    struct body *body = &response->body;
    off_t size = body_size(body);
    for (size_t i = 0; i < ranges->count; i++) {
        multipart_append_head(&body->text, boundary, content_type, ranges->parts[i], size);
        if (!at_once) {
            plan_part(response, ranges->parts[i]);
        } else if (!note_read(response, body_read_range(body, ranges->parts[i]))) {
            return false;
        }
    }
    multipart_append_end(&body->text, boundary);
    plan_part(response, no_bytes);
    return true;
}

static bool are_small(const struct range_set *ranges) {
    uint64_t bytes = 0;
    for (size_t i = 0; i < ranges->count; i++) {
        bytes += length_of(ranges->parts[i]);
    }
    return bytes <= SMALL_BYTES;
}

static void plan_multipart(struct response *response, const char *content_type,
                           const struct range_set *ranges) {
    struct multipart_boundary boundary = multipart_make_boundary();
    bool is_small = !response->form.without_body && are_small(ranges);
    if (is_small && plan_ranges(response, &boundary, content_type, ranges, true)) {
        body_keep_text(&response->body);
    } else {
        if (!is_small && response->body.file.contents == NULL && !response->form.without_body) {
            try_file(response, ranges->parts[0]);
        }
        (void)plan_ranges(response, &boundary, content_type, ranges, false);
    }
    text_append(&response->head, "Content-Type: multipart/byteranges; boundary=");
    text_append(&response->head, boundary.text);
    text_append(&response->head, "\r\n");
}

void response_finish(struct response *response, const char *content_type, const struct range_set *ranges) {
    bool is_multipart = ranges != NULL && ranges->count > 1;
    off_t size = body_size(&response->body);
    assert(ranges == NULL || (ranges->count > 0 && ranges->count <= RANGE_PARTS_MAX));
    if (is_multipart) {
        plan_multipart(response, content_type, ranges);
    } else if (ranges != NULL) {
        multipart_append_content_range(&response->head, ranges->parts[0], size);
        plan_range(response, ranges->parts[0]);
    } else if (response->body.kind != BODY_NONE) {
        plan_range(response, (struct byte_range){0, size});
    }
    response->body_bytes = response->body.text.length;
    for (size_t i = 0; i < response->part_count; i++) {
        response->body_bytes += length_of(response->parts[i].range);
    }
    if (response->dates.date_at > 0) {
        finish_head(response, content_type, is_multipart);
    }
    if (response->form.without_body) {
        response->body.text.length = 0;
        response->part_count = 0;
        response->body_bytes = 0;
    }
    response->unsent[UNSENT_HEAD] = (struct iovec){response->head.bytes, response->head.length};
    response->unsent_bytes_later = response->body_bytes;
}
