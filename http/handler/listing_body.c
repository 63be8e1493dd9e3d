/* SPDX-License-Identifier: MIT */
#include "http/handler/listing_body.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { PIECE_BYTES = 64 * 1024 };

struct listing_body {
    struct folder_job *job;               /* held */
    const struct folder_product *product; /* its */
    off_t copied_bytes;                   /* of a body that is kept */
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
    folder_job_release(body->job);
    free(body->path);
    free(body);
}

static void seek(void *state, struct byte_range range) {
    struct listing_body *body = state;
    assert(range.begin == 0 && range.end == folder_product_body_bytes(body->product));
    (void)range;
    body->has_begun = body->has_ended = false;
    body->next_row = 0;
    body->copied_bytes = 0;
}

static void copy_next(struct listing_body *body, struct text *text) {
    off_t left = folder_product_body_bytes(body->product) - body->copied_bytes;
    off_t length = left < PIECE_BYTES ? left : PIECE_BYTES;
    text_append_bytes(text, body->product->body.bytes + body->copied_bytes, (size_t)length);
    body->copied_bytes += length;
    body->has_ended = length == left;
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
        if (folder_product_has_body(body->product)) {
            copy_next(body, text);
        } else {
            write_next(body, text);
        }
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
                        const struct listing_page *page, struct folder_job *job) {
    struct listing_body *body = malloc(sizeof *body);
    char *path = strdup(page->path);
    if (body == NULL || path == NULL) {
        free(body);
        free(path);
        return -ENOMEM;
    }
    const struct folder_product *product = folder_job_product(job);
    *body = (struct listing_body){
        .job = job, .product = product, .query = *page->query, .path = path, .form = form, .page = *page};
    body->page.path = path;
    body->page.query = &body->query;
    *out = (struct body_source){.state = body,
                                .size = folder_product_body_bytes(product),
                                .seek = seek,
                                .next = next,
                                .release = release};
    return 0;
}
