/* SPDX-License-Identifier: MIT */
/*
 * Why Lido cannot listen somewhere (bind(2), listen(2)), in one line that names the way out; or why it does
 * not where "auto" began.
 *
 * A part of the listener: words only. Looks into /proc for the program that holds a port, but changes
 * nothing.
 */
#ifndef LIDO_SERVER_LISTEN_ERROR_H
#define LIDO_SERVER_LISTEN_ERROR_H

#include "server/listen/listener.h"

struct listen_address;

/* Explain why `wanted` could not be opened: `error` is the negative errno, `set` what is open already. Blocks
 * only for reading /proc. Returns the kind of failure. */
enum listener_result listen_error_explain(int error, const struct sockaddr_storage *wanted,
                                          const struct listener_set *set, char text[LISTENER_ERROR_BYTES]);

/* Explain why a name was not resolved: `code` is getaddrinfo's. Call it before anything else changes
 * errno. */
enum listener_result listen_error_explain_name(int code, const struct listen_address *address,
                                               char text[LISTENER_ERROR_BYTES]);

/* Explain why "auto" did not take the first port. Blocks as listen_error_explain() does. Returns false,
 * `text` untouched, when there is nothing to explain. */
bool listen_error_explain_passed(const struct listener_set *set, char text[LISTENER_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
