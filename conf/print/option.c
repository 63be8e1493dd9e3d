/* SPDX-License-Identifier: MIT */
/* print_option() of printer.h. */
#include "conf/print/printer.h"
#include "conf/store/option_field.h"
#include "conf/store/origins.h"

#include <string.h>

/* Widths of the columns: the longest name; and a value that pushes its comment out only when it is unusually
 * long. */
enum { NAME_WIDTH = 22, VALUE_WIDTH = 24 };

void print_place(FILE *out, const char *where) {
    (void)fprintf(out, "  # %s\n", where);
}

/* Ends a line of which `written` bytes are there. */
static void end_line(FILE *out, int written, const char *where) {
    int comment_column = NAME_WIDTH + 3 + VALUE_WIDTH;
    if (where != NULL) {
        (void)fprintf(out, "%*s", written < comment_column ? comment_column - written : 0, "");
        print_place(out, where);
    } else {
        (void)fputc('\n', out);
    }
}

static bool has_one_place(const struct string_list *where, size_t count) {
    for (size_t i = 1; where != NULL && i < count; i++) {
        if (strcmp(origin_entry(where, i), origin_entry(where, 0)) != 0) {
            return false;
        }
    }
    return true;
}

/* The word for a list of origins that has one: its star cannot be written as an entry. NULL: there is
 * none. */
static const char *word_of(const struct config_option *option, const void *owner) {
    if (option->kind != OPTION_ORIGINS) {
        return NULL;
    }
    const struct string_list *origins = option_field_const_list(option, owner);
    if (origins->count == 0) {
        return "off";
    }
    return strcmp(origins->items[0], "*") == 0 ? "on" : NULL;
}

int print_value(FILE *out, const struct config_option *option, const void *owner) {
    const char *word = word_of(option, owner);
    if (word != NULL) {
        return fprintf(out, "%s", word);
    }
    char literal[OPTION_LITERAL_BYTES];
    if (!option_is_list(option)) {
        option_field_format(option, owner, 0, literal);
        return fprintf(out, "%s", literal);
    }
    size_t count = option_field_const_list(option, owner)->count;
    int written = fprintf(out, "{");
    for (size_t i = 0; i < count; i++) {
        option_field_format(option, owner, i, literal);
        written += fprintf(out, "%s%s", i == 0 ? " " : ", ", literal);
    }
    return written + fprintf(out, "%s}", count == 0 ? "" : " ");
}

/* An entry to a line, as each came from another place. */
static void print_list_by_place(FILE *out, int indent, const struct config_option *option, const void *owner,
                                const struct string_list *where) {
    size_t count = option_field_const_list(option, owner)->count;
    (void)fprintf(out, "{\n");
    for (size_t i = 0; i < count; i++) {
        char literal[OPTION_LITERAL_BYTES];
        option_field_format(option, owner, i, literal);
        end_line(out, fprintf(out, "%*s%s,", indent + PRINT_INDENT, "", literal), origin_entry(where, i));
    }
    (void)fprintf(out, "%*s}\n", indent, "");
}

void print_option(FILE *out, int indent, const struct config_option *option, const void *owner,
                  const struct string_list *where) {
    int written = fprintf(out, "%*s%-*s = ", indent, "", NAME_WIDTH, option->name);
    if (option_is_list(option) && !has_one_place(where, option_field_const_list(option, owner)->count)) {
        print_list_by_place(out, indent, option, owner, where);
        return;
    }
    written += print_value(out, option, owner);
    end_line(out, written, where != NULL ? origin_entry(where, 0) : NULL);
}
