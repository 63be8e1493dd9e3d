/* SPDX-License-Identifier: MIT */
/*
 * The answer for a folder without an index file: which of its listing (listing.h) or its archive (archive.h)
 * the query asks for, and how much of the work is done in one turn.
 */
#ifndef LIDO_HTTP_HANDLER_FOLDER_H
#define LIDO_HTTP_HANDLER_FOLDER_H

#include "http/handler/context.h"

#include <stdbool.h>

/* Fill the response, or do a part of the work that it takes, about a millisecond of it. Takes over
 * found->resource. Returns false when there is more to do: then the response is still empty, and what has
 * been done is kept in the work of the environment; perhaps nothing, if the thread is wanted elsewhere (blocking.h). May
 * wait for a disk. */
bool folder_respond(struct context *context, struct resolution *found) __attribute__((warn_unused_result));

#endif
