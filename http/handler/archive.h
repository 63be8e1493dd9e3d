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
#include "http/handler/sharing/folder_jobs.h"

/* Go on with measuring it. Returns 0 when that is done, -EAGAIN when the slice is over, or another negative errno. */
int archive_continue(struct context *context, enum archive_form form, struct folder_product *product,
                     struct time_slice slice) __attribute__((warn_unused_result));

/* Fill the response once it is measured, for one of those who hold the job. Returns 0 or -ENOMEM. */
int archive_respond(struct context *context, enum archive_form form, struct folder_job *job)
    __attribute__((warn_unused_result));

#endif
