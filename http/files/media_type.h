/* SPDX-License-Identifier: MIT */
/*
 * Which media type (RFC 9110 section 8.3.1) a file has, judged by the last extension of its name, or by what
 * its owner says of its path; never by its content.
 *
 * The owner's own types win over all. The built-in table's types of the web come next (web_types.h): pages,
 * styles, scripts, JSON, WebAssembly, fonts, images, stream segments and source code, for which the tables of
 * systems are too old or have types that break pages. Then the system's table, and last what else the
 * built-in one knows.
 *
 * Read once at the start; afterwards nothing changes, so that all workers read it without a lock.
 */
#ifndef LIDO_HTTP_FILES_MEDIA_TYPE_H
#define LIDO_HTTP_FILES_MEDIA_TYPE_H

#include "http/base/view.h"
#include "http/semantics/content_coding.h"

#include <stdbool.h>
#include <stddef.h>

struct media_types;

/* What a type is for, and the type; "image/svg+xml gzip" for files that are in a coding. */
struct media_type_override {
    /* An extension, without its dot, in any letter case, which is also the whole name of a file without one
     * ("makefile"); or the path of one file, from the root on, with its first slash. */
    const char *extension;
    const char *type;
    const char *where; /* in the settings: "lido.conf:12"; NULL: unknown */
};

/* All strings stay the caller's and are not needed afterwards. */
struct media_types_options {
    /* A mime.types file (a type, then its extensions); NULL, or one that cannot be read: none. */
    const char *path;
    const char *charset;  /* added to text types, e.g. "utf-8"; NULL for none */
    const char *standard; /* of a file whose type is not known; NULL for none */
    bool sniff; /* what is not known by its name is UTF-8 text where it looks like that, else `standard` */
    const struct media_type_override *overrides; /* the first of an extension wins */
    size_t override_count;
    /* A table of the same options, whose own overrides count behind these: it is shared, and nothing is read. NULL: none. */
    struct media_types *beneath;
    /* Whether files of a type are worth compressing, see media_type.is_compressible; NULL: none is. Asked
     * while the table is made only. */
    bool (*is_compressible)(const void *context, struct view name);
    const void *context;
};

struct media_type {
    const char *content_type;    /* the value of Content-Type: "text/html; charset=utf-8"; NULL for none */
    const char *without_charset; /* the same without the one that options.charset has added */
    unsigned
        declared_by;  /* the hints (content_hints.h) by which a file says its charset itself; 0: no matter */
    struct view name; /* without parameters: "text/html"; bytes NULL for none */
    enum content_coding coding; /* that the file itself is in: gzip for drawing.svgz */
    bool is_known;              /* the extension says it; false for the standard type */
    bool may_be_text;           /* not known, and the content is to be asked: media_type_of_text() */
    bool is_compressible;       /* by options.is_compressible, and in no coding yet */
    const char *told_by;        /* what says it: "lido.conf:12", "/etc/mime.types"; for people */
    bool only_by_system; /* the extension is in the system's table alone, which has "com" and "me", too */
};

/* Returns NULL and sets errno when there is no memory, or no descriptor for the file. Release with media_types_destroy(). */
struct media_types *media_types_create(const struct media_types_options *options);

/* The same table for one more, who releases it, too. Thread-safe. */
struct media_types *media_types_share(struct media_types *types);

/* It goes with the last one who has it. NULL is allowed. Thread-safe. */
void media_types_destroy(struct media_types *types);

/* The type of the file at this path beneath the root. Never NULL; lives as long as the table. Thread-safe. */
const struct media_type *media_type_of(const struct media_types *types, const char *path);

/* The same by the name alone, wherever the file is. */
const struct media_type *media_type_of_name(const struct media_types *types, const char *name);

/* The type of text whose name says nothing: plain, and in UTF-8 unless charsets are not told at all. Never
 * NULL; lives as long as the table. Thread-safe. */
const struct media_type *media_type_of_text(const struct media_types *types);

#endif
