/* SPDX-License-Identifier: MIT */
/* Answers with a body of one kind, finished in one call. */
#ifndef LIDO_TESTS_UNIT_SUPPORT_BODIES_H
#define LIDO_TESTS_UNIT_SUPPORT_BODIES_H

#include "http/response/response.h"

static inline void finish_with_text(struct response *out, const char *text, const char *content_type) {
    text_append(body_use_text(&out->body), text);
    response_finish(out, content_type, NULL);
}

/* Takes over the file. `ranges` NULL: all of it. */
static inline void finish_with_file(struct response *out, struct resource *file, const char *content_type,
                                    const struct range_set *ranges) {
    body_take_file(&out->body, file);
    response_finish(out, content_type, ranges);
}

#endif
