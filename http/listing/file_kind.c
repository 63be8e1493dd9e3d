/* SPDX-License-Identifier: MIT */
#include "http/listing/file_kind.h"

#include <assert.h>
#include <stdlib.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

enum { WORD_BYTES = 16 };

/* Extensions in lower case, and names that have none; each list in the order of strcmp(3). */
static const char *const archive_words[] = {
    "7z",   "apk", "br",  "bz2",  "cab",  "cpio", "deb", "dmg", "ear", "gz",  "img",
    "iso",  "jar", "lz",  "lz4",  "lzma", "msi",  "pkg", "rar", "rpm", "tar", "tbz",
    "tbz2", "tgz", "txz", "udeb", "war",  "whl",  "xpi", "xz",  "z",   "zip", "zst",
};
static const char *const document_words[] = {
    "azw3", "cbr", "cbz", "djv", "djvu", "doc", "docx", "dot", "eps", "epub", "mobi", "odg",
    "odp",  "ods", "odt", "pdf", "pps",  "ppt", "pptx", "ps",  "rtf", "xls",  "xlsx", "xlt",
};
static const char *const code_words[] = {
    "asm",   "astro",       "awk",      "bash",    "bat",    "c",    "cc",         "cfg",  "cjs",
    "clj",   "cljs",        "cmake",    "cmd",     "coffee", "conf", "cpp",        "cs",   "csh",
    "css",   "cts",         "cxx",      "d",       "dart",   "diff", "dockerfile", "el",   "elm",
    "erl",   "ex",          "exs",      "f",       "f90",    "fish", "fs",         "fsx",  "glsl",
    "go",    "gql",         "gradle",   "graphql", "groovy", "h",    "hh",         "hpp",  "hrl",
    "hs",    "htm",         "html",     "hxx",     "ini",    "java", "jl",         "js",   "json",
    "jsonc", "jsonl",       "jsx",      "ksh",     "kt",     "kts",  "less",       "lhs",  "lisp",
    "lua",   "m",           "makefile", "map",     "meson",  "mjs",  "mk",         "ml",   "mli",
    "mts",   "ndjson",      "nim",      "nix",     "patch",  "php",  "pl",         "pm",   "properties",
    "proto", "ps1",         "py",       "pyi",     "r",      "rb",   "rkt",        "rs",   "s",
    "sass",  "scala",       "scm",      "scss",    "sed",    "sh",   "sql",        "sv",   "svelte",
    "swift", "tcl",         "tf",       "toml",    "tsx",    "v",    "vhd",        "vhdl", "vue",
    "wasm",  "webmanifest", "wgsl",     "xht",     "xhtml",  "xml",  "xsd",        "xsl",  "xslt",
    "yaml",  "yml",         "zig",      "zsh",
};
static const char *const text_words[] = {
    "authors", "changelog", "contributing", "copying", "license", "notice", "readme",
};
static const char *const data_words[] = {"csv", "tsv"};

static const struct {
    enum file_kind kind;
    const char *const *words;
    size_t count;
} word_lists[] = {
    {FILE_KIND_ARCHIVE, archive_words, LENGTH(archive_words)},
    {FILE_KIND_DOCUMENT, document_words, LENGTH(document_words)},
    {FILE_KIND_CODE, code_words, LENGTH(code_words)},
    {FILE_KIND_TEXT, text_words, LENGTH(text_words)},
    {FILE_KIND_DATA, data_words, LENGTH(data_words)},
};

static const struct {
    const char *prefix;
    enum file_kind kind;
} families[] = {
    {"image/", FILE_KIND_IMAGE},
    {"video/", FILE_KIND_VIDEO},
    {"audio/", FILE_KIND_AUDIO},
};

static int compare_words(const void *key, const void *element) {
    return strcmp(key, *(const char *const *)element);
}

/* The extension, or the whole name where there is none, in lower case. Returns false when it is too long for
 * the lists. */
static bool make_word(const char *name, char word[WORD_BYTES]) {
    const char *dot = strrchr(name, '.');
    const char *from = dot != NULL ? dot + 1 : name;
    size_t length = strlen(from);
    if (length >= WORD_BYTES) {
        return false;
    }
    for (size_t i = 0; i <= length; i++) {
        word[i] = ascii_lower(from[i]);
    }
    return true;
}

static bool ends_with(struct view media_type, const char *ending) {
    size_t length = strlen(ending);
    return media_type.length >= length &&
           view_equals_nocase((struct view){media_type.bytes + media_type.length - length, length}, ending);
}

/* Whether browsers show it as text; without a type they look at what is in it. */
static bool is_shown_as_text(struct view media_type) {
    static const char *const types[] = {"application/json", "application/javascript", "application/xml"};
    for (size_t i = 0; i < LENGTH(types); i++) {
        if (view_equals_nocase(media_type, types[i])) {
            return true;
        }
    }
    return media_type.bytes == NULL || view_starts_with_nocase(media_type, "text/") ||
           ends_with(media_type, "+json") || ends_with(media_type, "+xml");
}

enum file_kind file_kind_of(const char *name, struct view media_type) {
    for (size_t i = 0; i < LENGTH(families); i++) {
        if (view_starts_with_nocase(media_type, families[i].prefix)) {
            return families[i].kind;
        }
    }
    char word[WORD_BYTES];
    bool fits = make_word(name, word);
    bool is_shown = is_shown_as_text(media_type);
    for (size_t i = 0; fits && i < LENGTH(word_lists); i++) {
        bool promises_text = word_lists[i].kind == FILE_KIND_CODE || word_lists[i].kind == FILE_KIND_TEXT;
        if ((is_shown || !promises_text) &&
            bsearch(word, word_lists[i].words, word_lists[i].count, sizeof(char *), compare_words) != NULL) {
            return word_lists[i].kind;
        }
    }
    return view_starts_with_nocase(media_type, "text/") ? FILE_KIND_TEXT : FILE_KIND_DATA;
}

const char *file_kind_word(enum file_kind kind) {
    static const char *const words[] = {
        [FILE_KIND_FOLDER] = "folder", [FILE_KIND_IMAGE] = "image",     [FILE_KIND_VIDEO] = "video",
        [FILE_KIND_AUDIO] = "audio",   [FILE_KIND_ARCHIVE] = "archive", [FILE_KIND_DOCUMENT] = "document",
        [FILE_KIND_CODE] = "code",     [FILE_KIND_TEXT] = "text",       [FILE_KIND_DATA] = "data",
    };
    static_assert(LENGTH(words) == FILE_KIND_DATA + 1, "a word for each kind");
    return words[kind];
}

bool file_kind_is_picture(struct view media_type) {
    static const char *const types[] = {
        "image/png",  "image/jpeg", "image/gif",
        "image/webp", "image/avif", "image/svg+xml",
        "image/apng", "image/bmp",  "image/vnd.microsoft.icon",
    };
    for (size_t i = 0; i < LENGTH(types); i++) {
        if (view_equals_nocase(media_type, types[i])) {
            return true;
        }
    }
    return false;
}
