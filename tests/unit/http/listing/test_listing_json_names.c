/* SPDX-License-Identifier: MIT */
/* Names of random bytes in the form for programs; test_listing_json.c has its members one by one. */
#include "http/listing/form.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdint.h>
#include <stdlib.h>

TestSuite(listing_json_names, .timeout = 60);

static uint64_t random_state = 1;

static void random_name(char name[32]) {
    size_t length = 0;
    do {
        random_state = random_state * 6364136223846793005U + 1442695040888963407U;
        name[length] = (char)(unsigned char)(random_state >> 40);
        if (name[length] == '/') {
            name[length] = 'x';
        }
    } while (name[length++] != '\0' && length < 31);
    name[length] = '\0';
}

static void decode_reference(const char *href, char name[32]) {
    size_t length = 0;
    while (*href != '\0') {
        cr_assert_lt(length, 31);
        if (*href == '%') {
            const char digits[] = {href[1], href[2], '\0'};
            name[length++] = (char)(unsigned char)strtoul(digits, NULL, 16);
            href += 3;
        } else {
            name[length++] = *href++;
        }
    }
    name[length] = '\0';
}

/* The form of a folder with one file. The caller releases it with json_decref(). */
static json_t *document_of(const struct media_types *types, const char *name) {
    static const struct listing_query query = {.limit = 1};
    struct folder_entry entry = {.name = name};
    struct listing_page page = {.path = "",
                                .query = &query,
                                .rows = &entry,
                                .row_count = 1,
                                .all_row_count = 1,
                                .media_types = types};
    struct text written = {0};
    listing_json.begin(&written, &page);
    listing_json.row(&written, &page, 0);
    listing_json.end(&written, &page);
    json_t *document = json_loadb(written.bytes, written.length, JSON_REJECT_DUPLICATES, NULL);
    cr_assert(!written.failed && document != NULL, "%.*s", (int)written.length, written.bytes);
    text_deinit(&written);
    return document;
}

Test(listing_json_names, lead_to_the_exact_bytes) {
    struct media_types *types = media_types_create(&(struct media_types_options){.charset = "utf-8"});
    cr_assert_not_null(types);
    for (int round = 0; round < 20000; round++) {
        char name[32];
        char decoded[32];
        random_name(name);
        json_t *document = document_of(types, name);
        json_t *shown = json_array_get(json_object_get(document, "entries"), 0);
        decode_reference(json_string_value(json_object_get(shown, "href")), decoded);
        cr_assert_str_eq(decoded, name, "round %d", round);
        cr_assert_not_null(json_object_get(shown, "name"));
        json_decref(document);
    }
    media_types_destroy(types);
}
