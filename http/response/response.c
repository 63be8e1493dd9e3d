/* SPDX-License-Identifier: MIT */
#include "http/response/response.h"

#include "http/response/multipart.h"
#include "http/semantics/date.h"

#include <assert.h>
#include <string.h>

enum {
    SMALL_BYTES = 32 * 1024,    /* of a file, up to here one read and one send beat sendfile */
    KEPT_HEAD_BYTES = 4 * 1024, /* memory kept for the next request */
    KEPT_CONTENT_BYTES = 64 * 1024,
};

static const struct byte_range no_bytes = {0, 0};

void response_init(struct response *response) {
    *response = (struct response){.status = HTTP_OK, .file = {.fd = -1}};
}

static void release_source(struct response *response) {
    resource_close(&response->file);
    blob_release(response->blob);
    response->blob = NULL;
    body_source_release(&response->source);
    memory_budget_give(response->budget, response->budget_bytes);
    response->budget_bytes = 0;
}

void response_deinit(struct response *response) {
    text_deinit(&response->head);
    text_deinit(&response->content);
    release_source(response);
}

void response_clear(struct response *response) {
    text_clear(&response->head, KEPT_HEAD_BYTES);
    text_clear(&response->content, KEPT_CONTENT_BYTES);
    release_source(response);
    response->own.count = 0;
    response->dates = (struct head_dates){0};
    response->is_multipart = false;
    response->part_count = 0;
    response->next_part = 0;
    memset(response->unsent, 0, sizeof response->unsent);
    response->file_offset = 0;
    response->file_end = 0;
    response->body_bytes = 0;
    response->body_unsent_bytes_later = 0;
}

/* --- the head ------------------------------------------------------------------------------------------- */

/* Fields that the owner cannot have in another way, as they say when the answer was made, and where its body
 * ends. */
static bool is_fixed(const struct response *response, const char *name) {
    static const char *const names[] = {"Connection", "Content-Length", "Content-Range", "Date",
                                        "Transfer-Encoding"};
    struct view view = view_of(name);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (view_equals_nocase(view, names[i])) {
            return true;
        }
    }
    return response->is_multipart && view_equals_nocase(view, "Content-Type"); /* has the boundary */
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

static void add_own_fields(struct response *response) {
    for (size_t i = 0; i < response->own.count; i++) {
        const struct own_field *field = response->own.fields[i];
        if (field->value != NULL && !is_fixed(response, field->name)) {
            add_field(&response->head, field->name, field->value);
        }
    }
}

void response_begin(struct response *response, const struct response_form *form, enum http_status status) {
    bool anonymous = response->own.count > 0 && own_fields_replace(&response->own, "Server");
    response->status = status;
    response->keep_alive = form->keep_alive;
    text_append(&response->head, http_status_line(status));
    if (!anonymous) {
        add_field(&response->head, "Server", form->server != NULL ? form->server : "Lido");
    }
    response->dates.date_at = response->head.length + sizeof "Date: " - 1;
    add_field(&response->head, "Date", form->date);
}

void response_add_field(struct response *response, const char *name, const char *value) {
    bool replaced = response->own.count > 0 && own_fields_replace(&response->own, name);
    if (!replaced || is_fixed(response, name)) {
        add_field(&response->head, name, value);
    }
}

void response_add_expires(struct response *response, const struct response_form *form, time_t fresh_s) {
    char date[DATE_HTTP_BYTES];
    size_t before = response->head.length;
    if (fresh_s != 0) {
        date_format_http(form->now + fresh_s, date);
    }
    response_add_field(response, "Expires", fresh_s != 0 ? date : form->date);
    if (response->head.length > before) {
        response->dates.expires_at = before + sizeof "Expires: " - 1;
        response->dates.fresh_s = fresh_s;
    }
}

/* The last lines of the head. RFC 9112 section 9.3: HTTP/1.0 has to be told when the connection stays open.
 * */
static void finish_head(struct response *response, const struct response_form *form) {
    text_append(&response->head, form->keep_alive ? "Connection: keep-alive\r\n" : "Connection: close\r\n");
    if (response->own.count > 0) {
        add_own_fields(response);
    }
    text_append(&response->head, "\r\n");
    if (form->bare) {
        text_clear(&response->head, KEPT_HEAD_BYTES);
    }
    response->unsent[UNSENT_HEAD] = (struct iovec){response->head.bytes, response->head.length};
}

/* --- the plan of the body ------------------------------------------------------------------------------- */

/* Plan to send what was added to the content since the part before, and then this range of the source. */
static void plan_part(struct response *response, struct byte_range range) {
    response->parts[response->part_count++] = (struct response_part){response->content.length, range};
}

static uint64_t length_of(struct byte_range range) {
    return (uint64_t)(range.end - range.begin);
}

static void finish_with_length(struct response *response, const struct response_form *form,
                               const char *content_type, uint64_t body_bytes) {
    if (content_type != NULL) {
        response_add_field(response, "Content-Type", content_type);
    }
    text_append(&response->head, "Content-Length: ");
    text_append_number(&response->head, body_bytes);
    text_append(&response->head, "\r\n");
    finish_head(response, form);
    if (form->without_body) {
        text_clear(&response->content, KEPT_CONTENT_BYTES);
        response->part_count = 0;
    } else {
        response->body_bytes = body_bytes;
        response->body_unsent_bytes_later = body_bytes;
    }
}

/* All parts are planned. */
static void finish(struct response *response, const struct response_form *form, const char *content_type) {
    uint64_t body_bytes = response->content.length;
    for (size_t i = 0; i < response->part_count; i++) {
        body_bytes += length_of(response->parts[i].range);
    }
    finish_with_length(response, form, content_type, body_bytes);
}

/* The bytes that ranges are of, where they are in memory; NULL where they are in a file. */
static const char *memory_of(const struct response *response) {
    return response->blob != NULL ? response->blob->bytes : response->file.contents;
}

/* Read a range of the file and append it to the content. Where `is_all`, the file must end behind it. Returns
 * whether all of it is there now; a file that has been cut off meanwhile, or an error, is met again when the
 * file is sent. */
static bool read_range(struct text *content, const struct resource *file, struct byte_range range,
                       bool is_all) {
    size_t size = (size_t)length_of(range);
    size_t wanted = size + (is_all ? 1 : 0); /* a byte too many tells that the file has grown */
    char *room = text_reserve(content, wanted);
    if (room == NULL || resource_read(file, room, size, wanted, range.begin) != (ssize_t)size) {
        return false;
    }
    content->length += size;
    return true;
}

static void take_source(struct response *response, struct resource *file, struct blob *blob) {
    assert(response->content.length == 0);
    if (file != NULL) {
        response->file = resource_take(file);
    } else {
        response->blob = blob;
    }
}

void response_finish_with_content(struct response *response, const struct response_form *form,
                                  const char *content_type) {
    plan_part(response, no_bytes);
    finish(response, form, content_type);
}

void response_finish_with_file(struct response *response, const struct response_form *form,
                               struct resource *file, const char *content_type) {
    take_source(response, file, NULL);
    plan_part(response, (struct byte_range){0, response->file.size});
    finish(response, form, content_type);
}

void response_finish_with_ready_head(struct response *response, const struct response_form *form,
                                     const struct ready_head *head, struct resource *file) {
    response->status = HTTP_OK;
    response->keep_alive = form->keep_alive;
    ready_head_append(head, form->date, form->now, &response->head);
    response->unsent[UNSENT_HEAD] = (struct iovec){response->head.bytes, response->head.length};
    take_source(response, file, NULL);
    if (!form->without_body) {
        plan_part(response, (struct byte_range){0, response->file.size});
        response->body_bytes = (uint64_t)response->file.size;
        response->body_unsent_bytes_later = response->body_bytes;
    }
}

bool response_read_file(struct response *response, struct resource *file) {
    struct byte_range all = {0, file->size};
    if (file->contents == NULL && file->size <= SMALL_BYTES &&
        read_range(&response->content, file, all, true)) {
        resource_close(file);
        return true;
    }
    text_clear(&response->content, KEPT_CONTENT_BYTES);
    return false;
}

void response_finish_with_blob(struct response *response, const struct response_form *form, struct blob *blob,
                               const char *content_type) {
    take_source(response, NULL, blob);
    plan_part(response, (struct byte_range){0, (off_t)blob->length});
    finish(response, form, content_type);
}

void response_finish_with_source(struct response *response, const struct response_form *form,
                                 const struct body_source *source, struct byte_range range,
                                 const char *content_type) {
    assert(response->content.length == 0);
    response->source = *source;
    source->seek(source->state, range);
    finish_with_length(response, form, content_type, length_of(range));
}

void response_take_content(struct response *response, struct text *text, struct memory_budget *budget,
                           size_t budget_bytes) {
    text_deinit(&response->content);
    response->content = *text;
    *text = (struct text){0};
    response->budget = budget;
    response->budget_bytes = budget_bytes;
}

void response_finish_without_content(struct response *response, const struct response_form *form) {
    finish_head(response, form);
}

/* --- ranges --------------------------------------------------------------------------------------------- */

/* Plan one range of the source, and nothing else: a small one of a file is read, and sent with the head. */
static void plan_one_range(struct response *response, const struct response_form *form,
                           struct byte_range range) {
    bool small = memory_of(response) == NULL && !form->without_body && length_of(range) <= SMALL_BYTES;
    if (small && read_range(&response->content, &response->file, range, false)) {
        resource_close(&response->file);
        plan_part(response, no_bytes);
    } else {
        text_clear(&response->content, KEPT_CONTENT_BYTES);
        plan_part(response, range);
    }
}

static bool append_range(struct response *response, struct byte_range range) {
    const char *memory = memory_of(response);
    if (memory == NULL) {
        return read_range(&response->content, &response->file, range, false);
    }
    text_append_bytes(&response->content, memory + range.begin, (size_t)length_of(range));
    return !response->content.failed;
}

/* Plan all ranges and the text between them. Where `at_once`, their bytes are put into the content, too, so
 * that one send is enough for all. Returns false when that did not work; nothing is planned then. */
static bool plan_multipart(struct response *response, const struct multipart_boundary *boundary,
                           const char *content_type, const struct range_set *ranges, off_t size,
                           bool at_once) {
    for (size_t i = 0; i < ranges->count; i++) {
        struct byte_range range = ranges->parts[i];
        multipart_append_head(&response->content, boundary, content_type, range, size);
        if (!at_once) {
            plan_part(response, range);
        } else if (!append_range(response, range)) {
            text_clear(&response->content, KEPT_CONTENT_BYTES);
            return false;
        }
    }
    multipart_append_end(&response->content, boundary);
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

void response_finish_with_ranges(struct response *response, const struct response_form *form,
                                 struct resource *file, struct blob *blob, const char *content_type,
                                 const struct range_set *ranges) {
    assert(ranges->count > 0 && ranges->count <= RANGE_PARTS_MAX);
    off_t size = file != NULL ? file->size : (off_t)blob->length;
    take_source(response, file, blob);
    if (ranges->count == 1) {
        multipart_append_content_range(&response->head, ranges->parts[0], size);
        plan_one_range(response, form, ranges->parts[0]);
        finish(response, form, content_type);
        return;
    }
    struct multipart_boundary boundary = multipart_make_boundary();
    bool small = !form->without_body && are_small(ranges);
    if (small && plan_multipart(response, &boundary, content_type, ranges, size, true)) {
        release_source(response);
    } else {
        (void)plan_multipart(response, &boundary, content_type, ranges, size, false);
    }
    response->is_multipart = true;
    text_append(&response->head, "Content-Type: multipart/byteranges; boundary=");
    text_append(&response->head, boundary.text);
    text_append(&response->head, "\r\n");
    finish(response, form, NULL);
}

bool response_failed(const struct response *response) {
    return response->head.failed || response->content.failed;
}
