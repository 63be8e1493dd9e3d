/* SPDX-License-Identifier: MIT */
/*
 * The small HTML page that goes with an error or a redirect. It names the status and nothing of the request or the file
 * system, so that there is nothing to escape and nothing to leak.
 */
#ifndef LIDO_HTTP_ERROR_PAGE_H
#define LIDO_HTTP_ERROR_PAGE_H

#include "http/status.h"
#include "http/text.h"

/* Append the page for a status to *out. */
void error_page_write(struct text *out, enum http_status status);

#endif
