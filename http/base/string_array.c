/* SPDX-License-Identifier: MIT */
#include "http/base/string_array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int string_array_copy(struct string_array *array, char *const *items, size_t count) {
    if (count == 0) {
        return 0;
    }
    array->items = calloc(count, sizeof *array->items);
    if (array->items == NULL) {
        return -ENOMEM;
    }
    while (array->count < count) {
        char *copy = strdup(items[array->count]);
        if (copy == NULL) {
            break;
        }
        array->items[array->count++] = copy;
    }
    if (array->count < count) {
        string_array_deinit(array);
        return -ENOMEM;
    }
    return 0;
}

void string_array_deinit(struct string_array *array) {
    for (size_t i = 0; i < array->count; i++) {
        free(array->items[i]);
    }
    free(array->items);
    *array = (struct string_array){0};
}
