/* SPDX-License-Identifier: MIT */
/*
 * Cross-origin resource sharing (Fetch standard, section 3.2): which pages of other origins may read the
 * answers.
 *
 * Never with credentials. Reads no request and writes no field (http/handler/cors.h does). Made once, then
 * only read, by all workers at once.
 */
#ifndef LIDO_HTTP_RULES_CORS_H
#define LIDO_HTTP_RULES_CORS_H

#include "http/base/view.h"

#include <stdbool.h>
#include <stddef.h>

struct cors;

/* `origins` ("https://example.org", lower case) are copied; "*" alone stands for all. Returns NULL when there
 * is no memory, or no origin. */
struct cors *cors_create(char *const *origins, size_t count);

/* NULL is allowed: no sharing. */
void cors_destroy(struct cors *cors);

/* Find what Access-Control-Allow-Origin has to say to a page of this origin (bytes NULL: it did not tell):
 * "*" where all may read, also to those without an origin, so that a cache can give one answer to all; else
 * the origin itself, which is compared byte by byte, as browsers do ("CORS check"); NULL when it may not
 * read. Lives as long as `cors`. Thread-safe. */
const char *cors_find_origin(const struct cors *cors, struct view origin);

/* Whether not all origins are told the same. Thread-safe. */
bool cors_depends_on_origin(const struct cors *cors);

#endif
