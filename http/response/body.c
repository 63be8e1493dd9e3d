/* SPDX-License-Identifier: MIT */
#include "http/response/body.h"

#include <assert.h>

enum { KEPT_TEXT_BYTES = 64 * 1024 /* of memory, for the next body */ };

static void release_origin(struct body *body) {
    resource_close(&body->file);
    body_source_release(&body->source);
}

void body_clear(struct body *body) {
    release_origin(body);
    text_clear(&body->text, KEPT_TEXT_BYTES);
    memory_budget_give(body->budget, body->budget_bytes);
    body->budget_bytes = 0;
    body->kind = BODY_NONE;
}

void body_deinit(struct body *body) {
    body_clear(body);
    text_deinit(&body->text);
}

static void take(struct body *body, enum body_kind kind) {
    assert(body->kind == BODY_NONE && body->text.length == 0);
    body->kind = kind;
}

struct text *body_use_text(struct body *body) {
    take(body, BODY_TEXT);
    return &body->text;
}

void body_take_text(struct body *body, struct text *text, struct memory_budget *budget, size_t budget_bytes) {
    take(body, BODY_TEXT);
    text_deinit(&body->text);
    body->text = *text;
    *text = (struct text){0};
    body->budget = budget;
    body->budget_bytes = budget_bytes;
}

void body_take_file(struct body *body, struct resource *file) {
    take(body, BODY_FILE);
    body->file = resource_take(file);
}

void body_take_source(struct body *body, const struct body_source *source) {
    take(body, BODY_SOURCE);
    body->source = *source;
}

off_t body_size(const struct body *body) {
    switch (body->kind) {
    case BODY_NONE:
        break;
    case BODY_TEXT:
        return (off_t)body->text.length;
    case BODY_FILE:
        return body->file.size;
    case BODY_SOURCE:
        return body->source.size;
    }
    return 0;
}

static int read_file(struct text *text, const struct resource *file, struct byte_range range) {
    size_t size = (size_t)(range.end - range.begin);
    size_t wanted = size + (range.end == file->size ? 1 : 0); /* a byte too many tells that it has grown */
    char *room = text_reserve(text, wanted);
    ssize_t length = room != NULL ? resource_read(file, room, size, wanted, range.begin) : 0;
    if (room == NULL || length != (ssize_t)size) {
        return length < 0 ? (int)length : 0;
    }
    text->length += size;
    return 1;
}

static int copy_contents(struct text *text, const char *contents, struct byte_range range) {
    text_append_bytes(text, contents + range.begin, (size_t)(range.end - range.begin));
    return text->failed ? 0 : 1;
}

void body_ahead_of_reading(const struct body *body, struct byte_range range) {
    if (blocking_is_dear(body->blocking) && resource_is_in_memory(&body->file, range.begin, range.end)) {
        return;
    }
    blocking_ahead(body->blocking, BLOCKING_FILE);
}

int body_read_range(struct body *body, struct byte_range range) {
    if (body->file.contents == NULL) {
        body_ahead_of_reading(body, range);
    }
    int result = body->file.contents != NULL ? copy_contents(&body->text, body->file.contents, range)
                                             : read_file(&body->text, &body->file, range);
    if (result != 1) {
        text_clear(&body->text, KEPT_TEXT_BYTES);
    }
    return result;
}

void body_keep_text(struct body *body) {
    release_origin(body);
    body->kind = BODY_TEXT;
}
