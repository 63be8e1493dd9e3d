/* SPDX-License-Identifier: MIT */
#include "http/handler/sharing/folder_product.h"

#include <errno.h>
#include <stdint.h>

enum { BUDGET_STEP = 64 * 1024 }; /* the budget is taken in steps of so many bytes */

void folder_product_deinit(struct folder_product *product) {
    listing_close(product->listing);
    archive_destroy(product->archive);
    text_deinit(&product->body);
    text_deinit(&product->readme);
    digest_destroy(product->digest);
    memory_budget_give(product->budget, product->budget_bytes);
}

void folder_product_note_change(struct folder_product *product, time_t changed) {
    product->changed = changed > product->changed ? changed : product->changed;
}

/* Returns 0 or -ENOMEM. */
static int count_away(struct folder_product *product) {
    product->digest = product->digest != NULL ? product->digest : digest_create();
    if (product->digest == NULL || product->body.failed) {
        return -ENOMEM;
    }
    digest_add(product->digest, product->body.bytes, product->body.length);
    product->counted_bytes += (off_t)product->body.length;
    text_clear(&product->body, SIZE_MAX);
    return 0;
}

int folder_product_shorten(struct folder_product *product) {
    return product->body.length < FOLDER_PRODUCT_KEPT_BYTES ? 0 : count_away(product);
}

bool folder_product_take_budget(struct folder_product *product) {
    size_t held = product->body.capacity + product->readme.capacity;
    if (held <= product->budget_bytes) {
        return true;
    }
    size_t wanted = held - product->budget_bytes + BUDGET_STEP;
    if (!memory_budget_take(product->budget, wanted)) {
        return false;
    }
    product->budget_bytes += wanted;
    return true;
}

/* Give back what the body has held. */
static void return_budget(struct folder_product *product) {
    size_t kept =
        product->readme.capacity < product->budget_bytes ? product->readme.capacity : product->budget_bytes;
    memory_budget_give(product->budget, product->budget_bytes - kept);
    product->budget_bytes = kept;
}

int folder_product_finish_body(struct folder_product *product) {
    if (folder_product_has_body(product)) {
        digest_of(product->body.bytes, product->body.length, product->tag);
        return 0;
    }
    int result = count_away(product);
    digest_write(product->digest, product->tag);
    text_deinit(&product->body);
    return_budget(product);
    return result;
}

bool folder_product_has_body(const struct folder_product *product) {
    return product->digest == NULL;
}

off_t folder_product_body_bytes(const struct folder_product *product) {
    return folder_product_has_body(product) ? (off_t)product->body.length : product->counted_bytes;
}
