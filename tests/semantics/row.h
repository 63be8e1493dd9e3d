/* SPDX-License-Identifier: MIT */
/*
 * A row of the table of requests and answers: what is asked, which rule decides, and what must come back.
 *
 * The rows are data alone and say nothing about one server: what differs from server to server (tags, dates)
 * is written as a placeholder, see expand.h, so that the same table can be put to any of them.
 */
#ifndef LIDO_TESTS_SEMANTICS_ROW_H
#define LIDO_TESTS_SEMANTICS_ROW_H

#include <stdbool.h>
#include <stddef.h>

enum { ROW_FIELDS_MAX = 8 };

struct row {
    const char *name;
    const char *rule; /* "RFC 9110 14.2", "Fetch 3.2", or "lido.conf(5)" for what is Lido's own policy */
    const char *host; /* whose settings hold, see config.c; NULL: the site for hosts without a name */

    /* Lines, '\n' between: "GET /a.txt", then fields. A first line without a version is asked in both
     * HTTP/1.0, over a connection of its own, and HTTP/1.1, over one that stays. Host is added, and
     * Connection: close to a lone HTTP/1.1 line, unless the row has them. */
    const char *request;
    bool without_host; /* add no Host, not even in HTTP/1.1 */

    int status;

    /* "Name: value" exactly; "Name: *" any value; "!Name" absent; "Name: ~x" a list with x in it, "Name: !~x"
     * without; "Name: ^x" begins with x; "Name: !=x" is there and not x. */
    const char *fields[ROW_FIELDS_MAX];

    /* The body, if it matters: */
    const char *body; /* exactly this */
    const char *file; /* the bytes of this file, see content.h ... */
    const char *part; /* ... or of it "0-4", or "0-1,5-9" as multipart/byteranges */
    bool gzip;        /* ... which come in one gzip member */
    bool page;        /* some page of HTML */

    bool lido_only; /* a promise that only Lido makes; not put to other servers */
};

struct theme {
    const char *name;
    const struct row *rows;
    size_t count;
};

/* Define the theme of a file of rows, whose array is called `rows`. */
#define THEME(variable, title) \
    const struct theme variable = {.name = (title), .rows = rows, .count = sizeof rows / sizeof *rows}

extern const struct theme theme_validators;
extern const struct theme theme_matches;
extern const struct theme theme_dates;
extern const struct theme theme_precedence;
extern const struct theme theme_ranges;
extern const struct theme theme_if_range;
extern const struct theme theme_multipart;
extern const struct theme theme_codings;
extern const struct theme theme_siblings;
extern const struct theme theme_compression;
extern const struct theme theme_caching;
extern const struct theme theme_fields;
extern const struct theme theme_cors;
extern const struct theme theme_urls;
extern const struct theme theme_redirects;
extern const struct theme theme_hosts;
extern const struct theme theme_types;

/* All of them; NULL ends the list. */
extern const struct theme *const themes[];

#endif
