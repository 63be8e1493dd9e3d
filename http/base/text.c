/* SPDX-License-Identifier: MIT */
#include "http/base/text.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 1024, DIGITS_MAX = 20 };

void text_deinit(struct text *text) {
    free(text->bytes);
    *text = (struct text){0};
}

void text_clear(struct text *text, size_t keep_bytes) {
    if (text->capacity > keep_bytes) {
        text_deinit(text);
    }
    text->length = 0;
    text->failed = false;
}

char *text_reserve(struct text *text, size_t length) {
    if (text->failed) {
        return NULL;
    }
    if (text->bytes != NULL && length <= text->capacity - text->length) {
        return text->bytes + text->length;
    }
    size_t capacity = text->capacity > 0 ? text->capacity : FIRST_CAPACITY;
    while (capacity - text->length < length) {
        if (capacity > SIZE_MAX / 2) {
            text->failed = true;
            return NULL;
        }
        capacity *= 2;
    }
    char *bytes = realloc(text->bytes, capacity);
    if (bytes == NULL) {
        text->failed = true;
        return NULL;
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return text->bytes + text->length;
}

void text_append_bytes(struct text *text, const char *bytes, size_t length) {
    char *room = text_reserve(text, length);
    if (room != NULL && length > 0) {
        memcpy(room, bytes, length);
        text->length += length;
    }
}

void text_append(struct text *text, const char *string) {
    text_append_bytes(text, string, strlen(string));
}

void text_append_view(struct text *text, struct view view) {
    text_append_bytes(text, view.bytes, view.length);
}

void text_append_number(struct text *text, uint64_t number) {
    char digits[DIGITS_MAX];
    size_t first = DIGITS_MAX;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    text_append_bytes(text, digits + first, DIGITS_MAX - first);
}
