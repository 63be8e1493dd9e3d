/* SPDX-License-Identifier: MIT */
/*
 * Which media type a file has, judged by the extension of its name: the system's table over a built-in one with the
 * types of the web.
 *
 * Read once at the start; afterwards nothing changes, so that all workers read it without a lock.
 */
#ifndef LIDO_HTTP_MEDIA_TYPE_H
#define LIDO_HTTP_MEDIA_TYPE_H

struct media_types;

/* Make the table: built-in types, then those of the mime.types file at `path` (format: a type, then its extensions),
 * which win. `path` NULL, or a file that cannot be read: the built-in ones alone. `charset` is added to text types, e.g.
 * "utf-8"; NULL for none. Returns NULL when there is no memory. Release with media_types_destroy(). */
struct media_types *media_types_create(const char *path, const char *charset);

void media_types_destroy(struct media_types *types);

/* The value of Content-Type for a file of this name (a path is fine): "text/html; charset=utf-8", or
 * "application/octet-stream" when the extension says nothing. Lives as long as the table. Thread-safe. */
const char *media_type_of(const struct media_types *types, const char *name);

#endif
