/* SPDX-License-Identifier: MIT */
/*
 * Which icon a file gets in a list, and whether it is a picture that can be shown there.
 *
 * Judged by its name and its media type. Nothing is served differently because of it, so it may be wrong.
 */
#ifndef LIDO_HTTP_LISTING_FILE_KIND_H
#define LIDO_HTTP_LISTING_FILE_KIND_H

#include "http/base/view.h"

#include <stdbool.h>

enum file_kind {
    FILE_KIND_FOLDER,
    FILE_KIND_IMAGE,
    FILE_KIND_VIDEO,
    FILE_KIND_AUDIO,
    FILE_KIND_ARCHIVE,
    FILE_KIND_DOCUMENT,
    FILE_KIND_CODE,
    FILE_KIND_TEXT,
    FILE_KIND_DATA /* anything else */
};

/* The kind of a file; media_type is the one that is sent with it, without parameters (bytes NULL: none, or
 * one that goes by the content, which nobody looks at for this). What browsers save rather than show
 * because of its type is no code and no text, whatever it is called. Never FILE_KIND_FOLDER. Thread-safe. */
enum file_kind file_kind_of(const char *name, struct view media_type);

/* A word for a kind, as the pages' style and script know it: "image". */
const char *file_kind_word(enum file_kind kind);

/* Whether every browser of today shows files of this media type in an <img>. */
bool file_kind_is_picture(struct view media_type);

#endif
