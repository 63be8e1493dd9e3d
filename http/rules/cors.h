/* SPDX-License-Identifier: MIT */
/*
 * Cross-origin resource sharing (Fetch standard, section 3.2): which pages of other origins may read the
 * answers.
 *
 * Never with credentials. Made once, then only read, by all workers at once.
 */
#ifndef LIDO_HTTP_RULES_CORS_H
#define LIDO_HTTP_RULES_CORS_H

#include "http/request/request.h"
#include "http/response/response.h"

#include <stdbool.h>
#include <stddef.h>

struct cors;

/* `origins` ("https://example.org", lower case) are copied; "*" alone stands for all. Returns NULL when there
 * is no memory, or no origin. */
struct cors *cors_create(char *const *origins, size_t count);

/* NULL is allowed, here and below: no sharing. */
void cors_destroy(struct cors *cors);

/* Whether the request asks for permission: OPTIONS with Origin and Access-Control-Request-Method. */
bool cors_is_preflight(const struct cors *cors, const struct request *request);

/* Add the fields that any answer carries, errors and 304 too: Access-Control-Allow-Origin if the origin may
 * read it, Access-Control-Expose-Headers, and Vary: Origin where the answer depends on it (a list of
 * origins), whether or not the request has an Origin. */
void cors_add_fields(const struct cors *cors, const struct request *request, struct response *response);

/* Add what a preflight is told besides: methods, the fields that it asks for (those that are tokens), how
 * long to remember. Only if the origin may. */
void cors_add_permissions(const struct cors *cors, const struct request *request, struct response *response);

#endif
