/* SPDX-License-Identifier: MIT */
#include "http/files/media_type.h"

#include "http/base/string_list.h"
#include "http/files/charset.h"
#include "http/files/mime_lines.h"
#include "http/files/web_types.h"

#include <stdio.h>
#include <stdlib.h>

/* A failed insertion leaves the element out instead of ending the program. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

enum { EXTENSION_MAX = 31 };

/* A type with the text that it points into. */
struct owned_type {
    struct media_type type;
    char *text;
};

struct entry {
    UT_hash_handle hh;
    struct owned_type owned;
    bool is_own;      /* the owner's, and so for files of this whole name, too */
    char extension[]; /* the key: lower case, without the dot */
};

/* The type of one file. */
struct place {
    UT_hash_handle hh;
    struct owned_type owned;
    char path[]; /* the key: beneath the root, without a first slash */
};

struct media_types {
    struct entry *by_extension;
    struct place *by_path; /* NULL when there is none */
    struct owned_type standard;
    struct owned_type text;
    bool has_names;                            /* the owner may have named files without an extension */
    const struct media_types_options *options; /* the caller's; only while the table is made */
    enum content_coding coding;                /* of the files whose types are being read */
    const char *told_by;                       /* likewise: what says them */
    struct string_list places;                 /* what types are told by, where that is not a constant */
    bool reading_system;
};

static const char blanks[] = " \t\r\n";

static struct view without_parameters(struct view type) {
    const char *semicolon = memchr(type.bytes, ';', type.length);
    size_t length = semicolon != NULL ? (size_t)(semicolon - type.bytes) : type.length;
    while (length > 0 && strchr(blanks, type.bytes[length - 1]) != NULL) {
        length--;
    }
    return (struct view){type.bytes, length};
}

static bool owned_type_set(struct owned_type *owned, struct view type,
                           const struct media_types_options *options) {
    static const char parameter[] = "; charset=";
    const char *charset = options->charset;
    struct view name = without_parameters(type);
    bool with_charset = charset != NULL && charset_is_taken(name) && !charset_is_named(type);
    size_t size = type.length + 1;
    char *text = malloc(with_charset ? 2 * size + sizeof parameter + strlen(charset) : size);
    if (text == NULL) {
        return false;
    }
    char *end = mempcpy(text, type.bytes, type.length);
    *end++ = '\0';
    owned->type.content_type = with_charset ? end : text;
    if (with_charset) {
        (void)sprintf(end, "%s%s%s", text, parameter, charset);
    }
    free(owned->text);
    owned->text = text;
    owned->type.without_charset = text;
    owned->type.declared_by = with_charset ? charset_declarations(name) : 0;
    owned->type.name = (struct view){text, name.length};
    owned->type.is_compressible =
        options->is_compressible != NULL && options->is_compressible(options->context, owned->type.name);
    return true;
}

/* Lower the case of `extension` into key. Returns false when it is empty or too long to be in the table. */
static bool make_key(struct view extension, char key[EXTENSION_MAX + 1]) {
    if (extension.length == 0 || extension.length > EXTENSION_MAX) {
        return false;
    }
    for (size_t i = 0; i < extension.length; i++) {
        key[i] = ascii_lower(extension.bytes[i]);
    }
    key[extension.length] = '\0';
    return true;
}

static struct entry *find(const struct media_types *types, const char *key) {
    struct entry *entry = NULL;
    HASH_FIND_STR(types->by_extension, key, entry); /* NOLINT(clang-analyzer-*): it cannot see into uthash */
    return entry;
}

static struct entry *add(struct media_types *types, const char key[EXTENSION_MAX + 1]) {
    size_t size = strlen(key) + 1;
    struct entry *entry = calloc(1, sizeof *entry + size);
    if (entry == NULL) {
        return NULL;
    }
    memcpy(entry->extension, key, size);
    HASH_ADD_STR(types->by_extension, extension, entry);
    if (entry->hh.tbl == NULL) { /* uthash's sign that there was no memory */
        free(entry);
        return NULL;
    }
    return entry;
}

/* Set a type that is known from a name. */
static bool own(const struct media_types *types, struct owned_type *owned, struct view type) {
    if (!owned_type_set(owned, type, types->options)) {
        return false;
    }
    owned->type.coding = types->coding;
    owned->type.told_by = types->told_by;
    owned->type.is_compressible = owned->type.is_compressible && types->coding == CODING_IDENTITY;
    owned->type.is_known = true;
    return true;
}

/* The type that is set last for an extension counts. */
static bool set_type(struct media_types *types, struct view extension, struct view type) {
    char key[EXTENSION_MAX + 1];
    if (!make_key(extension, key)) {
        return true; /* no error: media_type_of() does not look for such an extension */
    }
    struct entry *entry = find(types, key);
    bool is_new = entry == NULL;
    if (is_new) {
        entry = add(types, key);
    }
    if (entry == NULL || !owned_type_set(&entry->owned, type, types->options)) {
        return false;
    }
    entry->owned.type.coding = types->coding;
    entry->owned.type.told_by = types->told_by;
    entry->owned.type.is_compressible = entry->owned.type.is_compressible && types->coding == CODING_IDENTITY;
    entry->owned.type.is_known = true;
    entry->owned.type.only_by_system = types->reading_system && (is_new || entry->owned.type.only_by_system);
    return true;
}

/* For mime_lines.h. */
static bool add_type(void *context, struct view extension, struct view type) {
    return set_type(context, extension, type);
}

static bool add_lines(struct media_types *types, const char *const *lines, enum content_coding coding) {
    types->coding = coding;
    types->told_by = "built in";
    for (; *lines != NULL; lines++) {
        if (!mime_line_read(*lines, add_type, types)) {
            return false;
        }
    }
    return true;
}

/* Let the types that are read next be told by this place, which is copied; NULL: unknown. */
static bool begin_place(struct media_types *types, const char *place) {
    if (string_list_add(&types->places, place != NULL ? place : "the settings") != 0) {
        return false;
    }
    types->told_by = types->places.items[types->places.count - 1];
    return true;
}

static bool add_file(struct media_types *types, const char *path) {
    types->reading_system = true;
    bool added = begin_place(types, path) && mime_file_read(path, add_type, types);
    types->reading_system = false;
    return added;
}

/* The coding behind a type, which is cut off; that of identity when there is none. */
static enum content_coding take_coding(struct view *type) {
    enum content_coding coding = CODING_IDENTITY;
    const char *blank = memrchr(type->bytes, ' ', type->length);
    if (blank != NULL) {
        struct view name = {blank + 1, (size_t)(type->bytes + type->length - blank - 1)};
        bool is_coded = content_coding_find(name, &coding);
        type->length = is_coded ? (size_t)(blank - type->bytes) : type->length;
    }
    return coding;
}

/* The type that is set last for a path counts. */
static bool set_type_of_path(struct media_types *types, const char *path, struct view type) {
    struct place *place = NULL;
    size_t size = strlen(path) + 1;
    HASH_FIND_STR(types->by_path, path, place); /* NOLINT(clang-analyzer-*): it cannot see into uthash */
    if (place == NULL) {
        place = calloc(1, sizeof *place + size);
        if (place == NULL) {
            return false;
        }
        memcpy(place->path, path, size);
        HASH_ADD_STR(types->by_path, path, place);
        if (place->hh.tbl == NULL) { /* uthash's sign that there was no memory */
            free(place);
            return false;
        }
    }
    return own(types, &place->owned, type);
}

static bool set_own_type(struct media_types *types, const char *extension, struct view type) {
    char key[EXTENSION_MAX + 1];
    if (extension[0] == '/') {
        return set_type_of_path(types, extension + 1, type);
    }
    if (!set_type(types, view_of(extension), type)) {
        return false;
    }
    if (make_key(view_of(extension), key)) {
        find(types, key)->is_own = true;
        types->has_names = true;
    }
    return true;
}

/* From the last to the first, so that the first of an extension wins. */
static bool add_overrides(struct media_types *types, const struct media_type_override *overrides,
                          size_t count) {
    for (size_t i = count; i > 0; i--) {
        struct view type = view_of(overrides[i - 1].type);
        types->coding = take_coding(&type);
        if (!begin_place(types, overrides[i - 1].where) ||
            !set_own_type(types, overrides[i - 1].extension, type)) {
            return false;
        }
    }
    return true;
}

static bool add_text(struct media_types *types, const struct media_types_options *options) {
    static const char text[] = "text/plain; charset=utf-8";
    static const char plain[] = "text/plain";
    types->standard.type.may_be_text = options->sniff;
    types->standard.type.told_by = "default_type";
    types->told_by = "the content";
    types->coding = CODING_IDENTITY;
    return own(types, &types->text, view_of(options->charset != NULL ? text : plain));
}

struct media_types *media_types_create(const struct media_types_options *options) {
    struct media_types *types = calloc(1, sizeof *types);
    if (types == NULL) {
        return NULL;
    }
    types->options = options;
    bool made = add_lines(types, web_types_under_system, CODING_IDENTITY) &&
                (options->path == NULL || add_file(types, options->path)) &&
                add_lines(types, web_types_over_system, CODING_IDENTITY) &&
                add_lines(types, web_types_in_gzip, CODING_GZIP) &&
                add_overrides(types, options->overrides, options->override_count) &&
                (options->standard == NULL ||
                 owned_type_set(&types->standard, view_of(options->standard), options)) &&
                add_text(types, options);
    types->options = NULL;
    if (!made) {
        media_types_destroy(types);
        return NULL;
    }
    return types;
}

void media_types_destroy(struct media_types *types) {
    if (types == NULL) {
        return;
    }
    struct entry *entry = NULL;
    struct entry *next = NULL;
    struct place *place = NULL;
    struct place *place_after = NULL;
    /* NOLINTBEGIN(clang-analyzer-*): does not see through uthash's macros */
    HASH_ITER(hh, types->by_extension, entry, next) {
        HASH_DEL(types->by_extension, entry);
        free(entry->owned.text);
        free(entry);
    }
    HASH_ITER(hh, types->by_path, place, place_after) {
        HASH_DEL(types->by_path, place);
        free(place->owned.text);
        free(place);
    }
    /* NOLINTEND(clang-analyzer-*) */
    free(types->text.text);
    free(types->standard.text);
    string_list_deinit(&types->places);
    free(types);
}

/* A name without an extension may be one that the owner gave a type. */
static const struct entry *find_whole_name(const struct media_types *types, const char *name) {
    char key[EXTENSION_MAX + 1];
    const struct entry *entry = types->has_names && make_key(view_of(name), key) ? find(types, key) : NULL;
    return entry != NULL && entry->is_own ? entry : NULL;
}

const struct media_type *media_type_of_name(const struct media_types *types, const char *name) {
    const char *slash = strrchr(name, '/');
    name = slash != NULL ? slash + 1 : name;
    const char *dot = strrchr(name, '.');
    char key[EXTENSION_MAX + 1];
    const struct entry *entry = NULL;
    if (dot == NULL) {
        entry = find_whole_name(types, name);
    } else if (make_key(view_of(dot + 1), key)) {
        entry = find(types, key);
    }
    return entry != NULL ? &entry->owned.type : &types->standard.type;
}

const struct media_type *media_type_of(const struct media_types *types, const char *path) {
    if (types->by_path != NULL) {
        struct place *place = NULL;
        HASH_FIND_STR(types->by_path, path, place); /* NOLINT(clang-analyzer-*): it cannot see into uthash */
        if (place != NULL) {
            return &place->owned.type;
        }
    }
    return media_type_of_name(types, path);
}

const struct media_type *media_type_of_text(const struct media_types *types) {
    return &types->text.type;
}
