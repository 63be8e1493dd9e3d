/* SPDX-License-Identifier: MIT */
/*
 * The answer for a folder that is downloaded: an archive with its length, its entity tag and its name (RFC
 * 6266). An interrupted download can be resumed, with one range.
 *
 * Knows nothing of what is in a tar or a zip; http/archive/ does.
 */
#ifndef LIDO_HTTP_HANDLER_ARCHIVE_H
#define LIDO_HTTP_HANDLER_ARCHIVE_H

#include "http/archive/archive.h"
#include "http/base/time_slice.h"
#include "http/handler/context.h"

#include <stdbool.h>

/* As folder_respond(), for a query that wants the archive in this form. */
bool archive_respond(struct context *context, struct resolution *found, enum archive_form form,
                     struct folder_work *work, struct time_slice slice) __attribute__((warn_unused_result));

#endif
