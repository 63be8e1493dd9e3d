/* SPDX-License-Identifier: MIT */
/*
 * Where an error page leads: to the nearest folder above what was asked for that has something to show.
 *
 * What exists and what is hidden is decided by the site, as for any request. Refuses to guess: without such a
 * folder there is no way.
 */
#ifndef LIDO_HTTP_HANDLER_WAY_UP_H
#define LIDO_HTTP_HANDLER_WAY_UP_H

#include "http/base/text.h"
#include "http/base/view.h"
#include "http/handler/context.h"

#include <stdbool.h>

/* Find it. Returns whether there is one: `folder` is its path ("" or "dir/", in the target of the context)
 * then, and a reference to it that holds for the request's own URL (RFC 3986 section 4.2) is appended to
 * `reference`. The folder itself counts when it was asked for with a query, or with more
 * behind it than a path can have. Reads the file system, down to
 * the first folder that is not there, and so may wait for a disk. */
bool way_up_find(const struct context *context, struct view *folder, struct text *reference);

#endif
