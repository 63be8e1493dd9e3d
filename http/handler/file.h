/* SPDX-License-Identifier: MIT */
/*
 * The answer for a file that was found: which form of it the client gets (RFC 9110 section 12.1), its entity
 * tag, and whether a head that was made before will do.
 *
 * What is sent of that form is decided in representation.h.
 */
#ifndef LIDO_HTTP_HANDLER_FILE_H
#define LIDO_HTTP_HANDLER_FILE_H

#include "http/handler/context.h"

/* Fill the response. Takes over found->resource. May open, read and compress files, and so wait for a
 * disk. */
void file_respond(struct context *context, struct resolution *found);

#endif
