/* SPDX-License-Identifier: MIT */
#include "http/base/json_writer.h"

#include <criterion/criterion.h>

TestSuite(json_writer, .timeout = 20);

static void expect_text(struct text *text, const char *expected) {
    cr_expect_not(text->failed);
    cr_expect(view_equals((struct view){text->bytes, text->length}, expected), "'%.*s'", (int)text->length,
              text->bytes);
    text_deinit(text);
}

Test(json_writer, makes_strings_of_any_bytes) {
    static const struct {
        struct view bytes;
        const char *json;
    } rows[] = {
        {{"", 0}, "\"\""},
        {{"a", 1}, "\"a\""},
        {{"gr\xC3\xBCn", 5}, "\"gr\xC3\xBCn\""},
        {{"gr\xFCn", 4}, "\"gr\xEF\xBF\xBDn\""},
        {{"\xFF", 1}, "\"\xEF\xBF\xBD\""},
        {{"a\0b", 3}, "\"a\\u0000b\""},
        {{"\0\xFF", 2}, "\"\\u0000\xEF\xBF\xBD\""},
        {{"\"\\/\n", 4}, "\"\\\"\\\\/\\n\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text text = {0};
        json_writer_append(&text, json_writer_string(rows[i].bytes), JSON_ENCODE_ANY);
        expect_text(&text, rows[i].json);
    }
}

Test(json_writer, appends_to_what_is_there_in_the_order_of_the_members) {
    struct text text = {0};
    json_t *object = json_object();
    text_append(&text, "[");
    json_writer_set(&object, "z", json_integer(1));
    json_writer_set(&object, "a", json_null());
    json_writer_append(&text, object, 0);
    expect_text(&text, "[{\"z\": 1, \"a\": null}");
}

Test(json_writer, fails_the_text_for_a_value_that_is_missing) {
    struct text text = {0};
    json_writer_append(&text, NULL, 0);
    cr_expect(text.failed);
    text_deinit(&text);

    json_t *object = json_object();
    json_writer_set(&object, "a", json_null());
    json_writer_set(&object, "b", NULL);
    cr_expect_null(object);
    json_writer_set(&object, "c", json_null()); /* seen by LeakSanitizer if it is not released */
    json_writer_append(&text, object, 0);
    cr_expect(text.failed);
    text_deinit(&text);

    json_t *array = json_array();
    json_writer_add(&array, json_null());
    json_writer_add(&array, NULL);
    cr_expect_null(array, "none that is too short");
    json_writer_add(&array, json_null());
    json_writer_append(&text, array, 0);
    cr_expect(text.failed);
    text_deinit(&text);
}
