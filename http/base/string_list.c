/* SPDX-License-Identifier: MIT */
#include "http/base/string_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int add_owned(struct string_list *list, char *text) {
    char **items = text != NULL ? realloc(list->items, (list->count + 1) * sizeof *items) : NULL;
    if (items == NULL) {
        free(text);
        return -ENOMEM;
    }
    list->items = items;
    list->items[list->count++] = text;
    return 0;
}

int string_list_add(struct string_list *list, const char *text) {
    return add_owned(list, strdup(text));
}

int string_list_add_array(struct string_list *list, char *const *items, size_t count) {
    int outcome = 0;
    for (size_t i = 0; i < count && outcome == 0; i++) {
        outcome = string_list_add(list, items[i]);
    }
    return outcome;
}

int string_list_add_all(struct string_list *list, const struct string_list *more) {
    return string_list_add_array(list, more->items, more->count);
}

int string_list_split(struct string_list *list, const char *text) {
    static const char blanks[] = " \t";
    for (const char *part = text;; part++) {
        size_t length = strcspn(part, ",");
        const char *end = part + length;
        const char *last = end;
        part += strspn(part, blanks);
        while (last > part && strchr(blanks, last[-1]) != NULL) {
            last--;
        }
        int outcome = add_owned(list, strndup(part, last > part ? (size_t)(last - part) : 0));
        if (outcome != 0 || *end == '\0') {
            return outcome;
        }
        part = end;
    }
}

int string_list_compare(const struct string_list *a, const struct string_list *b) {
    int order = (a->count > b->count) - (a->count < b->count);
    for (size_t i = 0; order == 0 && i < a->count; i++) {
        order = strcmp(a->items[i], b->items[i]);
    }
    return order;
}

bool string_list_is_same(const struct string_list *a, const struct string_list *b) {
    return string_list_compare(a, b) == 0;
}

void string_list_deinit(struct string_list *list) {
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i]);
    }
    free(list->items);
    *list = (struct string_list){0};
}

void string_list_move(struct string_list *list, struct string_list *with) {
    string_list_deinit(list);
    *list = *with;
    *with = (struct string_list){0};
}
