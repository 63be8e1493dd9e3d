/* SPDX-License-Identifier: MIT */
/*
 * What tests of a listing's query share.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_LISTING_QUERY_H
#define LIDO_TESTS_UNIT_HTTP_LISTING_QUERY_H

#include "http/listing/query.h"

/* As listing_query_parse(), of a copy in memory of just its size: a look behind its end is seen by
 * AddressSanitizer. */
bool query_parse_alone(struct view text, struct listing_query *query);

bool query_is_same(const struct listing_query *a, const struct listing_query *b);

#endif
