/* SPDX-License-Identifier: MIT */
/*
 * The fields of a request that something here asks for: which they are, where their values go, and what
 * becomes of one that comes again.
 *
 * A value is a view into the bytes of the head. Of a field that came several times, one that decides where
 * the message goes or ends is a mistake; of one that is a list, the values are joined in memory of this
 * module, as if they had come in one line (RFC 9110 section 5.3); of others the first one stays. Not
 * thread-safe: one owner at a time.
 */
#ifndef LIDO_HTTP_REQUEST_FIELDS_H
#define LIDO_HTTP_REQUEST_FIELDS_H

#include "http/base/text.h"
#include "http/request/request.h"

#include <stdbool.h>
#include <stddef.h>

enum { REQUEST_FIELDS_COUNT = 17 };

/* All-zero at first. */
struct request_fields {
    bool repeated;                 /* a field came twice that may come once */
    bool failed;                   /* no memory to join values */
    struct view *place_in_request; /* where the value that comes now goes; NULL when nobody asks for it */
    size_t place;                  /* the same, in the table of fields */
    struct view value;             /* what has come of it */
    bool has_joined;               /* some text below is in use */
    struct text joined[REQUEST_FIELDS_COUNT];
};

/* Begin with the next request; what the last one's values pointed to is gone. */
void request_fields_begin(struct request_fields *fields);

/* A field of this name begins; its value goes into *request. */
void request_fields_open(struct request_fields *fields, struct view name, struct request *request);

/* A piece of its value; pieces lie side by side. */
void request_fields_extend(struct request_fields *fields, const char *at, size_t length);

/* The value is complete. White space behind it is taken off. */
void request_fields_close(struct request_fields *fields);

/* Free what it holds. */
void request_fields_deinit(struct request_fields *fields);

#endif
