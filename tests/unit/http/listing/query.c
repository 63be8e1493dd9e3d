/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/listing/query.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

bool query_parse_alone(struct view text, struct listing_query *query) {
    char *copy = malloc(text.length > 0 ? text.length : 1);
    cr_assert_not_null(copy);
    memcpy(copy, text.bytes, text.length);
    memset(query, 0x55, sizeof *query);
    bool understood = listing_query_parse((struct view){copy, text.length}, query);
    free(copy);
    return understood;
}

bool query_is_same(const struct listing_query *a, const struct listing_query *b) {
    return a->sort == b->sort && a->descending == b->descending && a->limit == b->limit &&
           a->offset == b->offset && a->view == b->view && a->format == b->format &&
           a->download == b->download && strcmp(a->filter, b->filter) == 0;
}
