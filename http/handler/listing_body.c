/* SPDX-License-Identifier: MIT */
#include "http/handler/listing_body.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 64 * 1024 };

struct listing_body {
    struct folder_work work;
    struct listing_query query;
    char *path; /* owned */
    const struct listing_form *form;
    struct listing_page page; /* of what stands above */
    bool has_begun;
    bool has_ended;
    size_t next_row;
};

static void release(void *state) {
    struct listing_body *body = state;
    folder_work_clear(&body->work);
    free(body->path);
    free(body);
}

static void seek(void *state, struct byte_range range) {
    struct listing_body *body = state;
    assert(range.begin == 0 && range.end == body->work.counted_bytes);
    (void)range;
    body->has_begun = body->has_ended = false;
    body->next_row = 0;
}

/* Append the beginning, a row or the end. */
static void write_next(struct listing_body *body, struct text *text) {
    if (!body->has_begun) {
        body->form->begin(text, &body->page);
        body->has_begun = true;
    } else if (body->next_row < body->page.row_count) {
        body->form->row(text, &body->page, body->next_row++);
    } else {
        body->form->end(text, &body->page);
        body->has_ended = true;
    }
}

static int next(void *state, struct time_slice slice, struct text *text, struct resource *file,
                struct byte_range *range) {
    (void)file;
    (void)range;
    struct listing_body *body = state;
    size_t length_before = text->length;
    while (!body->has_ended && !text->failed && text->length - length_before < PIECE_BYTES) {
        write_next(body, text);
        if (text->length > length_before && time_slice_is_over(slice)) {
            break;
        }
    }
    if (text->failed) {
        return -ENOMEM;
    }
    return text->length > length_before ? 1 : 0;
}

int listing_body_create(struct body_source *out, const struct listing_form *form,
                        const struct listing_page *page, struct folder_work *work) {
    struct listing_body *body = malloc(sizeof *body);
    char *path = strdup(page->path);
    if (body == NULL || path == NULL) {
        free(body);
        free(path);
        return -ENOMEM;
    }
    *body = (struct listing_body){
        .work = *work, .query = *page->query, .path = path, .form = form, .page = *page};
    body->page.path = path;
    body->page.query = &body->query;
    *work = (struct folder_work){0};
    *out = (struct body_source){
        .state = body, .size = body->work.counted_bytes, .seek = seek, .next = next, .release = release};
    return 0;
}
