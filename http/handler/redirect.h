/* SPDX-License-Identifier: MIT */
/*
 * The answers that send a client to another address (RFC 9110 section 15.4): to the same name with or without
 * its final slash, and to where the owner's rules say. Location is a URL of the owner's, or an absolute path
 * behind the base_path of the site (RFC 9110 section 10.2.2).
 *
 * Caches are told to ask each time, as browsers would keep a 301 for good.
 */
#ifndef LIDO_HTTP_HANDLER_REDIRECT_H
#define LIDO_HTTP_HANDLER_REDIRECT_H

#include "http/handler/context.h"

#include <stdbool.h>

/* Fill the response: 301 to the same name with a slash behind it (`ahead`), or without the one that it has.
 * The query is kept. */
void redirect_to_slash(struct context *context, bool ahead);

/* Fill the response if the owner has a redirect for this path. Returns whether there is one. */
bool redirect_by_rules(struct context *context) __attribute__((warn_unused_result));

#endif
