/* SPDX-License-Identifier: MIT */
#include "conf/base/string_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int add_owned(struct config_strings *list, char *text) {
    char **items = text ? realloc(list->items, (list->count + 1) * sizeof *items) : NULL;
    if (!items) {
        free(text);
        return -ENOMEM;
    }
    list->items = items;
    list->items[list->count++] = text;
    return 0;
}

int string_list_add(struct config_strings *list, const char *text) {
    return add_owned(list, strdup(text));
}

int string_list_add_all(struct config_strings *list, const struct config_strings *more) {
    int outcome = 0;
    for (size_t i = 0; i < more->count && outcome == 0; i++) {
        outcome = string_list_add(list, more->items[i]);
    }
    return outcome;
}

int string_list_split(struct config_strings *list, const char *text) {
    static const char blanks[] = " \t";
    for (const char *part = text;; part++) {
        size_t length = strcspn(part, ",");
        const char *end = part + length;
        const char *last = end;
        part += strspn(part, blanks);
        while (last > part && strchr(blanks, last[-1])) {
            last--;
        }
        int outcome = add_owned(list, strndup(part, last > part ? (size_t)(last - part) : 0));
        if (outcome != 0 || *end == '\0') {
            return outcome;
        }
        part = end;
    }
}

void string_list_deinit(struct config_strings *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i]);
    }
    free(list->items);
    *list = (struct config_strings){0};
}

void string_list_move(struct config_strings *list, struct config_strings *with) {
    string_list_deinit(list);
    *list = *with;
    *with = (struct config_strings){0};
}
