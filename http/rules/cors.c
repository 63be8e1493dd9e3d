/* SPDX-License-Identifier: MIT */
#include "http/rules/cors.h"

#include "http/base/string_list.h"
#include "http/base/text.h"
#include "http/semantics/field_syntax.h"

#include <stdlib.h>
#include <string.h>

/* As long as Chromium remembers at most: a longer time would only hold in other browsers. */
#define REMEMBERED_S "7200"

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

/* A field that was sent without a value asks for nothing. */
static bool is_sent(struct view field) {
    return field.length > 0;
}

/* What Access-Control-Allow-Origin says to this request; NULL when its origin may not read the answer. An
 * origin is compared byte by byte, as browsers do (Fetch standard, "CORS check"). Where all may read, that is
 * said to those without an origin too, so that a cache can give one answer to all. */
static const char *allowed_origin(const struct cors *cors, const struct request *request) {
    if (cors->all) {
        return "*";
    }
    if (!is_sent(request->origin) || view_equals(request->origin, "*")) {
        return NULL; /* no browser sends the asterisk, and echoed it would mean all */
    }
    for (size_t i = 0; i < cors->origins.count; i++) {
        if (view_equals(request->origin, cors->origins.items[i])) {
            return cors->origins.items[i];
        }
    }
    return NULL;
}

bool cors_is_preflight(const struct cors *cors, const struct request *request) {
    return cors != NULL && request->method == REQUEST_OPTIONS && is_sent(request->origin) &&
           is_sent(request->access_control_request_method);
}

void cors_add_fields(const struct cors *cors, const struct request *request, struct response *response) {
    if (cors == NULL) {
        return;
    }
    const char *origin = allowed_origin(cors, request);
    if (origin != NULL) {
        response_add_field(response, "Access-Control-Allow-Origin", origin);
        response_add_field(response, "Access-Control-Expose-Headers",
                           "*"); /* ETag, Content-Range, the owner's */
    }
    if (!cors->all) {
        response_add_field(response, "Vary", "Origin");
    }
}

/* Allow the fields that are asked for by their names: "*" would leave out Authorization. Nothing but tokens
 * of the request gets into the answer. */
static void add_allowed_headers(struct view asked, struct response *response) {
    struct text names = {0};
    struct view name;
    while (field_syntax_take(&asked, ',', FIELD_PLAIN, &name)) {
        if (name.length > 0 && field_syntax_token_length(name) == name.length) {
            text_append(&names, names.length > 0 ? ", " : "");
            text_append_view(&names, name);
        }
    }
    if (names.length > 0) {
        text_append_bytes(&names, "", 1);
    }
    if (names.failed) {
        response->head.failed = true; /* half a permission would look like a refusal */
    } else if (names.length > 0) {
        response_add_field(response, "Access-Control-Allow-Headers", names.bytes);
    }
    text_deinit(&names);
}

void cors_add_permissions(const struct cors *cors, const struct request *request, struct response *response) {
    if (cors == NULL || allowed_origin(cors, request) == NULL) {
        return;
    }
    response_add_field(response, "Access-Control-Allow-Methods", REQUEST_METHODS_ALLOWED);
    add_allowed_headers(request->access_control_request_headers, response);
    response_add_field(response, "Access-Control-Max-Age", REMEMBERED_S);
}
