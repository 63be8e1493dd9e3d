/* SPDX-License-Identifier: MIT */
#include "http/base/json_writer.h"

#include "http/base/escape.h"

#include <sys/random.h>

void json_writer_seed(void) {
    size_t seed = 0;
    if (getrandom(&seed, sizeof seed, GRND_NONBLOCK) != (ssize_t)sizeof seed) {
        seed = 0; /* for Jansson to make one */
    }
    json_object_seed(seed);
}

json_t *json_writer_string(struct view bytes) {
    json_t *string = json_stringn(bytes.bytes, bytes.length);
    if (string != NULL) {
        return string;
    }
    struct text repaired = {0}; /* it is not UTF-8, unless there is no memory, which shows again below */
    escape_utf8(&repaired, bytes);
    if (!repaired.failed) {
        string = json_stringn(repaired.bytes, repaired.length);
    }
    text_deinit(&repaired);
    return string;
}

void json_writer_set(json_t **object, const char *name, json_t *value) {
    if (json_object_set_new_nocheck(*object, name, value) == -1) {
        json_decref(*object);
        *object = NULL;
    }
}

void json_writer_add(json_t **array, json_t *value) {
    if (json_array_append_new(*array, value) == -1) {
        json_decref(*array);
        *array = NULL;
    }
}

static int append_piece(const char *bytes, size_t length, void *text) {
    text_append_bytes(text, bytes, length);
    return ((struct text *)text)->failed ? -1 : 0;
}

void json_writer_append(struct text *out, json_t *value, size_t flags) {
    if (value == NULL || json_dump_callback(value, append_piece, out, flags) == -1) {
        out->failed = true;
    }
    json_decref(value);
}

const char *json_writer_library(void) {
    return "Jansson " JANSSON_VERSION;
}
