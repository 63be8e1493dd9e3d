/* SPDX-License-Identifier: MIT */
/*
 * What is asked for with `lido --explain`, and the request that a client would send for it: as curl(1) would, in HTTP/1.1.
 *
 * Text alone: sends nothing. What no client could send is refused, not repaired.
 */
#ifndef LIDO_SERVER_EXPLAIN_QUESTION_H
#define LIDO_SERVER_EXPLAIN_QUESTION_H

#include "http/base/text.h"
#include "server/result.h"

#include <stdbool.h>
#include <stddef.h>

/* The caller's texts. */
struct explain_question {
    const char *url;    /* "http://host:port/path", "host/path"; "/path" or "*" for no host */
    const char *method; /* NULL: GET, or HEAD with `head` */
    const char *const
        *fields; /* "Name: value"; "Name:" takes the one out that would be sent, "Name;" sends it empty */
    size_t field_count;
    bool head;
};

/* Append the request to *request. Returns false with one line in `error` when there can be none; without memory
 * request->failed says so. */
bool explain_question_write(const struct explain_question *question, struct text *request,
                            char error[SERVER_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
