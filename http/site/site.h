/* SPDX-License-Identifier: MIT */
/*
 * What a URL means under one root folder: a file, an index, a listing, a redirect, or a refusal. The root may
 * be a file, too: then there is nothing but that file, at / and at its name.
 *
 * Made once at the start and only read afterwards, by all workers at once.
 */
#ifndef LIDO_HTTP_SITE_SITE_H
#define LIDO_HTTP_SITE_SITE_H

#include "http/file_cache/file_cache.h"
#include "http/files/media_type.h"
#include "http/files/resource.h"
#include "http/rules/rules.h"
#include "http/semantics/target.h"
#include "http/site/variants.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct site;

/* Everything is copied but the forms, the cache, the relief and what is told of links. */
struct site_options {
    const char *where; /* in the settings: "lido.conf:12"; NULL: what stands outside of hosts */
    const char *root; /* path of the folder, or of the only file; NULL: it is gone, and all is answered 503 */
    /* Tells one state of one site from all others: what the cache remembers goes by it. */
    uint64_t identity;
    char *const *links; /* absolute paths of the folders that links may lead to, out of the root */
    size_t link_count;
    struct refused_links *refused; /* is told of links that lead out; stays the caller's; NULL for none */
    char *const *index_names;      /* file names, tried in order */
    size_t index_count;
    bool listing;         /* list folders without an index file */
    bool clean_urls;      /* "/about" is about.html, if there is no file about */
    const char *fallback; /* path of the page for what is not there, without a first slash; NULL for none */
    struct media_types_options media_types;
    size_t own_type_count; /* so many of media_types.overrides, from the first on, are of this host alone */
    /* Whose table is of the same options and of the other overrides, and shared; NULL: none is known. */
    const struct site *of_same_types;
    struct variants_options variants;
    struct site_rules_options rules;
    time_t source_date;       /* a time that tells nothing about a file, see validators.h; 0: none */
    struct file_cache *cache; /* stays the caller's; NULL: each file is opened for each answer */
    const struct descriptor_relief *relief; /* likewise; NULL: nobody gives way */
};

enum resolution_kind {
    RESOLVED_FILE,         /* resource, path and type are set */
    RESOLVED_FOLDER,       /* resource is the folder, to be listed */
    RESOLVED_SLASH_AHEAD,  /* a folder asked for without the final slash: redirect to that form */
    RESOLVED_SLASH_BEHIND, /* a clean URL asked for with a final slash: redirect to the form without */
    RESOLVED_REFUSAL       /* status is set */
};

struct resolution {
    const struct file_source *files; /* it was found through; as long as the caller's and the site live */
    enum resolution_kind kind;
    enum http_status status;
    struct resource resource;      /* fd -1 unless the kind says so; the caller's */
    const char *path;              /* of the file beneath the root; in the target, the site, or own_path */
    const struct media_type *type; /* lives as long as the site */
    char own_path[TARGET_PATH_BYTES];
};

/* Open the root, if there is one, and read the tables. Returns 0 and sets *out, or a negative errno of
 * opening the root (-ENOTDIR for what is neither a folder nor a regular file), or -ENOMEM. */
int site_create(struct site **out, const struct site_options *options) __attribute__((warn_unused_result));

/* NULL is allowed. */
void site_destroy(struct site *site);

/* Find out what the path of a target leads to. `files` is a copy of site_files(), made for this request; NULL: that
 * itself. Reads the file system, and so may wait for a disk.
 * Thread-safe. */
void site_resolve(const struct site *site, const struct target *target, const struct file_source *files,
                  struct resolution *resolution);

/* Note the link that leads out if it is the reason why nothing was found at a target. Reads the file system,
 * as site_resolve() does. Thread-safe. */
void site_note_refused_link(const struct site *site, const struct target *target);

/* The value of Content-Type for a file that was resolved: without the charset that is added to all where the
 * file declares its own. NULL for none. May read the first bytes of the file, and so wait for a disk.
 * Thread-safe. */
const char *site_content_type(const struct resolution *found);

/* Whether a page of the site's own client-side routes may stand for a path where nothing is: there is a
 * fallback, and the path's extension is not that of another type than HTML, by Lido's own table and the
 * owner's. `account` (NULL: nobody) is told which type keeps a fallback from it. Thread-safe. */
bool site_has_fallback_for(const struct site *site, const struct target *target,
                           const struct account *account);

/* Open the fallback. Thread-safe. */
void site_resolve_fallback(const struct site *site, const struct file_source *files,
                           struct resolution *resolution);

/* Open the page for errors of this status. Returns whether there is one and it can be read. Thread-safe. */
bool site_resolve_error_page(const struct site *site, enum http_status status,
                             const struct file_source *files, struct resolution *resolution);

/* The root that everything is opened beneath, the folder of an only file; it lives as long as the site, as do
 * those below. */
const struct beneath *site_root(const struct site *site);

const struct site_rules *site_rules(const struct site *site);

/* For file_cache_open(). */
const struct file_source *site_files(const struct site *site);

/* Where its settings stand, as given; "" for NULL. */
const char *site_where(const struct site *site);

time_t site_source_date(const struct site *site);

const struct variants *site_variants(const struct site *site);

const struct media_types *site_media_types(const struct site *site);

#endif
