/* SPDX-License-Identifier: MIT */
#include "http/media_type.h"

#include "http/view.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

/* A failed insertion leaves the element out instead of ending the program. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

enum { EXTENSION_MAX = 31, BUILT_IN_LINE_BYTES = 128 };

struct media_type {
    UT_hash_handle hh;
    char *content_type;                /* shared by nobody: each entry has its own copy */
    char extension[EXTENSION_MAX + 1]; /* the key: lower case, without the dot */
};

struct media_types {
    struct media_type *by_extension;
    const char *charset;
};

static const char unknown_type[] = "application/octet-stream";

/* Types of the web that a bare system (an empty container, say) does not know. Same format as mime.types. */
static const char *const built_in[] = {
    "text/html html htm shtml",
    "text/css css",
    "text/javascript js mjs",
    "text/plain txt text log conf ini md markdown",
    "text/csv csv",
    "text/calendar ics",
    "text/vtt vtt",
    "text/xml xml",
    "application/json json map",
    "application/ld+json jsonld",
    "application/manifest+json webmanifest",
    "application/wasm wasm",
    "application/xhtml+xml xhtml",
    "application/atom+xml atom",
    "application/rss+xml rss",
    "application/pdf pdf",
    "application/epub+zip epub",
    "application/zip zip",
    "application/gzip gz",
    "application/x-tar tar",
    "application/x-bzip2 bz2",
    "application/x-xz xz",
    "application/zstd zst",
    "application/x-7z-compressed 7z",
    "application/rtf rtf",
    "application/sql sql",
    "font/woff woff",
    "font/woff2 woff2",
    "font/ttf ttf",
    "font/otf otf",
    "image/avif avif",
    "image/bmp bmp",
    "image/gif gif",
    "image/jpeg jpg jpeg",
    "image/jxl jxl",
    "image/png png",
    "image/apng apng",
    "image/svg+xml svg",
    "image/tiff tif tiff",
    "image/webp webp",
    "image/vnd.microsoft.icon ico",
    "audio/aac aac",
    "audio/flac flac",
    "audio/midi mid midi",
    "audio/mp4 m4a",
    "audio/mpeg mp3",
    "audio/ogg ogg oga opus",
    "audio/wav wav",
    "audio/webm weba",
    "video/mp4 mp4 m4v",
    "video/mpeg mpg mpeg",
    "video/ogg ogv",
    "video/quicktime mov",
    "video/webm webm",
    "video/x-matroska mkv",
};

static bool is_text(const char *type) {
    return view_starts_with_nocase(view_of(type), "text/");
}

static char *make_content_type(const char *type, const char *charset) {
    size_t size = strlen(type) + 1;
    bool with_charset = charset != NULL && is_text(type);
    if (with_charset) {
        size += strlen("; charset=") + strlen(charset);
    }
    char *content_type = malloc(size);
    if (content_type != NULL) {
        (void)snprintf(content_type, size, "%s%s%s", type, with_charset ? "; charset=" : "",
                       with_charset ? charset : "");
    }
    return content_type;
}

/* Lower the case of `extension` into key. Returns false when it is too long to be in the table. */
static bool make_key(const char *extension, char key[EXTENSION_MAX + 1]) {
    size_t length = strlen(extension);
    if (length == 0 || length > EXTENSION_MAX) {
        return false;
    }
    for (size_t i = 0; i <= length; i++) {
        key[i] = ascii_lower(extension[i]);
    }
    return true;
}

static bool set_type(struct media_types *types, const char *extension, const char *type) {
    char key[EXTENSION_MAX + 1];
    if (!make_key(extension, key)) {
        return true; /* not an error: such an extension cannot be asked for either */
    }
    char *content_type = make_content_type(type, types->charset);
    struct media_type *entry = NULL;
    HASH_FIND_STR(types->by_extension, key, entry);
    if (entry == NULL && content_type != NULL) {
        entry = calloc(1, sizeof *entry);
        if (entry != NULL) {
            memcpy(entry->extension, key, sizeof key);
            HASH_ADD_STR(types->by_extension, extension, entry);
            if (entry->hh.tbl == NULL) { /* uthash's sign that there was no memory */
                free(entry);
                entry = NULL;
            }
        }
    }
    if (entry == NULL || content_type == NULL) {
        free(content_type);
        return false;
    }
    free(entry->content_type);
    entry->content_type = content_type;
    return true;
}

/* One line of the table: a type, then its extensions, separated by white space; '#' begins a comment. */
static bool add_line(struct media_types *types, char *line) {
    static const char blanks[] = " \t\r\n";
    line[strcspn(line, "#")] = '\0';
    char *rest = NULL;
    const char *type = strtok_r(line, blanks, &rest);
    if (type == NULL || strchr(type, '/') == NULL) {
        return true;
    }
    for (const char *word = strtok_r(NULL, blanks, &rest); word != NULL;
         word = strtok_r(NULL, blanks, &rest)) {
        if (!set_type(types, word, type)) {
            return false;
        }
    }
    return true;
}

static bool add_built_in(struct media_types *types) {
    for (size_t i = 0; i < sizeof built_in / sizeof built_in[0]; i++) {
        char line[BUILT_IN_LINE_BYTES];
        (void)snprintf(line, sizeof line, "%s", built_in[i]);
        if (!add_line(types, line)) {
            return false;
        }
    }
    return true;
}

static bool add_file(struct media_types *types, const char *path) {
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return true;
    }
    char *line = NULL;
    size_t size = 0;
    bool added = true;
    while (added && getline(&line, &size, file) != -1) {
        added = add_line(types, line);
    }
    free(line);
    (void)fclose(file);
    return added;
}

struct media_types *media_types_create(const char *path, const char *charset) {
    struct media_types *types = calloc(1, sizeof *types);
    if (types == NULL) {
        return NULL;
    }
    types->charset = charset;
    if (!add_built_in(types) || (path != NULL && !add_file(types, path))) {
        media_types_destroy(types);
        return NULL;
    }
    types->charset = NULL; /* the caller's; used while the table is made and never again */
    return types;
}

void media_types_destroy(struct media_types *types) {
    if (types == NULL) {
        return;
    }
    struct media_type *entry = NULL;
    struct media_type *next = NULL;
    /* NOLINTBEGIN(clang-analyzer-*): does not see through uthash's macros */
    HASH_ITER(hh, types->by_extension, entry, next) {
        HASH_DEL(types->by_extension, entry);
        free(entry->content_type);
        free(entry);
    }
    /* NOLINTEND(clang-analyzer-*) */
    free(types);
}

const char *media_type_of(const struct media_types *types, const char *name) {
    const char *slash = strrchr(name, '/');
    const char *dot = strrchr(slash != NULL ? slash : name, '.');
    char key[EXTENSION_MAX + 1];
    if (dot == NULL || !make_key(dot + 1, key)) {
        return unknown_type;
    }
    struct media_type *entry = NULL;
    HASH_FIND_STR(types->by_extension, key, entry); /* NOLINT(clang-analyzer-*): as above */
    return entry != NULL ? entry->content_type : unknown_type;
}
