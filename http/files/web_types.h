/* SPDX-License-Identifier: MIT */
/*
 * The built-in table of media types: what a web server has to know where the system has no table (an empty
 * container), or where the system's would break pages.
 *
 * Data only, in lines like those of mime.types: a type, then its extensions. The types are those of IANA's
 * registry (RFC 6838) or of the WHATWG's MIME Sniffing standard; where neither has one, what other servers
 * send.
 */
#ifndef LIDO_HTTP_FILES_WEB_TYPES_H
#define LIDO_HTTP_FILES_WEB_TYPES_H

/* Files that are in a coding: their type is that of what comes out of gzip (RFC 9110 section 8.4). They win
 * over the system's. Ended by NULL. */
extern const char *const web_types_in_gzip[];

/* Types that win over the system's: those by which a browser decides whether a script, style, font or image
 * is taken at all, and source code, which a browser shows as text/plain and offers for download as
 * text/x-python. Ended by NULL. */
extern const char *const web_types_over_system[];

/* Types that the system's table may replace. Ended by NULL. */
extern const char *const web_types_under_system[];

#endif
