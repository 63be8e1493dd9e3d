/* SPDX-License-Identifier: MIT */
/*
 * Checks the shape of a config file, "name = value" and "name = { value, value }", before libConfuse reads its
 * values, and records on which line everything stands.
 *
 * libConfuse tells where it stumbled; this tells where the mistake is (the line on which a list was opened, not
 * the end of the file) and what would be right. Looks at no value: that is left to option_value.h. Private to
 * conf/.
 */
#ifndef LIDO_CONF_CONFIG_SYNTAX_H
#define LIDO_CONF_CONFIG_SYNTAX_H

#include "conf/config.h"
#include "conf/option_table.h"

enum { PLACE_BYTES = 216 };

/* "lido.conf:12"; of an overlong path the end is kept. */
struct place {
    char text[PLACE_BYTES];
};

struct config_syntax_setting {
    const struct config_option *option;
    int line;                            /* of its name */
    int value_lines[OPTION_ENTRIES_MAX]; /* of each value */
    size_t value_count;                  /* 1, or of a list any number up to OPTION_ENTRIES_MAX */
};

/* The settings of a file in its order, each option at most once. */
struct config_syntax {
    struct config_syntax_setting settings[OPTION_COUNT];
    size_t count;
};

/* Check `text`, the content of the file at `path`, and fill *syntax. Comments in the text are blanked. Returns
 * true, or false with one line in `error`; then the text ends, and *syntax with it, before the setting that has
 * the mistake, so that mistakes in values further up can still be found. */
bool config_syntax_check(const char *path, char *text, struct config_syntax *syntax,
                         char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Thread-safe. */
struct place place_of(const char *path, int line);

#endif
