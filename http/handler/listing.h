/* SPDX-License-Identifier: MIT */
/*
 * The answer for a folder that is listed: as a page, as JSON, or as plain text. Its entity tag is made of its
 * bytes (RFC 9110 section 8.8.3), so that a client that comes back gets a 304 as long as nothing that is
 * shown has changed.
 *
 * Which rows there are and how they look is decided in http/listing/.
 */
#ifndef LIDO_HTTP_HANDLER_LISTING_H
#define LIDO_HTTP_HANDLER_LISTING_H

#include "http/base/time_slice.h"
#include "http/handler/context.h"
#include "http/listing/query.h"

#include <stdbool.h>

/* As folder_respond(), for a query that wants rows. */
bool listing_respond(struct context *context, struct resolution *found, const struct listing_query *query,
                     struct folder_work *work, struct time_slice slice) __attribute__((warn_unused_result));

#endif
