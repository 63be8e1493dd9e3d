/* SPDX-License-Identifier: MIT */
/*
 * The small page that goes with an error or a redirect, for people and, as problem details (RFC 9457), for
 * programs. It names the status and nothing of the request or the file system, so that there is nothing to
 * leak.
 */
#ifndef LIDO_HTTP_PAGES_ERROR_PAGE_H
#define LIDO_HTTP_PAGES_ERROR_PAGE_H

#include "http/base/text.h"
#include "http/semantics/status.h"

/* The media types of its two forms. */
#define ERROR_PAGE_HTML_TYPE "text/html; charset=utf-8"
#define ERROR_PAGE_JSON_TYPE "application/problem+json"

/* What is said. All is borrowed. References are written as they are, escaped for HTML only. */
struct error_page {
    enum http_status status;
    const char *up;          /* relative reference to the folder above; NULL for no link */
    const char *location;    /* of a redirect: where to; NULL */
    const char *server_name; /* "Lido 1.2.3" for the page's foot; NULL: no name and no version */
};

/* Append the page as HTML; page_security_policy_error goes with it (page.h). */
void error_page_write(struct text *out, const struct error_page *page);

/* Append it as JSON: {"status":404,"title":"Not Found","detail":"..."}. Without memory out->failed is set. */
void error_page_write_json(struct text *out, const struct error_page *page);

#endif
