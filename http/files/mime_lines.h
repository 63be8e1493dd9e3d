/* SPDX-License-Identifier: MIT */
/*
 * Lines like those of mime.types: a type, then its extensions, separated by white space; '#' begins a
 * comment, and a line without a type is passed over.
 *
 * Knows how they are written, and nothing of what a type means. Not for untrusted input: an extension may be
 * anything but white space.
 */
#ifndef LIDO_HTTP_FILES_MIME_LINES_H
#define LIDO_HTTP_FILES_MIME_LINES_H

#include "http/base/view.h"

#include <stdbool.h>

/* What to do with each extension. Returns false to stop. */
typedef bool mime_type_taker(void *context, struct view extension, struct view type);

/* Read one line. Returns whether it was read to its end. */
bool mime_line_read(const char *line, mime_type_taker *take, void *context);

/* Read a file of such lines. One that cannot be read is none. Returns false and sets errno without descriptors
 * or memory, as types would depend on that, and when `take` stopped it: to ENOMEM, as if that were its reason. May wait for
 * a disk. */
bool mime_file_read(const char *path, mime_type_taker *take, void *context);

#endif
