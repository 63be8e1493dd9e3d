/* SPDX-License-Identifier: MIT */
/*
 * The answer for a folder without an index file: its listing, as a page, as JSON or as text, or the folder
 * itself as an archive.
 */
#ifndef LIDO_HTTP_HANDLER_FOLDER_H
#define LIDO_HTTP_HANDLER_FOLDER_H

#include "http/handler/context.h"

#include <stdbool.h>

/* Fill the response, or do a part of the work that it takes. Takes over found->resource. Returns false when
 * there is more to do, which is kept in the context's work: then nothing has been put into the response yet.
 * */
bool folder_respond(struct context *context, struct resolution *found) __attribute__((warn_unused_result));

#endif
