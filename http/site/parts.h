/* SPDX-License-Identifier: MIT */
/*
 * What a site is made of: made and freed by site.c, read by resolve.c.
 */
#ifndef LIDO_HTTP_SITE_PARTS_H
#define LIDO_HTTP_SITE_PARTS_H

#include "http/base/string_list.h"
#include "http/site/site.h"

struct places;
struct refused_links;

/* Where the root is a file. */
struct only_file {
    char *name; /* in the root, its folder; NULL for a root that is a folder */
    char *url;  /* the name by which it is known, which a link to it may give it */
};

struct site {
    struct beneath root;
    char *where;
    struct places *places; /* NULL: the root is gone, or only one file is served */
    struct refused_links *refused;
    struct only_file only;
    struct media_types *media_types;
    struct variants *variants;
    struct file_source files;
    struct site_rules rules;
    struct string_list index_names;
    char *fallback; /* NULL for none */
    time_t source_date;
    bool listing;
    bool clean_urls;
};

#endif
