/* SPDX-License-Identifier: MIT */
/*
 * Where a redirect leads: "/new/$1" or "https://example.org/$1", with $1..$9 for what the stars of its
 * pattern stood for and $$ for a plain '$'.
 *
 * Refused is what would let a visitor choose the host, and what leads back to where it came from. Private to
 * conf/.
 */
#ifndef LIDO_CONF_VALUES_REDIRECT_TARGET_H
#define LIDO_CONF_VALUES_REDIRECT_TARGET_H

#include "conf/base/complain.h"
#include "conf/values/option_value.h"

/* Read the target by itself. Returns true, or false after a complaint. Thread-safe. */
bool redirect_target_parse(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about)
    __attribute__((warn_unused_result));

/* Check a target that was parsed against the pattern of its section: each $n has its star, and the pattern
 * does not match what the target becomes with an "x" for each star. Returns as above. Thread-safe. */
bool redirect_target_check(const char *target, const char *pattern, struct complaint about)
    __attribute__((warn_unused_result));

#endif
