/* SPDX-License-Identifier: MIT */
/*
 * The table of all options, from option_list.h: name, kind, scope, place in its struct, range, default. The
 * options within cache, header and redirect have the same form: see section_table.h.
 *
 * Constant data; knows nothing of where values come from. Private to conf/.
 */
#ifndef LIDO_CONF_SCHEMA_OPTION_TABLE_H
#define LIDO_CONF_SCHEMA_OPTION_TABLE_H

#include "conf/base/suggest.h"
#include "conf/schema/option_list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum config_option_id {
#define X(id, ...) OPTION_##id,
    OPTION_LIST(X)
#undef X
        OPTION_COUNT
};

/* What a value looks like and what it is in its struct. */
enum config_option_kind {
    /* Lists, each a struct string_list. */
    OPTION_ADDRESSES,      /* listen addresses */
    OPTION_FILE_NAMES,     /* names without a slash */
    OPTION_CODINGS,        /* words of .words, none twice; or the word off */
    OPTION_MEDIA_PATTERNS, /* media types with stars, none twice */
    OPTION_ORIGINS,        /* web origins, none twice; or the word on or off */
    OPTION_SHOWN_PATHS,    /* the words hide and serve, patterns of paths, '!' before those to hide */
    OPTION_FOLDERS,        /* the word inside, absolute paths */
    OPTION_FIELDS,         /* "Name: value" */
    OPTION_STATUSES,       /* "4xx 5xx" */
    OPTION_PATH_PATTERNS,  /* patterns of paths */
    OPTION_FIELD_NAMES,    /* names of header fields */

    /* Texts, each a char *. */
    OPTION_PATH,
    OPTION_PATH_OR_OFF,    /* a path, or the word off */
    OPTION_LOG,            /* where a log goes, or the word off */
    OPTION_FORMAT,         /* of a log's lines */
    OPTION_URL_PATH,       /* from the root of the site, with its first slash; or the word off */
    OPTION_PREFIX,         /* "/prefix", as in a URL, without a final slash; or the word off */
    OPTION_OWN_FOLDER,     /* "/.lido/", where the program has pages of its own; or the word off */
    OPTION_ADDRESS_OR_OFF, /* one listen address, or the word off */
    OPTION_CHARSET_NAME,   /* a name fit for a header, or the word off */
    OPTION_MEDIA_TYPE,     /* a media type without parameters, or the word sniff or off */
    OPTION_TARGET,         /* where a redirect leads */

    /* Numbers. */
    OPTION_BOOLEAN,      /* bool */
    OPTION_WORD,         /* an enum: the index among .words */
    OPTION_NUMBER_WORD,  /* int: one of the numbers in .words */
    OPTION_NUMBER,       /* size_t */
    OPTION_AUTO_NUMBER,  /* size_t; 0 for the word auto */
    OPTION_SMALL_NUMBER, /* int */
    OPTION_SIZE,         /* size_t: bytes */
    OPTION_AUTO_SIZE,    /* the same; 0 for the word auto */
    OPTION_DURATION,     /* int64_t: milliseconds */
};

/* What an option holds for, and so which struct .offset counts from. */
enum config_option_scope {
    OPTION_OF_SERVER, /* struct config */
    OPTION_OF_SITE,   /* struct config_site: stands outside of host, or within */
    OPTION_OF_RULE,   /* struct config_rule: stands within cache, header or redirect */
};

struct config_option {
    const char *name; /* in the config file */
    enum config_option_kind kind;
    enum config_option_scope scope;
    size_t offset;            /* of its field */
    uint64_t minimum;         /* of a number, in the unit of its kind */
    uint64_t maximum;         /* inclusive */
    const char *standard;     /* the default as text, of a list with commas between; "" in a section: none */
    const char *example;      /* a value as the file has it, if the default is not one */
    const char *const *words; /* OPTION_WORD and the like: what is allowed, ended by NULL */
    const char *expected;     /* OPTION_PATH and the like: how a complaint names what would be right */
    bool needs_restart;       /* what it says cannot be changed while the program runs */
    const char *also_called;  /* what other servers call it, with spaces between; or NULL */
};

enum {
    OPTION_ENVIRONMENT_BYTES = 40,
    OPTION_ENTRIES_MAX = 64, /* of one list */

    /* So many files of file_cache_max_file fit into file_cache_memory at least: one must not push out most
     * others. */
    FILE_CACHE_FILES_MIN = 32,
};

extern const struct config_option option_table[OPTION_COUNT];

/* The option of this exact name outside of sections, or NULL. */
const struct config_option *option_find(const char *name);

/* The option that a misspelt or foreign name probably means, or NULL. */
const struct config_option *option_suggest(const char *word);

/* As option_find(), among `options`. */
const struct config_option *option_find_among(const struct config_option *options, size_t count,
                                              const char *name);

/* Consider `options`, of those of OPTION_OF_SERVER none unless `whole_server`, as what is meant by a word. */
void option_suggest_among(const struct config_option *options, size_t count, bool whole_server,
                          const char *word, struct suggestion *nearest);

/* Whether the option's value is a list. */
bool option_is_list(const struct config_option *option);

/* Whether the option's field is a char *. */
bool option_is_text(const struct config_option *option);

/* What a complaint writes behind "name = ". */
const char *option_example(const struct config_option *option);

/* Write the name of the option's environment variable, e.g. LIDO_THREADS, into `name`. */
void option_environment_name(const struct config_option *option, char name[OPTION_ENVIRONMENT_BYTES]);

#endif
