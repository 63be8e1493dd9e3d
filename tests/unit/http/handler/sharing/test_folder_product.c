/* SPDX-License-Identifier: MIT */
/* What is kept of a body, and what it costs. */
#include "http/handler/sharing/folder_product.h"

#include <criterion/criterion.h>
#include <string.h>

enum { KIB = 1024, LIMIT = 4 * 1024 * 1024 };

static struct memory_budget budget = {.limit_bytes = LIMIT};
static struct folder_product product = {.budget = &budget};

static void tear_down(void) {
    folder_product_deinit(&product);
    cr_expect_eq(budget.used_bytes, 0, "%zu", (size_t)budget.used_bytes);
}

TestSuite(folder_product, .fini = tear_down, .timeout = 20);

/* Returns how many there are then. */
static off_t write_kib(struct folder_product *to, size_t count) {
    char kib[KIB];
    for (size_t i = 0; i < count; i++) {
        memset(kib, 'a' + (int)(i % 26), sizeof kib);
        text_append_bytes(&to->body, kib, sizeof kib);
        cr_assert_eq(folder_product_shorten(to), 0);
    }
    return (off_t)(count * KIB);
}

Test(folder_product, keeps_a_short_body) {
    off_t bytes = write_kib(&product, FOLDER_PRODUCT_KEPT_BYTES / KIB - 1);
    cr_assert(folder_product_take_budget(&product));
    cr_expect_geq(budget.used_bytes, product.body.capacity);
    cr_assert_eq(folder_product_finish_body(&product), 0);
    cr_expect(folder_product_has_body(&product));
    cr_expect_eq(folder_product_body_bytes(&product), bytes);
    cr_expect_eq(product.body.length, (size_t)bytes);
}

Test(folder_product, counts_a_long_body_away) {
    text_append(&product.readme, "to be shown");
    off_t bytes = write_kib(&product, FOLDER_PRODUCT_KEPT_BYTES / KIB + 100);
    cr_assert(folder_product_take_budget(&product));
    cr_assert_eq(folder_product_finish_body(&product), 0);
    cr_expect_not(folder_product_has_body(&product));
    cr_expect_eq(folder_product_body_bytes(&product), bytes);
    cr_expect_null(product.body.bytes);
    cr_expect_eq(budget.used_bytes, product.readme.capacity, "the readme is all that is left");
}

Test(folder_product, has_the_same_tag_however_its_bytes_were_counted) {
    struct folder_product other = {.budget = &budget};
    char all[KIB] = "";
    (void)write_kib(&product, FOLDER_PRODUCT_KEPT_BYTES / KIB + 1);
    for (size_t i = 0; i < FOLDER_PRODUCT_KEPT_BYTES / KIB + 1; i++) {
        memset(all, 'a' + (int)(i % 26), sizeof all);
        text_append_bytes(&other.body, all, sizeof all);
    }
    cr_assert_eq(folder_product_finish_body(&product), 0);
    cr_assert_eq(folder_product_finish_body(&other), 0);
    cr_expect_str_eq(product.tag, other.tag);
    cr_expect_eq(folder_product_body_bytes(&product), folder_product_body_bytes(&other));
    folder_product_deinit(&other);
}

Test(folder_product, says_when_the_budget_is_used_up) {
    cr_assert(memory_budget_take(&budget, LIMIT - 1));
    (void)write_kib(&product, 1);
    cr_expect_not(folder_product_take_budget(&product));
    cr_expect_eq(product.budget_bytes, 0);
    memory_budget_give(&budget, LIMIT - 1);
    cr_expect(folder_product_take_budget(&product));
    size_t used = budget.used_bytes;
    cr_expect(folder_product_take_budget(&product));
    cr_expect_eq(budget.used_bytes, used, "it has been taken already");
}

Test(folder_product, notes_the_latest_change) {
    folder_product_note_change(&product, 10);
    folder_product_note_change(&product, 20);
    folder_product_note_change(&product, 15);
    cr_expect_eq(product.changed, 20);
}
