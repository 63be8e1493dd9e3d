/* SPDX-License-Identifier: MIT */
/*
 * The one table of all options: name, kind, place in struct config, range, default. File, environment, command
 * line, printing and suggestions are all driven by it; an option is added here, in struct config and in
 * lido.conf.
 *
 * Constant data; knows nothing of where values come from. Private to conf/.
 */
#ifndef LIDO_CONF_OPTION_TABLE_H
#define LIDO_CONF_OPTION_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum config_option_id {
    OPTION_LISTEN,
    OPTION_ROOT,
    OPTION_INDEX,
    OPTION_LISTING,
    OPTION_CHARSET,
    OPTION_MEDIA_TYPES,
    OPTION_THREADS,
    OPTION_QUEUE,
    OPTION_WHEN_FULL,
    OPTION_MAX_CONNECTIONS,
    OPTION_BACKLOG,
    OPTION_HEADER_TIMEOUT,
    OPTION_KEEPALIVE_TIMEOUT,
    OPTION_SEND_TIMEOUT,
    OPTION_LINGER_TIMEOUT,
    OPTION_SHUTDOWN_TIMEOUT,
    OPTION_MAX_REQUEST_LINE,
    OPTION_MAX_HEAD,
    OPTION_MAX_FIELDS,
    OPTION_MAX_BODY,
    OPTION_ACCESS_LOG,
    OPTION_LOG_FORMAT,
    OPTION_COUNT
};

/* What a value looks like and what it is in struct config. */
enum config_option_kind {
    OPTION_ADDRESSES,    /* struct config_strings: listen addresses */
    OPTION_FILE_NAMES,   /* struct config_strings: names without a slash */
    OPTION_PATH,         /* char * */
    OPTION_PATH_OR_OFF,  /* char *: a path, or the word off */
    OPTION_CHARSET_NAME, /* char *: a name fit for a header, or the word off */
    OPTION_BOOLEAN,      /* bool */
    OPTION_WORD,         /* an enum: the index among .words */
    OPTION_NUMBER,       /* size_t */
    OPTION_AUTO_NUMBER,  /* size_t; 0 for the word auto */
    OPTION_SMALL_NUMBER, /* int */
    OPTION_SIZE,         /* size_t: bytes */
    OPTION_DURATION,     /* int64_t: milliseconds */
};

struct config_option {
    const char *name; /* in the config file */
    enum config_option_kind kind;
    size_t offset;            /* of its field in struct config */
    uint64_t minimum;         /* of a number, in the unit of its kind */
    uint64_t maximum;         /* inclusive */
    const char *standard;     /* the default as text; a list's entries have commas between them */
    const char *const *words; /* OPTION_WORD: what is allowed, ended by NULL */
    const char *expected;     /* OPTION_PATH and the like: how a complaint names what would be right */
    const char *also_called;  /* what other servers call it, with spaces between; or NULL */
};

enum {
    OPTION_ENVIRONMENT_BYTES = 40,
    OPTION_ENTRIES_MAX = 64, /* of one list */
};

extern const struct config_option option_table[OPTION_COUNT];

/* The option of this exact name in the config file, or NULL. */
const struct config_option *option_find(const char *name);

/* The option that a misspelt or foreign name probably means, or NULL. */
const struct config_option *option_suggest(const char *name);

/* Whether the option's value is a list. */
bool option_is_list(const struct config_option *option);

/* Write the name of the option's environment variable, e.g. LIDO_THREADS, into `name`. */
void option_environment_name(const struct config_option *option, char name[OPTION_ENVIRONMENT_BYTES]);

#endif
