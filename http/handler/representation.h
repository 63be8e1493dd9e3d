/* SPDX-License-Identifier: MIT */
/*
 * The one step from what a resource has to say (a representation, RFC 9110 section 3.2) to the answer:
 * whether the client has it already, whether it wanted another one, and which part of it is sent.
 *
 * Its bytes are context->response->body, and may be a text, a file or what a source makes. How they came
 * there, and which form of several it is, has been decided before. Sources: RFC 9110 sections 8 (fields and
 * validators), 13 (preconditions) and 14 (ranges), in the order of 13.2.2.
 */
#ifndef LIDO_HTTP_HANDLER_REPRESENTATION_H
#define LIDO_HTTP_HANDLER_REPRESENTATION_H

#include "http/handler/context.h"
#include "http/semantics/content_coding.h"
#include "http/semantics/precondition.h"
#include "http/semantics/validators.h"

#include <stddef.h>

/* What is said of it. */
struct representation {
    const char *content_type;
    const struct media_type *type; /* of a file, which the owner's rules go by; NULL for what is made here */
    struct validators validators;
    enum content_coding coding;
    size_t ranges_max;      /* how many of its ranges one answer may have: 0, 1, or RANGE_PARTS_MAX */
    const char *field_name; /* of one more field that goes with its bytes; NULL for none */
    const char *field_value;
};

/* Whether these preconditions let it be sent. */
enum precondition_outcome representation_evaluate(const struct representation *representation,
                                                  const struct context *context,
                                                  const struct preconditions *preconditions);

/* Fill the response: 200, 206, 304, 412 or 416. `preconditions` are those of the request that are still to be
 * looked at. May wait for a disk. */
void representation_respond(const struct representation *representation, struct context *context,
                            const struct preconditions *preconditions);

#endif
