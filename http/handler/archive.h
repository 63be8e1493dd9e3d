/* SPDX-License-Identifier: MIT */
/*
 * The answer for a folder that is downloaded: a tar archive with its length, its entity tag and its name (RFC
 * 6266). An interrupted download can be resumed, with one range.
 *
 * Knows nothing of tar; http/archive/ does.
 */
#ifndef LIDO_HTTP_HANDLER_ARCHIVE_H
#define LIDO_HTTP_HANDLER_ARCHIVE_H

#include "http/base/time_slice.h"
#include "http/handler/context.h"

#include <stdbool.h>

/* As folder_respond(), for a query that wants the archive. */
bool archive_respond(struct context *context, struct resolution *found, struct folder_work *work,
                     struct time_slice slice) __attribute__((warn_unused_result));

#endif
