/* SPDX-License-Identifier: MIT */
/* config_print() of config.h: all settings as a config file, each with where it came from. */
#include "conf/config.h"
#include "conf/option_field.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Widths of the columns: the longest name; and a value that pushes its comment out only when it is unusually
 * long. */
enum { NAME_WIDTH = 17, VALUE_WIDTH = 24, INDENT = 4 };

static bool has_one_origin(const struct config *config, const struct config_option *option, size_t count) {
    const char *first = config_origin(config, option->name, 0);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(config_origin(config, option->name, i), first) != 0) {
            return false;
        }
    }
    return true;
}

static void print_scalar(FILE *out, const struct config *config, const struct config_option *option) {
    char literal[OPTION_LITERAL_BYTES];
    option_field_format(option, config, 0, literal);
    (void)fprintf(out, "%-*s = %-*s  # %s\n", NAME_WIDTH, option->name, VALUE_WIDTH, literal,
                  config_origin(config, option->name, 0));
}

/* The blanks that bring a line of which `written` bytes are there to its comment. */
static int padding(int written) {
    int comment_column = NAME_WIDTH + 3 + VALUE_WIDTH;
    return written < comment_column ? comment_column - written : 0;
}

/* name = { "a", "b" }  # where */
static void print_list(FILE *out, const struct config *config, const struct config_option *option,
                       size_t count) {
    char literal[OPTION_LITERAL_BYTES];
    int written = fprintf(out, "%-*s = {", NAME_WIDTH, option->name);
    for (size_t i = 0; i < count; i++) {
        option_field_format(option, config, i, literal);
        written += fprintf(out, "%s%s", i == 0 ? " " : ", ", literal);
    }
    written += fprintf(out, "%s}", count == 0 ? "" : " ");

    (void)fprintf(out, "%*s  # %s\n", padding(written), "", config_origin(config, option->name, 0));
}

/* An entry to a line, for each came from another place. */
static void print_list_by_origin(FILE *out, const struct config *config, const struct config_option *option,
                                 size_t count) {
    char literal[OPTION_LITERAL_BYTES];
    (void)fprintf(out, "%-*s = {\n", NAME_WIDTH, option->name);
    for (size_t i = 0; i < count; i++) {
        option_field_format(option, config, i, literal);
        int written = fprintf(out, "%*s%s,", INDENT, "", literal);
        (void)fprintf(out, "%*s  # %s\n", padding(written), "", config_origin(config, option->name, i));
    }
    (void)fprintf(out, "}\n");
}

static void print_option(FILE *out, const struct config *config, const struct config_option *option) {
    if (!option_is_list(option)) {
        print_scalar(out, config, option);
        return;
    }
    size_t count = option_field_const_list(option, config)->count;
    if (has_one_origin(config, option, count)) {
        print_list(out, config, option, count);
    } else {
        print_list_by_origin(out, config, option, count);
    }
}

int config_print(const struct config *config, char **text) {
    char *printed = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&printed, &length);
    if (!out) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        print_option(out, config, &option_table[i]);
    }
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        free(printed);
        return -ENOMEM;
    }
    *text = printed;
    return 0;
}
