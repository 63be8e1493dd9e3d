/* SPDX-License-Identifier: MIT */
/*
 * The authority of a URI, as a Host field or an absolute target has it: a host, and perhaps a port (RFC 3986
 * section 3.2, RFC 9110 section 7.2).
 *
 * Text alone: whether there is such a host does not matter here. Pure functions, thread-safe.
 */
#ifndef LIDO_HTTP_SEMANTICS_AUTHORITY_H
#define LIDO_HTTP_SEMANTICS_AUTHORITY_H

#include "http/base/view.h"

#include <stdbool.h>

/* Take an authority apart. Returns whether it is one: a name, an IPv4 address, or an IPv6 or later address in
 * brackets, then perhaps a colon and digits or none (RFC 3986 sections 3.2.2 and 3.2.3). *host is set then,
 * with its brackets. Neither an empty host (RFC 9110 section 4.2.1) nor a user (section 4.2.4) is accepted.
 * Of an IPv6 address a zone is, as clients send it of a link-local one (RFC 6874; some without the 25). */
bool authority_split(struct view authority, struct view *host) __attribute__((warn_unused_result));

#endif
