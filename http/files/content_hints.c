/* SPDX-License-Identifier: MIT */
#include "http/files/content_hints.h"

#include "http/base/utf8.h"
#include "http/base/view.h"

#include <string.h>

static bool is_control(unsigned char byte) {
    return (byte < ' ' && byte != '\t' && byte != '\n' && byte != '\f' && byte != '\r') || byte == 0x7f;
}

/* How many bytes a sequence has that begins like this. */
static size_t expected_length(unsigned char first) {
    if (first >= 0xf0) {
        return 4;
    }
    return first >= 0xe0 ? 3 : 2;
}

/* Whether the last bytes begin a character, and the rest of it may be anything. */
static bool is_cut_off(const unsigned char *bytes, size_t length) {
    unsigned char whole[4] = {0x80, 0x80, 0x80, 0x80};
    static const unsigned char later[] = {0x80, 0xbf};
    size_t expected = expected_length(bytes[0]);
    if (length >= expected) {
        return false;
    }
    for (size_t i = 0; i < sizeof later; i++) {
        memset(whole, later[i], sizeof whole);
        memcpy(whole, bytes, length);
        if (utf8_sequence_length(whole, sizeof whole) == expected) {
            return true;
        }
    }
    return false;
}

static bool is_text(const unsigned char *bytes, size_t length, bool may_be_cut_off) {
    for (size_t i = 0; i < length;) {
        size_t sequence = utf8_sequence_length(bytes + i, length - i);
        if (sequence == 0) {
            return may_be_cut_off && is_cut_off(bytes + i, length - i);
        }
        if (is_control(bytes[i])) {
            return false;
        }
        i += sequence;
    }
    return true;
}

/* --- declarations of an encoding ------------------------------------------------------------------------ */

static bool has_bom(struct view text) {
    return view_starts_with_nocase(text, "\xef\xbb\xbf") || view_starts_with_nocase(text, "\xfe\xff") ||
           view_starts_with_nocase(text, "\xff\xfe");
}

/* What stands behind the first `needle`, letter case not counting; bytes NULL when there is none. */
static struct view behind(struct view text, const char *needle) {
    size_t length = strlen(needle);
    for (; text.length >= length; text.bytes++, text.length--) {
        if (view_starts_with_nocase(text, needle)) {
            return (struct view){text.bytes + length, text.length - length};
        }
    }
    return (struct view){0};
}

/* What stands before the first `needle`; bytes NULL when there is none. */
static struct view before(struct view text, const char *needle) {
    struct view rest = behind(text, needle);
    return rest.bytes == NULL ? rest : (struct view){text.bytes, text.length - rest.length - strlen(needle)};
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* Whether a value follows: "=", and something that is not the end of it at once. */
static bool is_given_value(struct view text) {
    bool has_sign = false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.bytes[i];
        if (c == '=' && !has_sign) {
            has_sign = true;
        } else if (!is_blank(c) && !(has_sign && (c == '"' || c == '\''))) {
            return has_sign && c != '/';
        }
    }
    return false;
}

/* Whether the inside of a <meta> has an attribute charset, or, where it is a pragma, a content with one. */
static bool is_charset_named(struct view tag) {
    bool is_pragma = behind(tag, "http-equiv").bytes != NULL;
    for (struct view rest = tag; (rest = behind(rest, "charset")).bytes != NULL;) {
        char ahead = rest.bytes[-(ptrdiff_t)sizeof "charset"];
        if ((is_blank(ahead) || ahead == '/' || is_pragma) && is_given_value(rest)) {
            return true;
        }
    }
    return false;
}

static bool has_meta_charset(struct view text) {
    while ((text = behind(text, "<")).bytes != NULL) {
        if (view_starts_with_nocase(text, "!--")) {
            text = behind(text, "-->");
        } else if (view_starts_with_nocase(text, "meta")) {
            struct view tag = before(text, ">");
            if (tag.length > strlen("meta") && is_charset_named(tag)) {
                return true;
            }
        }
    }
    return false;
}

static bool has_xml_encoding(struct view text) {
    struct view declaration = view_starts_with_nocase(text, "<?xml") ? before(text, "?>") : (struct view){0};
    struct view value = behind(declaration, "encoding");
    return value.bytes != NULL && is_given_value(value);
}

static bool has_css_charset(struct view text) {
    static const char rule[] = "@charset \"";
    return text.length >= sizeof rule && memcmp(text.bytes, rule, sizeof rule - 1) == 0 &&
           before(text, "\";").length > sizeof rule - 1;
}

unsigned content_hints_of(const char *bytes, size_t length) {
    bool is_first_part = length >= CONTENT_HINTS_BYTES;
    length = is_first_part ? CONTENT_HINTS_BYTES : length;
    unsigned hints = CONTENT_WAS_LOOKED_AT;
    hints |= is_text((const unsigned char *)bytes, length, is_first_part) ? CONTENT_IS_TEXT : 0;
    struct view text = {bytes, length};
    hints |= has_bom(text) ? CONTENT_HAS_BOM : 0;
    hints |= has_meta_charset(text) ? CONTENT_HAS_META_CHARSET : 0;
    hints |= has_xml_encoding(text) ? CONTENT_HAS_XML_ENCODING : 0;
    hints |= has_css_charset(text) ? CONTENT_HAS_CSS_CHARSET : 0;
    return hints;
}
