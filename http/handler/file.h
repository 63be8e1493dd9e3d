/* SPDX-License-Identifier: MIT */
/*
 * The answer for a file that was found: which form of it, whether the client has it already, which part of
 * it.
 *
 * Sources: RFC 9110 sections 8 (validators), 12 (codings), 13 (preconditions), 14 (ranges), in the order of
 * 13.2.2.
 */
#ifndef LIDO_HTTP_HANDLER_FILE_H
#define LIDO_HTTP_HANDLER_FILE_H

#include "http/handler/context.h"

/* Fill the response. Takes over found->resource. */
void file_respond(struct context *context, struct resolution *found);

#endif
