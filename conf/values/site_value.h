/* SPDX-License-Identifier: MIT */
/*
 * Values that say what a site is served with: media types, paths of the site, web origins, names of hosts,
 * patterns. Each is checked and brought into canonical form.
 *
 * Purely textual: nothing is opened, resolved or matched here. Private to conf/.
 */
#ifndef LIDO_CONF_VALUES_SITE_VALUE_H
#define LIDO_CONF_VALUES_SITE_VALUE_H

#include "conf/base/complain.h"
#include "conf/values/option_value.h"

/* Each writes the canonical form of `text` to `result` and returns true; or returns false after a complaint.
 * Thread-safe. */

/* "text/markdown" (RFC 9110 section 8.3.1), lower-cased; without parameters. */
bool site_value_media_type(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about)
    __attribute__((warn_unused_result));

/* The same with any number of stars: "text/" and a star. */
bool site_value_media_pattern(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about)
    __attribute__((warn_unused_result));

/* A file of the site: "/404.html". */
bool site_value_path(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about)
    __attribute__((warn_unused_result));

/* What a proxy takes off paths, as it stands in a URL (RFC 3986 section 3.3): "/prefix". */
bool site_value_prefix(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about)
    __attribute__((warn_unused_result));

/* What cache, header and redirect stand for: paths from '/' or a star on, or else media types, if they
 * may. */
bool site_value_pattern(const char *text, bool media_types, char result[OPTION_VALUE_BYTES],
                        struct complaint about) __attribute__((warn_unused_result));

/* "https://example.org:8443" (RFC 6454 section 6.2), lower-cased, without the port that the scheme
 * implies. */
bool site_value_origin(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about)
    __attribute__((warn_unused_result));

/* "example.org", "*.example.org", "192.0.2.1", "[2001:db8::1]", lower-cased, without a final dot. */
bool site_value_host(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about)
    __attribute__((warn_unused_result));

/* The extension of a file's name, lower-cased, without its dot. */
bool site_value_extension(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about)
    __attribute__((warn_unused_result));

#endif
