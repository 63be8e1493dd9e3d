/* SPDX-License-Identifier: MIT */
/* The look-ups of option_table.h. */
#include "conf/schema/option_table.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

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

void option_suggest_among(const struct config_option *options, size_t count, bool whole_server,
                          const char *word, struct suggestion *nearest) {
    for (size_t i = 0; i < count; i++) {
        if (whole_server || options[i].scope != OPTION_OF_SERVER) {
            suggest_consider(nearest, word, options[i].name, options[i].also_called);
        }
    }
}

const struct config_option *option_suggest(const char *word) {
    struct suggestion nearest = {0};
    option_suggest_among(option_table, OPTION_COUNT, true, word, &nearest);
    return nearest.name != NULL ? option_find(nearest.name) : NULL;
}

bool option_is_list(const struct config_option *option) {
    return option->kind <= OPTION_FIELD_NAMES;
}

bool option_is_text(const struct config_option *option) {
    return option->kind > OPTION_FIELD_NAMES && option->kind <= OPTION_TARGET;
}

const char *option_example(const struct config_option *option) {
    return option->example != NULL ? option->example : option->standard;
}

void option_environment_name(const struct config_option *option, char name[OPTION_ENVIRONMENT_BYTES]) {
    int length = snprintf(name, OPTION_ENVIRONMENT_BYTES, "LIDO_%s", option->name);
    assert(length < OPTION_ENVIRONMENT_BYTES);
    (void)length;
    for (char *c = name; *c != '\0'; c++) {
        *c = (char)toupper((unsigned char)*c);
    }
}
