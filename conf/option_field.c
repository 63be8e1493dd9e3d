/* SPDX-License-Identifier: MIT */
#include "conf/option_field.h"

#include "conf/string_list.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof(enum when_full) == sizeof(unsigned) && sizeof(enum log_format) == sizeof(unsigned),
              "OPTION_WORD is copied as an unsigned");

static void *field_of(const struct config_option *option, struct config *config) {
    return (char *)config + option->offset;
}

static const void *const_field_of(const struct config_option *option, const struct config *config) {
    return (const char *)config + option->offset;
}

static int store_text(char **field, const char *text) {
    char *copy = strdup(text);
    if (!copy) {
        return -ENOMEM;
    }
    free(*field);
    *field = copy;
    return 0;
}

int option_field_store(const struct config_option *option, const struct option_value *value,
                       struct config *config) {
    void *field = field_of(option, config);
    unsigned word = (unsigned)value->number;

    assert(!option_is_list(option));
    switch (option->kind) {
    case OPTION_ADDRESSES:
    case OPTION_FILE_NAMES:
        break;
    case OPTION_PATH:
    case OPTION_PATH_OR_OFF:
    case OPTION_CHARSET_NAME:
        return store_text(field, value->text);
    case OPTION_BOOLEAN:
        *(bool *)field = value->number != 0;
        break;
    case OPTION_WORD:
        memcpy(field, &word, sizeof word);
        break;
    case OPTION_SMALL_NUMBER:
        *(int *)field = (int)value->number;
        break;
    case OPTION_DURATION:
        *(int64_t *)field = (int64_t)value->number;
        break;
    case OPTION_NUMBER:
    case OPTION_AUTO_NUMBER:
    case OPTION_SIZE:
        *(size_t *)field = (size_t)value->number;
        break;
    }
    return 0;
}

struct config_strings *option_field_list(const struct config_option *option, struct config *config) {
    assert(option_is_list(option));
    return field_of(option, config);
}

const struct config_strings *option_field_const_list(const struct config_option *option,
                                                     const struct config *config) {
    assert(option_is_list(option));
    return const_field_of(option, config);
}

void option_field_deinit(const struct config_option *option, struct config *config) {
    switch (option->kind) {
    case OPTION_ADDRESSES:
    case OPTION_FILE_NAMES:
        string_list_deinit(option_field_list(option, config));
        break;
    case OPTION_PATH:
    case OPTION_PATH_OR_OFF:
    case OPTION_CHARSET_NAME:
        free(*(char **)field_of(option, config));
        *(char **)field_of(option, config) = NULL;
        break;
    default:
        break;
    }
}

void option_number_format(const struct config_option *option, uint64_t number, char text[VALUE_TEXT_BYTES]) {
    if (option->kind == OPTION_SIZE) {
        value_format_size(number, text);
    } else if (option->kind == OPTION_DURATION) {
        value_format_duration(number, text);
    } else if (option->kind == OPTION_AUTO_NUMBER && number == 0) {
        (void)snprintf(text, VALUE_TEXT_BYTES, "auto");
    } else {
        (void)snprintf(text, VALUE_TEXT_BYTES, "%" PRIu64, number);
    }
}

/* In double quotes, the file knows \", \\ and ${VARIABLE}. */
static void format_quoted(const char *value, char text[OPTION_LITERAL_BYTES]) {
    char *out = text;
    *out++ = '"';
    for (const char *c = value; *c != '\0'; c++) {
        if (strchr("\"\\$", *c)) {
            *out++ = '\\';
        }
        *out++ = *c;
    }
    *out++ = '"';
    *out = '\0';
}

static uint64_t read_number(const struct config_option *option, const struct config *config) {
    const void *field = const_field_of(option, config);
    if (option->kind == OPTION_SMALL_NUMBER) {
        const int *number = field;
        return (uint64_t)*number;
    }
    if (option->kind == OPTION_DURATION) {
        const int64_t *milliseconds = field;
        return (uint64_t)*milliseconds;
    }
    const size_t *number = field;
    return *number;
}

void option_field_format(const struct config_option *option, const struct config *config, size_t index,
                         char text[OPTION_LITERAL_BYTES]) {
    const void *field = const_field_of(option, config);
    unsigned word = 0;

    switch (option->kind) {
    case OPTION_ADDRESSES:
    case OPTION_FILE_NAMES:
        format_quoted(option_field_const_list(option, config)->items[index], text);
        break;
    case OPTION_PATH:
    case OPTION_PATH_OR_OFF:
    case OPTION_CHARSET_NAME:
        format_quoted(*(char *const *)field, text);
        break;
    case OPTION_BOOLEAN:
        (void)snprintf(text, OPTION_LITERAL_BYTES, "%s", *(const bool *)field ? "on" : "off");
        break;
    case OPTION_WORD:
        memcpy(&word, field, sizeof word);
        (void)snprintf(text, OPTION_LITERAL_BYTES, "%s", option->words[word]);
        break;
    case OPTION_NUMBER:
    case OPTION_AUTO_NUMBER:
    case OPTION_SMALL_NUMBER:
    case OPTION_SIZE:
    case OPTION_DURATION:
        option_number_format(option, read_number(option, config), text);
        break;
    }
}
