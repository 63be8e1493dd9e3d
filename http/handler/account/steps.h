/* SPDX-License-Identifier: MIT */
/*
 * What is told of how an answer came about (http/base/account.h): the request, the type, preconditions, ranges, caching.
 *
 * Words alone: decides nothing. Called only where somebody listens (context_account() is not NULL).
 */
#ifndef LIDO_HTTP_HANDLER_ACCOUNT_STEPS_H
#define LIDO_HTTP_HANDLER_ACCOUNT_STEPS_H

#include "http/handler/context.h"
#include "http/handler/representation.h"
#include "http/rules/rules.h"
#include "http/semantics/range.h"

/* What the URL means, and which site the host stands for. `status` is that of the request as a whole. */
void handler_steps_tell_request(const struct context *context, enum http_status status) __attribute__((cold));

/* The file that was found, its type, and what says so; and where no other form of it is looked for. */
void handler_steps_tell_file(const struct context *context, const struct resolution *found)
    __attribute__((cold));

/* Which page says that something went wrong: the owner's, or, with NULL, a built-in one. */
void handler_steps_tell_error(const struct context *context, enum http_status status,
                              const struct resolution *own, bool as_json) __attribute__((cold));

/* The validators, and what the preconditions came to. */
void handler_steps_tell_preconditions(const struct context *context,
                                      const struct representation *representation,
                                      const struct preconditions *preconditions,
                                      enum precondition_outcome outcome) __attribute__((cold));

/* Why Range, which was sent, counts or does not. */
void handler_steps_tell_range(const struct context *context, const struct representation *representation,
                              enum range_outcome outcome, const struct range_set *ranges)
    __attribute__((cold));

/* Which section says how long caches may keep it. */
void handler_steps_tell_cache(const struct context *context, const struct cache_directives *directives)
    __attribute__((cold));

#endif
