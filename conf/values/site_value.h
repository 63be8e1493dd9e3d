/* SPDX-License-Identifier: MIT */
/*
 * Values that say what a site is served with: media types, paths of the site, web origins, names of hosts,
 * patterns, header fields, targets of redirects. Each is checked and brought into canonical form.
 *
 * Refused is what could break an answer or never match: control characters, what is no token (RFC 9110
 * sections 5.1 and 5.5), the fields by which a message is framed or described, which only the server can
 * know, and redirects by which a visitor could choose the host or that lead back to where they came from.
 * Purely textual: nothing is opened, resolved or matched here. Private to conf/.
 */
#ifndef LIDO_CONF_VALUES_SITE_VALUE_H
#define LIDO_CONF_VALUES_SITE_VALUE_H

#include "conf/base/complain.h"
#include "conf/values/option_value.h"

/* Writes the canonical form of `text` to `result` and returns true; or returns false after a complaint. All
 * are thread-safe. */
typedef bool site_value_reader(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about);

/* "text/markdown" (RFC 9110 section 8.3.1), lower-cased; without parameters. */
site_value_reader site_value_media_type __attribute__((warn_unused_result));

/* The same, or the type of what a file in a coding expands to: "image/svg+xml gzip"; br, zstd and gzip. */
site_value_reader site_value_coded_type __attribute__((warn_unused_result));

/* A media type, or the word sniff. */
site_value_reader site_value_default_type __attribute__((warn_unused_result));

/* A media type with any number of stars: "text/" and a star. */
site_value_reader site_value_media_pattern __attribute__((warn_unused_result));

/* A file of the site: "/404.html". */
site_value_reader site_value_path __attribute__((warn_unused_result));

/* What a proxy takes off paths, as it stands in a URL (RFC 3986 section 3.3): "/prefix". */
site_value_reader site_value_prefix __attribute__((warn_unused_result));

/* A folder of pages that are no files: "/.lido/". A final slash that is missing is added. */
site_value_reader site_value_own_folder __attribute__((warn_unused_result));

/* "inside", or the absolute path of a folder. */
site_value_reader site_value_folder __attribute__((warn_unused_result));

/* "hide", "serve", a pattern of paths, or '!' and one. */
site_value_reader site_value_shown __attribute__((warn_unused_result));

/* "https://example.org:8443" (RFC 6454 section 6.2), lower-cased, without the port that the scheme
 * implies. */
site_value_reader site_value_origin __attribute__((warn_unused_result));

/* "example.org", "*.example.org", "192.0.2.1", "[2001:db8::1]", lower-cased, without a final dot. */
site_value_reader site_value_host __attribute__((warn_unused_result));

/* What a line of types is for: the extension of a file's name, lower-cased, without its dot; or the path of a
 * file from the root. */
site_value_reader site_value_typed_file __attribute__((warn_unused_result));

/* The extension alone. */
site_value_reader site_value_extension __attribute__((warn_unused_result));

/* A header field "Name: value", with exactly one blank behind the colon; and a field's name alone. */
site_value_reader site_value_field __attribute__((warn_unused_result));
site_value_reader site_value_field_name __attribute__((warn_unused_result));

/* Where a redirect leads: "/new/$1" or "https://example.org/$1", with $1..$9 for what the stars of its
 * pattern stood for and $$ for a plain '$'. */
site_value_reader site_value_target __attribute__((warn_unused_result));

/* Check a target that was read against the pattern of its section: each $n has its star, and the pattern does
 * not match what the target becomes with an "x" for each star. Returns as above. Thread-safe. */
bool site_value_check_target(const char *target, const char *pattern, struct complaint about)
    __attribute__((warn_unused_result));

/* What cache, header and redirect stand for: paths from '/' or a star on, or else media types, if they may.
 * Returns as above. Thread-safe. */
bool site_value_pattern(const char *text, bool media_types, char result[OPTION_VALUE_BYTES],
                        struct complaint about) __attribute__((warn_unused_result));

#endif
