/* SPDX-License-Identifier: MIT */
/*
 * The answer for whatever cannot be done: the owner's page for its status, or a small one of Lido's own, as
 * HTML or as problem details (RFC 9457). It tells the status, and of the request the path that is missing and
 * what was wrong with its query; of the file system, which folder above can be shown.
 *
 * Which status it is has been decided before (RFC 9110 section 15).
 */
#ifndef LIDO_HTTP_HANDLER_ERROR_H
#define LIDO_HTTP_HANDLER_ERROR_H

#include "http/handler/context.h"
#include "http/pages/error_page.h"

/* Fill the response, which nothing has been put into yet. May read the owner's page, and so wait for a disk.
 */
void error_respond(struct context *context, enum http_status status);

/* The same with one more field. */
void error_respond_with(struct context *context, enum http_status status, const char *field,
                        const char *value);

/* The same, with a sentence that says more than that of the status. */
void error_explain(struct context *context, enum http_status status, const char *detail);

/* The answer where a folder has more entries than may be looked at for one request: 403, with the bound. `deed`: "too
 * many to ...". */
void error_refuse_crowd(struct context *context, const char *deed);

/* Finish a head that has been begun with a small page of Lido's own as HTML. */
void error_finish_with_page(struct context *context, const struct error_page *page);

#endif
