/* SPDX-License-Identifier: MIT */
/* The look-ups of option_table.h. */
#include "conf/base/suggest.h"
#include "conf/schema/option_table.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const struct config_option *option_find_among(const struct config_option *options, size_t count,
                                              const char *name) {
    for (size_t i = 0; i < count; i++) {
        if (strcmp(options[i].name, name) == 0) {
            return &options[i];
        }
    }
    return NULL;
}

const struct config_option *option_find(const char *name) {
    return option_find_among(option_table, OPTION_COUNT, name);
}

bool option_name_is_among(const char *list, const char *name) {
    static const char separator[] = " ";
    const char *word = list ? list : "";
    while (*word != '\0') {
        size_t length = strcspn(word, separator);
        if (strlen(name) == length && strncasecmp(word, name, length) == 0) {
            return true;
        }
        word += length;
        word += strspn(word, separator);
    }
    return false;
}

const struct config_option *option_suggest_among(const struct config_option *options, size_t count,
                                                 bool whole_server, const char *name, size_t *distance) {
    const struct config_option *nearest = NULL;
    size_t smallest = suggest_tolerance(strlen(name)) + 1;

    for (size_t i = 0; i < count; i++) {
        if (options[i].scope == OPTION_OF_SERVER && !whole_server) {
            continue;
        }
        size_t away =
            option_name_is_among(options[i].also_called, name) ? 0 : suggest_distance(name, options[i].name);
        if (away < smallest) {
            smallest = away;
            nearest = &options[i];
            *distance = away;
        }
    }
    return nearest;
}

const struct config_option *option_suggest(const char *name) {
    size_t distance = 0;
    return option_suggest_among(option_table, OPTION_COUNT, true, name, &distance);
}

bool option_is_list(const struct config_option *option) {
    return option->kind <= OPTION_FIELD_NAMES;
}

bool option_is_text(const struct config_option *option) {
    return option->kind > OPTION_FIELD_NAMES && option->kind <= OPTION_TARGET;
}

const char *option_example(const struct config_option *option) {
    return option->example ? option->example : option->standard;
}

void option_environment_name(const struct config_option *option, char name[OPTION_ENVIRONMENT_BYTES]) {
    int length = snprintf(name, OPTION_ENVIRONMENT_BYTES, "LIDO_%s", option->name);
    assert(length < OPTION_ENVIRONMENT_BYTES);
    (void)length;
    for (char *c = name; *c != '\0'; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
}
