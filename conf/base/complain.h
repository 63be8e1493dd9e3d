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

#include "conf/settings.h"

#include <stdbool.h>

enum { SHOWN_BYTES = 68, SUBJECT_BYTES = 320 };

/* Where a check that fails says so. It is handed down from call to call, never kept. */
struct complaint {
    const char *subject; /* what the check looks at: "lido.conf:3: threads", "--port" */
    char *error;         /* room for CONFIG_ERROR_BYTES */
};

struct subject {
    char text[SUBJECT_BYTES];
};

/* A value as a complaint quotes it. Returned by value, so that a call can stand among the arguments of
 * complain(). */
struct shown {
    char text[SHOWN_BYTES];
};

/* Write "<subject>: <message>" to about.error. Returns false, always: `return complain(...)` is how a check
 * fails. Thread-safe. */
bool complain(struct complaint about, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Where to complain while what follows is to be looked at as well: the complaints go to `mistakes` one by
 * one, and the first of them is what `error` is left with. */
struct complaints {
    struct config_mistakes *mistakes;
    char *error; /* room for CONFIG_ERROR_BYTES */
    size_t count;
    char first[CONFIG_ERROR_BYTES];
};

/* Take what error holds if it is not `right`. Thread-safe. */
void complaints_note(struct complaints *complaints, bool right);

/* Leave the first complaint in error. Returns whether there was none. Thread-safe. */
bool complaints_end(const struct complaints *complaints);

/* "lido.conf:3: threads" of "lido.conf:3" and "threads", or the place alone without a name (NULL); of an
 * overlong place the end is kept. Thread-safe. */
struct subject subject_at(const char *where, const char *name);

/* `text` clipped to what a line has room for, at a character boundary (UTF-8). Thread-safe. */
struct shown show(const char *text);

/* As show(), for text[0 .. length) that may lack its NUL. */
struct shown show_part(const char *text, size_t length);

/* Replace by '?' each character of `text` that does something to a terminal (escape.h), in place: line ends and escape
 * sequences must not reach a log. */
void replace_controls(char *text);

#endif
