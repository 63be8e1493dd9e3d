/* SPDX-License-Identifier: MIT */
/* Random queries: read as they were written, and valid whatever is read. */
#include "tests/unit/http/listing/query.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

TestSuite(listing_query_model, .timeout = 20);

/* 512 letters, as many as a filter has at most. */
#define LETTERS "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define FOUR(x) x x x x
#define LONG FOUR(FOUR(LETTERS))

static size_t random_below(uint64_t *state, size_t end) {
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (size_t)(*state >> 33) % end;
}

static struct listing_query random_query(uint64_t *state) {
    struct listing_query query = {
        .sort = (enum listing_sort)random_below(state, 3),
        .descending = random_below(state, 2) == 1,
        .limit = 1 + random_below(state, LISTING_LIMIT_MAX),
        .offset = random_below(state, LISTING_OFFSET_MAX + 1),
        .view = (enum listing_view)random_below(state, 3),
        .format = (enum listing_format)random_below(state, 4),
        .download = (enum listing_download)random_below(state, LIDO_HAVE_ZLIB ? 3 : 2),
    };
    size_t length = random_below(state, LISTING_FILTER_BYTES + 1);
    for (size_t i = 0; i < length; i++) {
        query.filter[i] = (char)(1 + random_below(state, 255));
    }
    return query;
}

Test(listing_query_model, is_read_as_it_was_written) {
    uint64_t state = 1;
    struct text text = {0};
    for (int round = 0; round < 20000; round++) {
        struct listing_query written = random_query(&state);
        struct listing_query read;
        text_clear(&text, SIZE_MAX);
        listing_query_write(&text, &written);
        struct view sent =
            text.bytes[0] == '?' ? (struct view){text.bytes + 1, text.length - 1} : view_of("");
        cr_assert(query_parse_alone(sent, &read), "round %d: %.*s", round, (int)text.length, text.bytes);
        cr_assert(query_is_same(&read, &written), "round %d: %.*s", round, (int)text.length, text.bytes);
    }
    text_deinit(&text);
}

Test(listing_query_model, is_valid_whatever_is_read) {
    static const char *const pieces[] = {
        "sort", "order", "limit", "offset", "filter", "view",     "format", "download", "=",    "=",
        "&",    "&",     "%",     "+",      "0",      "9",        "size",   "desc",     "list", "json",
        "tar",  "zip",   "%00",   "%4",     "%3D",    "99999999", LONG,     "\xFF",     ";"};
    uint64_t state = 2;
    struct text text = {0};
    for (int round = 0; round < 50000; round++) {
        text_clear(&text, SIZE_MAX);
        text_append(&text, "");
        for (size_t i = random_below(&state, 12); i > 0; i--) {
            text_append(&text, pieces[random_below(&state, sizeof pieces / sizeof pieces[0])]);
        }
        struct listing_query query;
        (void)query_parse_alone((struct view){text.bytes, text.length}, &query);
        bool is_valid = query.sort <= LISTING_BY_TIME && query.limit <= LISTING_LIMIT_MAX &&
                        query.offset <= LISTING_OFFSET_MAX && query.view <= LISTING_VIEW_GRID &&
                        query.format <= LISTING_TEXT &&
                        memchr(query.filter, '\0', sizeof query.filter) != NULL;
        cr_assert(is_valid, "%.*s", (int)text.length, text.bytes);
    }
    text_deinit(&text);
}
