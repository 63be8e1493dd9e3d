/* SPDX-License-Identifier: MIT */
/*
 * The small page that goes with an error or a redirect, for people and, as problem details (RFC 9457), for
 * programs. It says what it is told, and nothing of its own of the request or the file system; paths are
 * escaped, and shortened for people.
 */
#ifndef LIDO_HTTP_PAGES_ERROR_PAGE_H
#define LIDO_HTTP_PAGES_ERROR_PAGE_H

#include "http/base/text.h"
#include "http/base/view.h"
#include "http/semantics/status.h"

/* The media types of its two forms. */
#define ERROR_PAGE_HTML_TYPE "text/html; charset=utf-8"
#define ERROR_PAGE_JSON_TYPE "application/problem+json"

/* What is said. All is borrowed. References are written as they are, escaped for HTML only. */
struct error_page {
    enum http_status status;
    const char *detail;      /* a sentence instead of that of the status; NULL */
    struct view path;        /* that is missing, without its first slash; bytes NULL: none is named */
    const char *instance;    /* the same as a reference, for JSON; NULL */
    const char *up;          /* reference to the nearest folder; NULL for no link */
    struct view up_folder;   /* its path, without its first slash */
    const char *location;    /* of a redirect: where to; NULL */
    const char *server_name; /* "Lido 1.2.3" for the page's foot; NULL: no name and no version */
};

/* Append the page as HTML; page_security_policy_error goes with it (page.h). */
void error_page_write(struct text *out, const struct error_page *page);

/* Append it as JSON: {"status":404,"title":"Not Found","detail":"..."}, with "instance" if there is
 * one. Without memory out->failed is set. */
void error_page_write_json(struct text *out, const struct error_page *page);

#endif
