/* SPDX-License-Identifier: MIT */
/*
 * The answer for a folder that is downloaded: a tar archive with its length and its entity tag, of which a
 * client gets the range that it still lacks.
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
