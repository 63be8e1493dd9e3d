/* SPDX-License-Identifier: MIT */
/*
 * The answer for a folder that is listed: as a page, as JSON, or as plain text. Its entity tag is made of its
 * bytes (RFC 9110 section 8.8.3), so that a client that comes back gets a 304 as long as nothing that is
 * shown has changed.
 *
 * Which rows there are and how they look is decided in http/listing/.
 */
#ifndef LIDO_HTTP_HANDLER_LISTING_H
#define LIDO_HTTP_HANDLER_LISTING_H

#include "http/base/time_slice.h"
#include "http/handler/context.h"
#include "http/handler/sharing/folder_jobs.h"
#include "http/listing/form.h"
#include "http/listing/query.h"

#include <stddef.h>

/* What the client wants: which rows, in which form, how many on a page (0: no bound). */
struct listing_choice {
    const struct listing_query *query;
    const struct listing_form *form;
    size_t limit;
};

void listing_choose(struct context *context, const struct listing_query *query,
                    struct listing_choice *choice);

/* Go on with the work. `folder` is as the site found it during this turn; may be taken over. Returns 0 when it is done,
 * -EAGAIN when the slice is over, or another negative errno. */
int listing_go_on(struct context *context, struct resource *folder, const struct listing_choice *choice,
                  struct folder_turn *turn, struct time_slice slice) __attribute__((warn_unused_result));

/* Fill the response once the work is done, for one of those who hold the job; *job becomes NULL where the response holds it
 * from now on. Returns 0 or -ENOMEM. */
int listing_respond(struct context *context, const struct listing_choice *choice, struct folder_job **job)
    __attribute__((warn_unused_result));

#endif
