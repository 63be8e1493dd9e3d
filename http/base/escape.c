/* SPDX-License-Identifier: MIT */
#include "http/base/escape.h"

#include "http/base/utf8.h"

#include <string.h>

#define REPLACEMENT_CHARACTER "\xEF\xBF\xBD" /* U+FFFD */

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

/* U+FDD0 to U+FDEF and the last two of each plane: no characters, and an error in an HTML page, too. */
static bool is_noncharacter(const unsigned char *s, size_t length) {
    bool is_arabic = length == 3 && s[0] == 0xEF && s[1] == 0xB7 && s[2] >= 0x90 && s[2] <= 0xAF;
    bool ends_plane = length >= 3 && s[length - 1] >= 0xBE && s[length - 2] == 0xBF &&
                      (length == 4 ? (s[1] & 0x0F) == 0x0F : s[0] == 0xEF);
    return is_arabic || ends_plane;
}

/* Bidi_Control of Unicode: U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069. They turn round what
 * stands beside them, so that "exe.gpj" may look like a picture. */
static bool turns_text(const unsigned char *s, size_t length) {
    if (length == 2) {
        return s[0] == 0xD8 && s[1] == 0x9C;
    }
    return length == 3 && s[0] == 0xE2 &&
           ((s[1] == 0x80 && (s[2] == 0x8E || s[2] == 0x8F || (s[2] >= 0xAA && s[2] <= 0xAE))) ||
            (s[1] == 0x81 && s[2] >= 0xA6 && s[2] <= 0xA9));
}

/* What stands for the `length` bytes at `s`, which are one well-formed sequence; NULL when they may stay. */
static const char *html_substitute(const unsigned char *s, size_t length, bool keep_lines) {
    if (length == 1) {
        return keep_lines && (*s == '\n' || *s == '\t') ? NULL : html_entity(*s);
    }
    bool is_replaced =
        is_c1_control(s, length) || is_noncharacter(s, length) || (!keep_lines && turns_text(s, length));
    return is_replaced ? REPLACEMENT_CHARACTER : NULL;
}

/* A line may end with CR, LF or both. */
static const char *line_end(struct view bytes, size_t cr_index) {
    bool has_lf = cr_index + 1 < bytes.length && bytes.bytes[cr_index + 1] == '\n';
    return has_lf ? "" : "\n";
}

/* What may stay is appended in long pieces. */
static void append_piece(struct text *out, struct view bytes, size_t from, size_t to) {
    if (to > from) {
        text_append_bytes(out, bytes.bytes + from, to - from);
    }
}

static void append_html(struct text *out, struct view bytes, bool keep_lines) {
    const unsigned char *s = (const unsigned char *)bytes.bytes;
    size_t kept_from = 0;
    for (size_t i = 0; i < bytes.length;) {
        size_t length = utf8_sequence_length(s + i, bytes.length - i);
        const char *substitute =
            length > 0 ? html_substitute(s + i, length, keep_lines) : REPLACEMENT_CHARACTER;
        if (keep_lines && s[i] == '\r') {
            substitute = line_end(bytes, i);
        }
        length = length > 0 ? length : 1;
        if (substitute != NULL) {
            append_piece(out, bytes, kept_from, i);
            text_append(out, substitute);
            kept_from = i + length;
        }
        i += length;
    }
    append_piece(out, bytes, kept_from, bytes.length);
}

void escape_html(struct text *out, struct view bytes) {
    append_html(out, bytes, false);
}

void escape_html_lines(struct text *out, struct view bytes) {
    append_html(out, bytes, true);
}

void escape_utf8(struct text *out, struct view bytes) {
    const unsigned char *s = (const unsigned char *)bytes.bytes;
    size_t kept_from = 0;
    for (size_t i = 0; i < bytes.length;) {
        size_t length = utf8_sequence_length(s + i, bytes.length - i);
        if (length == 0) {
            append_piece(out, bytes, kept_from, i);
            text_append(out, REPLACEMENT_CHARACTER);
            length = 1;
            kept_from = i + 1;
        }
        i += length;
    }
    append_piece(out, bytes, kept_from, bytes.length);
}

/* How many bytes there are of the first character, or one byte that is part of none. */
static size_t find_character(const unsigned char *s, size_t available, bool *is_harmful) {
    size_t length = utf8_sequence_length(s, available);
    if (length == 0) { /* in an 8-bit character set, as C1 */
        *is_harmful = *s < 0xA0;
        return 1;
    }
    *is_harmful = *s < 0x20 || *s == 0x7F || is_c1_control(s, length) || turns_text(s, length);
    return length;
}

size_t escape_terminal(char *bytes, size_t length) {
    const unsigned char *s = (const unsigned char *)bytes;
    size_t kept = 0;
    for (size_t i = 0; i < length;) {
        bool is_harmful = false;
        size_t piece = find_character(s + i, length - i, &is_harmful);
        if (is_harmful) {
            bytes[kept++] = '?';
        } else {
            memmove(bytes + kept, bytes + i, piece);
            kept += piece;
        }
        i += piece;
    }
    return kept;
}

void escape_terminal_utf8(struct text *out, struct view bytes) {
    size_t from = out->length;
    escape_utf8(out, bytes);
    if (out->length > from) {
        out->length = from + escape_terminal(out->bytes + from, out->length - from);
    }
}

bool escape_finds_terminal_harm(struct view bytes) {
    const unsigned char *s = (const unsigned char *)bytes.bytes;
    bool is_harmful = false;
    for (size_t i = 0; i < bytes.length && !is_harmful;) {
        i += find_character(s + i, bytes.length - i, &is_harmful);
    }
    return is_harmful;
}

static bool is_unreserved(char c) {
    return ascii_is_letter(c) || ascii_is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

static void append_percent_encoded(struct text *out, unsigned char c) {
    static const char hex[] = "0123456789ABCDEF";
    const char triple[3] = {'%', hex[c >> 4], hex[c & 0x0F]};
    text_append_bytes(out, triple, sizeof triple);
}

static void append_encoded(struct text *out, struct view bytes, const char *kept) {
    size_t kept_from = 0;
    for (size_t i = 0; i < bytes.length; i++) {
        char c = bytes.bytes[i];
        if (!is_unreserved(c) && (c == '\0' || strchr(kept, c) == NULL)) {
            append_piece(out, bytes, kept_from, i);
            append_percent_encoded(out, (unsigned char)c);
            kept_from = i + 1;
        }
    }
    append_piece(out, bytes, kept_from, bytes.length);
}

void escape_url_path(struct text *out, struct view bytes) {
    append_encoded(out, bytes, "/");
}

void escape_url_query(struct text *out, struct view bytes) {
    append_encoded(out, bytes, "!$&'()*+,;=:@/?%");
}

int escape_read(struct view text) {
    if (text.length < 3 || text.bytes[0] != '%') {
        return -1;
    }
    int high = ascii_hex_value(text.bytes[1]);
    int low = ascii_hex_value(text.bytes[2]);
    return high == -1 || low == -1 ? -1 : high * 16 + low;
}
