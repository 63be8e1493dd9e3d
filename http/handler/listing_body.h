/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a listing that several clients get, or that is too long to be kept in memory: copied, or written down anew,
 * piece by piece, while they are sent.
 *
 * The rows stay in memory as the folder was read, so that the second time they come to the same bytes, and
 * their length and entity tag are known before the first one is sent. Refuses ranges: it makes all or
 * nothing.
 */
#ifndef LIDO_HTTP_HANDLER_LISTING_BODY_H
#define LIDO_HTTP_HANDLER_LISTING_BODY_H

#include "http/handler/sharing/folder_jobs.h"
#include "http/listing/form.h"
#include "http/response/body_source.h"

/* Make the body of a page from a job that is done. Takes over the caller's hold of it; path and query of the page are
 * copied, and what else it points to has to live as long as the body. Returns 0 and sets *out; or -ENOMEM: then the hold
 * stays the caller's. */
int listing_body_create(struct body_source *out, const struct listing_form *form,
                        const struct listing_page *page, struct folder_job *job)
    __attribute__((warn_unused_result));

#endif
