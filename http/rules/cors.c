/* SPDX-License-Identifier: MIT */
#include "http/rules/cors.h"

#include "http/base/string_list.h"

#include <stdlib.h>
#include <string.h>

struct cors {
    bool all; /* any origin: then the answer is the same for each of them */
    struct string_list origins;
};

struct cors *cors_create(char *const *origins, size_t count) {
    struct cors *cors = count > 0 ? calloc(1, sizeof *cors) : NULL;
    if (cors == NULL) {
        return NULL;
    }
    cors->all = count == 1 && strcmp(origins[0], "*") == 0;
    if (!cors->all && string_list_add_array(&cors->origins, origins, count) != 0) {
        cors_destroy(cors);
        return NULL;
    }
    return cors;
}

void cors_destroy(struct cors *cors) {
    if (cors == NULL) {
        return;
    }
    string_list_deinit(&cors->origins);
    free(cors);
}

const char *cors_find_origin(const struct cors *cors, struct view origin) {
    if (cors->all) {
        return "*";
    }
    if (origin.length == 0 || view_equals(origin, "*")) {
        return NULL; /* no browser sends the asterisk, and echoed it would mean all */
    }
    for (size_t i = 0; i < cors->origins.count; i++) {
        if (view_equals(origin, cors->origins.items[i])) {
            return cors->origins.items[i];
        }
    }
    return NULL;
}

bool cors_depends_on_origin(const struct cors *cors) {
    return !cors->all;
}
