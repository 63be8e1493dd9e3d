/* SPDX-License-Identifier: MIT */
#include "http/files/media_type.h"

#include "http/files/charset.h"
#include "http/files/mime_lines.h"
#include "http/files/type_table.h"
#include "http/files/web_types.h"

#include <errno.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXTENSION_MAX = 31 };

struct media_types {
    atomic_size_t holders;
    struct type_pool pool;
    struct type_table by_extension; /* in lower case, without the dot */
    struct type_table by_path;      /* beneath the root, without a first slash */
    const struct media_type *standard;
    const struct media_type *text;
    struct media_types *beneath; /* shared: has what is not here; or NULL */
    bool has_names;              /* the owner may have named files without an extension */
    /* While the table is made: */
    const struct media_types_options *options; /* the caller's */
    const struct media_type *last;             /* that was made */
    enum content_coding coding;                /* of the files whose types are being read */
    const char *told_by;                       /* what says the types that are being read */
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

static bool is_compressible(const struct media_types *types, struct view name) {
    const struct media_types_options *options = types->options;
    return types->coding == CODING_IDENTITY && options->is_compressible != NULL &&
           options->is_compressible(options->context, name);
}

/* Returns NULL when there is no memory. */
static struct media_type *make_type(struct media_types *types, struct view type) {
    static const char parameter[] = "; charset=";
    const char *charset = types->options->charset;
    struct view name = without_parameters(type);
    bool with_charset = charset != NULL && charset_is_taken(name) && !charset_is_named(type);
    size_t size = type.length + 1;
    struct media_type *made = type_pool_take(&types->pool, sizeof *made, alignof(struct media_type));
    char *text =
        type_pool_take(&types->pool, with_charset ? 2 * size + sizeof parameter + strlen(charset) : size, 1);
    if (made == NULL || text == NULL) {
        return NULL;
    }
    char *end = mempcpy(text, type.bytes, type.length);
    *end++ = '\0';
    if (with_charset) {
        (void)sprintf(end, "%s%s%s", text, parameter, charset);
    }
    *made = (struct media_type){
        .content_type = with_charset ? end : text,
        .without_charset = text,
        .declared_by = with_charset ? charset_declarations(name) : 0,
        .name = {text, name.length},
        .coding = types->coding,
        .told_by = types->told_by,
        .is_compressible = is_compressible(types, (struct view){text, name.length}),
    };
    return made;
}

/* A type that is known from a name. Several names in a row often have the same. */
static const struct media_type *type_of_name(struct media_types *types, struct view type) {
    const struct media_type *last = types->last;
    if (last != NULL && last->coding == types->coding && last->told_by == types->told_by &&
        last->only_by_system == types->reading_system && view_equals(type, last->without_charset)) {
        return last;
    }
    struct media_type *made = make_type(types, type);
    if (made != NULL) {
        made->is_known = true;
        made->only_by_system = types->reading_system;
        types->last = made;
    }
    return made;
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

/* The type that is set last for an extension counts. */
static bool set_type(struct media_types *types, struct view extension, struct view type, bool is_own) {
    char key[EXTENSION_MAX + 1];
    if (!make_key(extension, key)) {
        return true; /* no error: media_type_of() does not look for such an extension */
    }
    const struct media_type *made = type_of_name(types, type);
    return made != NULL && type_table_add(&types->by_extension, &types->pool, view_of(key), made, is_own);
}

/* For mime_lines.h. */
static bool add_type(void *context, struct view extension, struct view type) {
    return set_type(context, extension, type, false);
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
    struct view name = view_of(place != NULL ? place : "the settings");
    char *copy = type_pool_take(&types->pool, name.length + 1, 1);
    if (copy != NULL) {
        memcpy(copy, name.bytes, name.length + 1);
    }
    types->told_by = copy;
    return copy != NULL;
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

static bool set_own_type(struct media_types *types, const char *extension, struct view type) {
    if (extension[0] == '/') {
        const struct media_type *made = type_of_name(types, type);
        return made != NULL &&
               type_table_add(&types->by_path, &types->pool, view_of(extension + 1), made, true);
    }
    types->has_names = true;
    return set_type(types, view_of(extension), type, true);
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

/* What no name says. */
static bool add_others(struct media_types *types) {
    const struct media_types_options *options = types->options;
    struct view text = view_of(options->charset != NULL ? "text/plain; charset=utf-8" : "text/plain");
    types->coding = CODING_IDENTITY;
    types->told_by = "default_type";
    struct media_type *standard = options->standard != NULL ? make_type(types, view_of(options->standard))
                                                            : type_pool_take(&types->pool, sizeof *standard,
                                                                             alignof(struct media_type));
    if (standard == NULL) {
        return false;
    }
    if (options->standard == NULL) {
        *standard = (struct media_type){.told_by = types->told_by};
    }
    standard->may_be_text = options->sniff;
    types->standard = standard;
    types->told_by = "the content";
    types->text = type_of_name(types, text);
    return types->text != NULL;
}

/* What stands behind the overrides. */
static bool add_tables(struct media_types *types) {
    const struct media_types_options *options = types->options;
    if (options->beneath != NULL) {
        types->beneath = media_types_share(options->beneath);
        types->standard = types->beneath->standard;
        types->text = types->beneath->text;
        return true;
    }
    return add_lines(types, web_types_under_system, CODING_IDENTITY) &&
           (options->path == NULL || add_file(types, options->path)) &&
           add_lines(types, web_types_over_system, CODING_IDENTITY) &&
           add_lines(types, web_types_in_gzip, CODING_GZIP) && add_others(types);
}

struct media_types *media_types_create(const struct media_types_options *options) {
    struct media_types *types = calloc(1, sizeof *types);
    if (types == NULL) {
        return NULL;
    }
    atomic_init(&types->holders, 1);
    types->options = options;
    bool made = add_tables(types) && add_overrides(types, options->overrides, options->override_count) &&
                type_table_seal(&types->by_extension, &types->pool) &&
                type_table_seal(&types->by_path, &types->pool);
    types->options = NULL;
    if (!made) {
        int error = errno;
        media_types_destroy(types);
        errno = error;
        return NULL;
    }
    return types;
}

struct media_types *media_types_share(struct media_types *types) {
    atomic_fetch_add(&types->holders, 1);
    return types;
}

void media_types_destroy(struct media_types *types) {
    if (types != NULL && atomic_fetch_sub(&types->holders, 1) == 1) {
        media_types_destroy(types->beneath);
        type_table_deinit(&types->by_extension);
        type_table_deinit(&types->by_path);
        type_pool_deinit(&types->pool);
        free(types);
    }
}

/* A name without an extension may be one that the owner gave a type. */
static const struct named_type *find_whole_name(const struct media_types *types, const char *name) {
    char key[EXTENSION_MAX + 1];
    const struct named_type *found = NULL;
    bool may_be = make_key(view_of(name), key);
    for (; may_be && found == NULL && types != NULL; types = types->beneath) {
        found = types->has_names ? type_table_find(&types->by_extension, key) : NULL;
        found = found != NULL && found->is_own ? found : NULL;
    }
    return found;
}

static const struct named_type *find_extension(const struct media_types *types, const char *key) {
    const struct named_type *found = NULL;
    do {
        found = type_table_find(&types->by_extension, key);
        types = types->beneath;
    } while (found == NULL && types != NULL);
    return found;
}

const struct media_type *media_type_of_name(const struct media_types *types, const char *name) {
    const char *slash = strrchr(name, '/');
    name = slash != NULL ? slash + 1 : name;
    const char *dot = strrchr(name, '.');
    char key[EXTENSION_MAX + 1];
    const struct named_type *found = NULL;
    if (dot == NULL) {
        found = find_whole_name(types, name);
    } else if (make_key(view_of(dot + 1), key)) {
        found = find_extension(types, key);
    }
    return found != NULL ? found->type : types->standard;
}

const struct media_type *media_type_of(const struct media_types *types, const char *path) {
    const struct named_type *found = NULL;
    const struct media_types *of = types;
    do {
        found = type_table_find(&of->by_path, path);
        of = of->beneath;
    } while (found == NULL && of != NULL);
    return found != NULL ? found->type : media_type_of_name(types, path);
}

const struct media_type *media_type_of_text(const struct media_types *types) {
    return types->text;
}
