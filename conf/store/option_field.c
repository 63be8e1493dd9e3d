/* SPDX-License-Identifier: MIT */
#include "conf/store/option_field.h"

#include "http/base/string_list.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static_assert(sizeof(enum when_full) == sizeof(unsigned) && sizeof(enum error_level) == sizeof(unsigned),
              "OPTION_WORD is copied as an unsigned");

static void *field_of(const struct config_option *option, void *owner) {
    return (char *)owner + option->offset;
}

static const void *const_field_of(const struct config_option *option, const void *owner) {
    return (const char *)owner + option->offset;
}

static uint64_t read_number(const struct config_option *option, const void *owner) {
    const void *field = const_field_of(option, owner);
    if (option->kind == OPTION_BOOLEAN) {
        const bool *boolean = field;
        return *boolean;
    }
    if (option->kind == OPTION_WORD) {
        unsigned word = 0;
        memcpy(&word, field, sizeof word);
        return word;
    }
    if (option->kind == OPTION_SMALL_NUMBER || option->kind == OPTION_NUMBER_WORD) {
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

static void store_number(const struct config_option *option, uint64_t number, void *owner) {
    void *field = field_of(option, owner);
    unsigned word = (unsigned)number;
    switch (option->kind) {
    case OPTION_BOOLEAN:
        *(bool *)field = number != 0;
        break;
    case OPTION_WORD:
        memcpy(field, &word, sizeof word);
        break;
    case OPTION_SMALL_NUMBER:
    case OPTION_NUMBER_WORD:
        *(int *)field = (int)number;
        break;
    case OPTION_DURATION:
        *(int64_t *)field = (int64_t)number;
        break;
    default: /* OPTION_NUMBER, OPTION_SIZE, and those that may be auto */
        *(size_t *)field = (size_t)number;
        break;
    }
}

int option_field_store(const struct config_option *option, const struct option_value *value, void *owner) {
    assert(!option_is_list(option));
    if (!option_is_text(option)) {
        store_number(option, value->number, owner);
        return 0;
    }
    char **field = field_of(option, owner);
    char *copy = strdup(value->text);
    if (copy == NULL) {
        return -ENOMEM;
    }
    free(*field);
    *field = copy;
    return 0;
}

void option_field_share(const struct config_option *option, void *owner, const void *from) {
    void *field = field_of(option, owner);
    if (option_is_text(option)) {
        *(char **)field = *(char *const *)const_field_of(option, from);
    } else if (option_is_list(option)) {
        *(struct string_list *)field = *option_field_const_list(option, from);
    } else {
        store_number(option, read_number(option, from), owner);
    }
}

struct string_list *option_field_list(const struct config_option *option, void *owner) {
    assert(option_is_list(option));
    return field_of(option, owner);
}

const struct string_list *option_field_const_list(const struct config_option *option, const void *owner) {
    assert(option_is_list(option));
    return const_field_of(option, owner);
}

bool option_field_is_same(const struct config_option *option, const void *a, const void *b) {
    if (option_is_list(option)) {
        return string_list_is_same(option_field_const_list(option, a), option_field_const_list(option, b));
    }
    if (option_is_text(option)) {
        const char *const *first = const_field_of(option, a);
        const char *const *second = const_field_of(option, b);
        bool are_said = *first != NULL && *second != NULL;
        return are_said ? strcmp(*first, *second) == 0 : *first == *second;
    }
    return read_number(option, a) == read_number(option, b);
}

void option_field_deinit(const struct config_option *option, void *owner) {
    if (option_is_list(option)) {
        string_list_deinit(option_field_list(option, owner));
    } else if (option_is_text(option)) {
        free(*(char **)field_of(option, owner));
        *(char **)field_of(option, owner) = NULL;
    }
}

/* In double quotes, the file knows \", \\ and ${VARIABLE}. */
void option_text_format(const char *value, char text[OPTION_LITERAL_BYTES]) {
    char *out = text;
    *out++ = '"';
    for (const char *c = value; *c != '\0'; c++) {
        if (strchr("\"\\$", *c) != NULL) {
            *out++ = '\\';
        }
        *out++ = *c;
    }
    *out++ = '"';
    *out = '\0';
}

void option_field_format(const struct config_option *option, const void *owner, size_t index,
                         char text[OPTION_LITERAL_BYTES]) {
    if (option_is_list(option)) {
        option_text_format(option_field_const_list(option, owner)->items[index], text);
    } else if (option_is_text(option)) {
        option_text_format(*(char *const *)const_field_of(option, owner), text);
    } else if (option->kind == OPTION_BOOLEAN) {
        (void)snprintf(text, OPTION_LITERAL_BYTES, "%s", read_number(option, owner) ? "on" : "off");
    } else if (option->kind == OPTION_WORD) {
        (void)snprintf(text, OPTION_LITERAL_BYTES, "%s", option->words[read_number(option, owner)]);
    } else {
        option_number_format(option, read_number(option, owner), text);
    }
}
