/* SPDX-License-Identifier: MIT */
/*
 * What is told of how a file was found (http/base/account.h): what was tried, what came of it, and why.
 *
 * Words alone, and where nothing is found a look at why (missing.h): decides nothing. Nothing here is called unless
 * somebody listens, or does nothing then.
 */
#ifndef LIDO_HTTP_SITE_STEPS_H
#define LIDO_HTTP_SITE_STEPS_H

#include "http/base/account.h"
#include "http/files/beneath.h"
#include "http/files/resource.h"
#include "http/semantics/content_coding.h"
#include "http/semantics/negotiation.h"
#include "http/semantics/status.h"
#include "http/site/site.h"
#include "http/site/variants.h"

#include <stddef.h>

/* What opening the path came to, that is no file to be served: a folder with HTTP_OK, else nothing, and errno says why. */
void site_steps_tell_opened(const struct account *account, const struct beneath *root, const char *path,
                            enum http_status status) __attribute__((cold));

/* Why this one of the offered codings is none of `choice`. */
void site_steps_tell_refused(const struct account *account, const enum content_coding *offered,
                             size_t offered_count, const struct coding_choice *choice) __attribute__((cold));

/* What became of the compressed sibling of a file that is `file`. With another
 * `status` than HTTP_OK errno says why there is none. */
void site_steps_tell_sibling(const struct account *account, const char *path, enum content_coding coding,
                             enum http_status status, const struct resource *sibling,
                             const struct resource *file) __attribute__((cold));

#endif
