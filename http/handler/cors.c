/* SPDX-License-Identifier: MIT */
#include "http/handler/cors.h"

#include "http/base/text.h"
#include "http/semantics/field_syntax.h"

#include <string.h>

/* As long as Chromium remembers at most: a longer time would only hold in other browsers. */
#define REMEMBERED_S "7200"

/* A field that was sent without a value asks for nothing. */
static bool is_sent(struct view field) {
    return field.length > 0;
}

bool cors_is_preflight(const struct cors *cors, const struct request *request) {
    return cors != NULL && request->method == REQUEST_OPTIONS && is_sent(request->origin) &&
           is_sent(request->access_control_request_method);
}

void cors_add_fields(const struct cors *cors, const struct request *request, struct response *response,
                     const struct account *account) {
    if (cors == NULL) {
        return;
    }
    const char *origin = cors_find_origin(cors, request->origin);
    account_tell(account, "cors: %s",
                 origin != NULL && strcmp(origin, "*") == 0 ? "pages of every origin may read it"
                 : origin != NULL                           ? "pages of this origin may read it"
                 : is_sent(request->origin)
                     ? "pages of this origin may not read it"
                     : "no Origin: only pages of the origins in cors may read it, when they name theirs");
    if (origin != NULL) {
        response_add_field(response, "Access-Control-Allow-Origin", origin);
        response_add_field(response, "Access-Control-Expose-Headers",
                           "*"); /* ETag, Content-Range, the owner's */
    }
    if (cors_depends_on_origin(cors)) {
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
    if (cors == NULL || cors_find_origin(cors, request->origin) == NULL) {
        return;
    }
    response_add_field(response, "Access-Control-Allow-Methods", REQUEST_METHODS_ALLOWED);
    add_allowed_headers(request->access_control_request_headers, response);
    response_add_field(response, "Access-Control-Max-Age", REMEMBERED_S);
}
