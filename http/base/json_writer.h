/* SPDX-License-Identifier: MIT */
/*
 * JSON (RFC 8259) made by Jansson, written into a text.
 *
 * Knows no document: its writer puts values together with Jansson's functions. All of them take NULL for a
 * value that there was no memory for, so that one check is enough, in json_writer_append(). Refuses to guess
 * the encoding of names.
 */
#ifndef LIDO_HTTP_BASE_JSON_WRITER_H
#define LIDO_HTTP_BASE_JSON_WRITER_H

#include "http/base/text.h"
#include "http/base/view.h"

#include <jansson.h>
#include <stddef.h>

/* Seed the hashes of objects (json_object_seed()): else the first object that is made opens /dev/urandom, which may be
 * out of reach by then. Once, before there are threads. */
void json_writer_seed(void);

/* Make a string of untrusted bytes: what is not UTF-8 becomes U+FFFD. Returns NULL when there is no
 * memory. The caller owns it. Thread-safe. */
json_t *json_writer_string(struct view bytes) __attribute__((warn_unused_result));

/* Put a member into an object, and take over its value. Without memory, or when one of both is NULL, the
 * object is released and becomes NULL. */
void json_writer_set(json_t **object, const char *name, json_t *value);

/* The same for a further value of an array. */
void json_writer_add(json_t **array, json_t *value);

/* Append a value and release it; NULL fails the text, as does running out of memory here. `flags` are
 * those of json_dumps(). */
void json_writer_append(struct text *out, json_t *value, size_t flags);

/* The library and its version, e.g. "Jansson 2.14". */
const char *json_writer_library(void);

#endif
