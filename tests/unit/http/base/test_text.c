/* SPDX-License-Identifier: MIT */
/* Link with -Wl,--wrap=realloc: memory runs out on demand. */
#include "http/base/text.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(text, .timeout = 10);

static bool realloc_fails;

void *__real_realloc(void *memory, size_t bytes);
void *__wrap_realloc(void *memory, size_t bytes);

void *__wrap_realloc(void *memory, size_t bytes) {
    return realloc_fails ? NULL : __real_realloc(memory, bytes);
}

static void expect_content(const struct text *text, const char *expected) {
    struct view content = {text->bytes, text->length};
    cr_expect(view_equals(content, expected), "'%.*s' instead of '%s'", (int)text->length,
              text->bytes != NULL ? text->bytes : "", expected);
}

Test(text, is_empty_at_first) {
    struct text text = {0};
    expect_content(&text, "");
    cr_expect_not(text.failed);
    text_deinit(&text);
}

Test(text, appends_behind_what_is_there) {
    struct text text = {0};
    text_append(&text, "HTTP/1.0 ");
    text_append_number(&text, 200);
    text_append_bytes(&text, " OKAY", 3);
    text_append_view(&text, (struct view){"\r\nrest", 2});
    expect_content(&text, "HTTP/1.0 200 OK\r\n");
    text_deinit(&text);
}

Test(text, keeps_any_byte) {
    struct text text = {0};
    char bytes[256];
    for (int i = 0; i < 256; i++) {
        bytes[i] = (char)i;
    }
    text_append_bytes(&text, bytes, sizeof bytes);
    cr_assert_eq(text.length, sizeof bytes);
    cr_expect_arr_eq(text.bytes, bytes, sizeof bytes);
    text_deinit(&text);
}

Test(text, takes_nothing_without_complaint) {
    struct text text = {0};
    text_append(&text, "");
    text_append_bytes(&text, NULL, 0);
    text_append_view(&text, (struct view){NULL, 0});
    expect_content(&text, "");
    cr_expect_not(text.failed);
    text_append(&text, "a");
    text_append_view(&text, (struct view){NULL, 0});
    expect_content(&text, "a");
    text_deinit(&text);
}

Test(text, writes_numbers_in_decimal) {
    static const struct {
        uint64_t number;
        const char *digits;
    } rows[] = {
        {0, "0"},
        {7, "7"},
        {10, "10"},
        {4294967296, "4294967296"},
        {UINT64_C(9223372036854775807), "9223372036854775807"},
        {UINT64_MAX, "18446744073709551615"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text text = {0};
        text_append_number(&text, rows[i].number);
        expect_content(&text, rows[i].digits);
        text_deinit(&text);
    }
}

Test(text, grows_as_far_as_needed) {
    struct text text = {0};
    char block[700];
    for (size_t i = 0; i < sizeof block; i++) {
        block[i] = (char)('a' + i % 26);
    }
    for (size_t n = 0; n < 200; n++) {
        text_append_bytes(&text, block, sizeof block);
    }
    cr_assert_eq(text.length, 200 * sizeof block);
    cr_expect_leq(text.length, text.capacity);
    for (size_t n = 0; n < 200; n++) {
        cr_expect_arr_eq(text.bytes + n * sizeof block, block, sizeof block);
    }
    text_deinit(&text);
    cr_expect_null(text.bytes);
    cr_expect_eq(text.capacity, 0);
}

Test(text, reserves_room_without_adding_to_its_length) {
    struct text text = {0};
    text_append(&text, "ab");
    char *room = text_reserve(&text, 5000);
    cr_assert_not_null(room);
    cr_expect_eq(room, text.bytes + 2);
    cr_expect_eq(text.length, 2);
    cr_expect_geq(text.capacity, 5002);
    memset(room, 'x', 5000);
    text.length += 5000;
    text_append(&text, "c");
    cr_expect_eq(text.length, 5003);
    cr_expect_eq(text.bytes[5002], 'c');
    text_deinit(&text);
}

/* NULL means that there is no memory, and no more than that: an empty file has room in an empty text. */
Test(text, reserves_room_for_nothing_too) {
    struct text text = {0};
    cr_expect_not_null(text_reserve(&text, 0));
    cr_expect_not(text.failed);
    text_deinit(&text);
}

Test(text, keeps_small_memory_when_it_is_cleared_and_gives_large_memory_back) {
    struct text text = {0};
    text_append(&text, "something");
    const char *bytes = text.bytes;
    size_t capacity = text.capacity;
    text_clear(&text, capacity);
    cr_expect_eq(text.length, 0);
    cr_expect_eq(text.bytes, bytes);
    cr_expect_eq(text.capacity, capacity);
    text_append(&text, "again");
    expect_content(&text, "again");
    text_clear(&text, capacity - 1);
    cr_expect_null(text.bytes);
    cr_expect_eq(text.capacity, 0);
    expect_content(&text, "");
    text_deinit(&text);
}

Test(text, remembers_that_memory_ran_out) {
    struct text text = {0};
    text_append(&text, "kept");
    realloc_fails = true;
    cr_expect_null(text_reserve(&text, text.capacity));
    realloc_fails = false;
    cr_expect(text.failed);
    text_append(&text, "not even this, which would fit");
    text_append_number(&text, 1);
    cr_expect_null(text_reserve(&text, 1));
    cr_expect(text.failed);
    expect_content(&text, "kept");
    text_clear(&text, text.capacity);
    cr_expect_not(text.failed);
    text_append(&text, "new");
    expect_content(&text, "new");
    text_deinit(&text);
}

Test(text, fails_at_the_first_append_without_memory) {
    struct text text = {0};
    realloc_fails = true;
    text_append(&text, "a");
    realloc_fails = false;
    cr_expect(text.failed);
    cr_expect_eq(text.length, 0);
    text_deinit(&text);
    cr_expect_not(text.failed);
}

Test(text, fails_on_a_length_that_no_memory_has) {
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 2};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        struct text text = {0};
        text_append(&text, "kept");
        cr_expect_null(text_reserve(&text, lengths[i]), "%zu", lengths[i]);
        cr_expect(text.failed, "%zu", lengths[i]);
        expect_content(&text, "kept");
        text_deinit(&text);
    }
}
