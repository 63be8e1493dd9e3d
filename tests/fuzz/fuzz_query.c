/* SPDX-License-Identifier: MIT */
/* Queries of listings: valid whatever is read, and read again as they were written. */
#include "http/listing/query.h"
#include "tests/fuzz/fuzz.h"

static void check_valid(const struct listing_query *query) {
    fuzz_check(query->sort <= LISTING_BY_TIME && query->view <= LISTING_VIEW_GRID);
    fuzz_check(query->format <= LISTING_TEXT && query->download <= LISTING_DOWNLOAD_ZIP);
    fuzz_check(query->limit <= LISTING_LIMIT_MAX && query->offset <= LISTING_OFFSET_MAX);
    fuzz_check(strlen(query->filter) <= LISTING_FILTER_BYTES);
}

static void check_same(const struct listing_query *a, const struct listing_query *b) {
    fuzz_check(a->sort == b->sort && a->descending == b->descending && a->limit == b->limit);
    fuzz_check(a->offset == b->offset && a->view == b->view && a->format == b->format);
    fuzz_check(a->download == b->download && strcmp(a->filter, b->filter) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input = fuzz_begin(bytes, length);
    struct listing_query query;
    struct listing_query again;
    struct text text = {0};
    bool is_understood = listing_query_parse(fuzz_rest(&input), &query);
    fuzz_check(is_understood == (query.misread == NULL));
    check_valid(&query);
    listing_query_explain(&text, &query);
    fuzz_check(is_understood == (text.length == 0));
    text_clear(&text, SIZE_MAX);
    listing_query_write(&text, &query);
    fuzz_check(text.length > 0);
    bool is_plain = text.bytes[0] != '?';
    struct view written = is_plain ? view_of("") : (struct view){text.bytes + 1, text.length - 1};
    fuzz_check(listing_query_parse(written, &again));
    check_same(&query, &again);
    text_deinit(&text);
    fuzz_end(&input);
    return 0;
}
