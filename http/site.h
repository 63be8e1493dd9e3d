/* SPDX-License-Identifier: MIT */
/*
 * What a URL means under one root folder: a file, an index, a listing, a redirect, or a refusal.
 *
 * Made once at the start and only read afterwards, by all workers at once.
 */
#ifndef LIDO_HTTP_SITE_H
#define LIDO_HTTP_SITE_H

#include "http/resource.h"
#include "http/target.h"

#include <stdbool.h>
#include <stddef.h>

struct site;

struct site_options {
    const char *root;         /* path of the folder */
    char *const *index_names; /* file names, tried in order; copied */
    size_t index_count;
    bool listing;                 /* list folders without an index file */
    const char *charset;          /* of text; NULL for none */
    const char *media_types_path; /* a mime.types file; NULL for the built-in table */
};

enum resolution_kind {
    RESOLVED_FILE,        /* resource and content_type are set */
    RESOLVED_FOLDER,      /* resource is the folder, to be listed */
    RESOLVED_SLASH_AHEAD, /* a folder asked for without the final slash: redirect to that form */
    RESOLVED_REFUSAL      /* status is set */
};

struct resolution {
    enum resolution_kind kind;
    enum http_status status;
    struct resource resource; /* fd -1 unless the kind says so; the caller's */
    const char *content_type; /* lives as long as the site */
};

/* Open the root and read the tables. Returns 0 and sets *out, or a negative errno of opening the root, or -ENOMEM. */
int site_create(struct site **out, const struct site_options *options) __attribute__((warn_unused_result));

/* NULL is allowed. */
void site_destroy(struct site *site);

/* Find out what the path of a target leads to. Reads the file system, and so may wait for a disk. Thread-safe. */
void site_resolve(const struct site *site, const struct target *target, struct resolution *resolution);

/* The root that everything is opened beneath; it lives as long as the site. */
const struct beneath *site_root(const struct site *site);

#endif
