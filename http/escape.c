/* SPDX-License-Identifier: MIT */
#include "http/escape.h"

#include <stdbool.h>

#define REPLACEMENT_CHARACTER "\xEF\xBF\xBD" /* U+FFFD */

/* How many bytes the well-formed UTF-8 sequence at `s` has (Unicode, table 3-7), or 0 when there is none. */
static size_t utf8_sequence_length(const unsigned char *s, size_t available) {
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t length = 0;
    if (s[0] < 0x80) {
        return 1;
    }
    if (s[0] >= 0xC2 && s[0] <= 0xDF) {
        length = 2;
    } else if (s[0] >= 0xE0 && s[0] <= 0xEF) {
        length = 3;
        low = s[0] == 0xE0 ? 0xA0 : 0x80;
        high = s[0] == 0xED ? 0x9F : 0xBF;
    } else if (s[0] >= 0xF0 && s[0] <= 0xF4) {
        length = 4;
        low = s[0] == 0xF0 ? 0x90 : 0x80;
        high = s[0] == 0xF4 ? 0x8F : 0xBF;
    } else {
        return 0;
    }
    if (available < length || s[1] < low || s[1] > high) {
        return 0;
    }
    for (size_t i = 2; i < length; i++) {
        if (s[i] < 0x80 || s[i] > 0xBF) {
            return 0;
        }
    }
    return length;
}

static const char *html_entity(unsigned char c) {
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return c < 0x20 || c == 0x7F ? REPLACEMENT_CHARACTER : NULL;
    }
}

/* U+0080 to U+009F: control characters as well, and no HTML page may contain them. */
static bool is_c1_control(const unsigned char *s, size_t length) {
    return length == 2 && s[0] == 0xC2 && s[1] < 0xA0;
}

void escape_html(struct text *out, struct view bytes) {
    const unsigned char *s = (const unsigned char *)bytes.bytes;
    for (size_t i = 0; i < bytes.length;) {
        size_t length = utf8_sequence_length(s + i, bytes.length - i);
        const char *entity = length == 1 ? html_entity(s[i]) : NULL;
        if (is_c1_control(s + i, length)) {
            entity = REPLACEMENT_CHARACTER;
        } else if (length == 0) {
            entity = REPLACEMENT_CHARACTER;
            length = 1;
        }
        if (entity != NULL) {
            text_append(out, entity);
        } else {
            text_append_bytes(out, bytes.bytes + i, length);
        }
        i += length;
    }
}

static bool is_unreserved(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

static void append_percent_encoded(struct text *out, unsigned char c) {
    static const char hex[] = "0123456789ABCDEF";
    const char triple[3] = {'%', hex[c >> 4], hex[c & 0x0F]};
    text_append_bytes(out, triple, sizeof triple);
}

static void append_encoded(struct text *out, struct view bytes, const char *kept) {
    for (size_t i = 0; i < bytes.length; i++) {
        unsigned char c = (unsigned char)bytes.bytes[i];
        if (is_unreserved(c) || (c != '\0' && strchr(kept, c) != NULL)) {
            text_append_bytes(out, bytes.bytes + i, 1);
        } else {
            append_percent_encoded(out, c);
        }
    }
}

void escape_url_path(struct text *out, struct view bytes) {
    append_encoded(out, bytes, "/");
}

void escape_url_query(struct text *out, struct view bytes) {
    append_encoded(out, bytes, "!$&'()*+,;=:@/?%");
}
