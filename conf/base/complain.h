/* SPDX-License-Identifier: MIT */
/*
 * The one form of a complaint: "<subject>: what is wrong; what would be right", one line, without control
 * characters.
 *
 * Quoted values are clipped and an overlong subject keeps its end, so that what is wrong always fits. Private
 * to conf/.
 */
#ifndef LIDO_CONF_BASE_COMPLAIN_H
#define LIDO_CONF_BASE_COMPLAIN_H

#include "conf/config.h"

#include <stdbool.h>

enum { SHOWN_BYTES = 68 };

/* A value as a complaint quotes it. Returned by value, so that a call can stand among the arguments of
 * complain(). */
struct shown {
    char text[SHOWN_BYTES];
};

/* Write "<subject>: <message>" to `error`. Returns false, always: `return complain(...)` is how a check
 * fails. Thread-safe. */
bool complain(char error[CONFIG_ERROR_BYTES], const char *subject, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* `text` clipped to what a line has room for, at a character boundary (UTF-8). Thread-safe. */
struct shown show(const char *text);

/* As show(), for text[0 .. length) that may lack its NUL. */
struct shown show_part(const char *text, size_t length);

/* Replace each control character of `text` by '?', in place: line ends and escape sequences must not reach a
 * log. */
void replace_controls(char *text);

#endif
