/* SPDX-License-Identifier: MIT */
/*
 * Which fields tell a browser that a page of another origin may read an answer (Fetch standard, section 3.2).
 *
 * Who may is decided by http/rules/cors.h. All functions are thread-safe, and take NULL for no sharing.
 */
#ifndef LIDO_HTTP_HANDLER_CORS_H
#define LIDO_HTTP_HANDLER_CORS_H

#include "http/base/account.h"
#include "http/request/request.h"
#include "http/response/response.h"
#include "http/rules/rules.h"

#include <stdbool.h>

/* Whether the request asks for permission: OPTIONS with Origin and Access-Control-Request-Method. */
bool cors_is_preflight(const struct cors *cors, const struct request *request);

/* Add the fields that any answer carries, errors and 304 too: Access-Control-Allow-Origin if the origin may
 * read it, Access-Control-Expose-Headers, and Vary: Origin where the answer depends on it (a list of
 * origins), whether or not the request has an Origin. `account` (NULL: nobody) is told whether it may. */
void cors_add_fields(const struct cors *cors, const struct request *request, struct response *response,
                     const struct account *account);

/* Add what a preflight is told besides: methods, the fields that it asks for (those that are tokens), how
 * long to remember. Only if the origin may. */
void cors_add_permissions(const struct cors *cors, const struct request *request, struct response *response);

#endif
