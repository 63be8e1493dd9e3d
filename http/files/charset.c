/* SPDX-License-Identifier: MIT */
#include "http/files/charset.h"

#include "http/files/content_hints.h"

/* Whether a browser decodes it by its charset parameter. JSON is always UTF-8, and XML says itself what it is
 * in; a parameter there would be noise or, worse, overrule the document. */
bool charset_is_taken(struct view name) {
    static const char *const scripts[] = {"application/javascript", "application/x-javascript",
                                          "application/ecmascript", "application/x-ecmascript"};
    for (size_t i = 0; i < sizeof scripts / sizeof scripts[0]; i++) {
        if (view_equals_nocase(name, scripts[i])) {
            return true;
        }
    }
    return view_starts_with_nocase(name, "text/");
}

bool charset_is_named(struct view type) {
    static const char charset[] = "charset=";
    const char *end = type.bytes + type.length;
    const char *at = memchr(type.bytes, ';', type.length);
    while (at != NULL) {
        do {
            at++;
        } while (at < end && (*at == ' ' || *at == '\t'));
        struct view rest = {at, (size_t)(end - at)};
        if (view_starts_with_nocase(rest, charset)) {
            return true;
        }
        at = memchr(at, ';', rest.length);
    }
    return false;
}

static bool ends_with_nocase(struct view name, const char *end) {
    size_t length = strlen(end);
    return name.length >= length &&
           view_equals_nocase((struct view){name.bytes + name.length - length, length}, end);
}

unsigned charset_declarations(struct view name) {
    if (view_equals_nocase(name, "text/html")) {
        return CONTENT_HAS_BOM | CONTENT_HAS_META_CHARSET | CONTENT_HAS_XML_ENCODING;
    }
    if (view_equals_nocase(name, "text/css")) {
        return CONTENT_HAS_BOM | CONTENT_HAS_CSS_CHARSET;
    }
    return CONTENT_HAS_BOM | (ends_with_nocase(name, "xml") ? CONTENT_HAS_XML_ENCODING : 0);
}
