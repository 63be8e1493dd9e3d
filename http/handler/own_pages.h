/* SPDX-License-Identifier: MIT */
/*
 * Pages that the program itself has under a path, in place of files: what they are is known to whoever made them.
 *
 * Decides who gets them, and what their heads say: no cache keeps them, no rule of the owner's changes them, no other
 * origin reads them. For everybody else there is nothing under that path but files, if there are any.
 */
#ifndef LIDO_HTTP_HANDLER_OWN_PAGES_H
#define LIDO_HTTP_HANDLER_OWN_PAGES_H

#include "http/base/text.h"
#include "http/base/view.h"
#include "http/semantics/status.h"

#include <stdbool.h>

struct context;

/* Whether a client may see them: decided when it is accepted, by where it comes from. */
enum own_pages_access {
    OWN_PAGES_NONE,
    OWN_PAGES_TOO, /* beside the files, unless the generation keeps them apart */
    OWN_PAGES_ONLY /* and nothing else; they are found without their path, too */
};

/* What is asked; views of the request. */
struct own_request {
    struct view name;   /* behind the path, decoded: "" or "status.json" */
    struct view query;  /* bytes NULL when there is none */
    struct view accept; /* likewise */
    bool closing;       /* the server is about to stop */
};

/* To be filled in; the texts are constants. */
struct own_answer {
    enum http_status status;     /* HTTP_OK at first */
    const char *content_type;    /* must be set */
    const char *security_policy; /* Content-Security-Policy; NULL: nothing is allowed */
    struct text *body;           /* to be appended to; a failure is found there */
};

struct own_pages {
    /* Make a page. Returns false when there is none of that name. Called by workers, several at once. */
    bool (*answer)(void *context, const struct own_request *request, struct own_answer *answer);
    void *context;
};

/* Fill the response if the target is one of these pages, for GET and HEAD; or, for a client that may see nothing else,
 * with a 404. Returns whether it did. */
bool own_pages_respond(struct context *context) __attribute__((warn_unused_result));

#endif
