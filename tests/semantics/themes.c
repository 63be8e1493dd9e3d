/* SPDX-License-Identifier: MIT */
#include "tests/semantics/row.h"

const struct theme *const themes[] = {
    &theme_validators, &theme_matches, &theme_dates,     &theme_precedence,  &theme_ranges,  &theme_if_range,
    &theme_multipart,  &theme_codings, &theme_siblings,  &theme_compression, &theme_caching, &theme_fields,
    &theme_cors,       &theme_urls,    &theme_redirects, &theme_hosts,       &theme_types,   NULL,
};
