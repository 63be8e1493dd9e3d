/* SPDX-License-Identifier: MIT */
/*
 * Small questions about a text that several checks of values ask. Pure; private to conf/.
 */
#ifndef LIDO_CONF_BASE_TEXT_CHECK_H
#define LIDO_CONF_BASE_TEXT_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_ALPHANUMERICS "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

/* Whether there is a control character (ASCII) in it. */
bool text_has_control(const char *text);

bool text_begins(const char *text, const char *beginning);

/* Whether all bytes of it are among `characters`. */
bool text_consists_of(const char *text, const char *characters);

/* Whether text[0 .. length) is an IPv6 address, without brackets and zone. */
bool text_is_ipv6(const char *text, size_t length);

/* How many of the first bytes are those of a token (RFC 9110 section 5.6.2). */
size_t text_token_length(const char *text);

/* Copy with ASCII letters lower-cased; `to` has room for strlen(from) + 1. */
void text_copy_lower(char *to, const char *from);

/* Whether the path has a segment that no request's path has: "", "." or ".." (a final "" is the slash of a
 * folder). */
bool text_has_odd_segment(const char *path);

#endif
