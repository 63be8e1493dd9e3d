/* SPDX-License-Identifier: MIT */
#include "server/log/put.h"

#include "http/base/json_writer.h"

#include <stdbool.h>
#include <string.h>

enum { BLOCK_BYTES = sizeof(uint64_t) }; /* of a text, looked at and copied together */

char *put_seconds(char *at, int64_t duration_ns) {
    at = put_number(at, (uint64_t)duration_ns / 1000000000);
    *at++ = '.';
    return put_digits(at, (uint64_t)duration_ns / 1000, 6);
}

static bool is_harmful(unsigned char c) {
    return c < 0x20 || c > 0x7E || c == '"' || c == '\\';
}

static char *put_escaped(char *at, const char *text, size_t length) {
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (is_harmful(c)) {
            const char escape[4] = {'\\', 'x', hex[c >> 4], hex[c & 0x0F]};
            at = put_bytes(at, escape, sizeof escape);
        } else {
            *at++ = (char)c;
        }
    }
    return at;
}

/* is_harmful() for a block of bytes: most of what clients send has none. A byte below 0x80 has its high bit
 * set by one of these sums if it is harmful; one above has it anyhow. What a sum carries into the next byte
 * no longer matters, as only a harmful byte carries. */
static bool block_is_harmful(const char block[BLOCK_BYTES]) {
    uint64_t each_byte = UINT64_C(0x0101010101010101); /* times a byte: a block of that byte */
    uint64_t bytes;
    memcpy(&bytes, block, sizeof bytes);
    uint64_t control = bytes - each_byte * 0x20;
    uint64_t above = bytes + each_byte;
    uint64_t quote = (bytes ^ each_byte * '"') - each_byte;
    uint64_t backslash = (bytes ^ each_byte * '\\') - each_byte;
    return ((bytes | control | above | quote | backslash) & each_byte * 0x80) != 0;
}

static char *put_text(char *at, const char *text, size_t length) {
    for (; length >= BLOCK_BYTES; length -= BLOCK_BYTES, text += BLOCK_BYTES) {
        at = block_is_harmful(text) ? put_escaped(at, text, BLOCK_BYTES) : put_bytes(at, text, BLOCK_BYTES);
    }
    return put_escaped(at, text, length);
}

char *put_quoted(char *at, struct view text) {
    if (text.bytes == NULL) {
        return put_bytes(at, "\"-\"", 3);
    }
    bool is_cut = text.length > PUT_TEXT_MAX_BYTES;
    *at++ = '"';
    at = put_text(at, text.bytes, is_cut ? PUT_TEXT_MAX_BYTES : text.length);
    return is_cut ? put_bytes(at, "...\"", 4) : put_bytes(at, "\"", 1);
}

char *put_plain(char *at, struct view text) {
    if (text.bytes == NULL) {
        return put_string(at, "-");
    }
    bool is_cut = text.length > PUT_TEXT_MAX_BYTES;
    at = put_text(at, text.bytes, is_cut ? PUT_TEXT_MAX_BYTES : text.length);
    return is_cut ? put_string(at, "...") : at;
}

char *put_word(char *at, struct view text) {
    bool is_cut = text.length > PUT_TEXT_MAX_BYTES;
    struct view rest = {text.bytes, is_cut ? PUT_TEXT_MAX_BYTES : text.length};
    const char *blank = NULL;
    if (text.bytes == NULL) {
        return put_string(at, "-");
    }
    while ((blank = memchr(rest.bytes, ' ', rest.length)) != NULL) {
        size_t before = (size_t)(blank - rest.bytes);
        at = put_string(put_text(at, rest.bytes, before), "\\x20");
        rest = (struct view){blank + 1, rest.length - before - 1};
    }
    at = put_text(at, rest.bytes, rest.length);
    return is_cut ? put_string(at, "...") : at;
}

/* --- JSON ----------------------------------------------------------------------------------------------- */

static bool is_plain(const char *text, size_t length) {
    for (; length >= BLOCK_BYTES; length -= BLOCK_BYTES, text += BLOCK_BYTES) {
        if (block_is_harmful(text)) {
            return false;
        }
    }
    for (size_t i = 0; i < length; i++) {
        if (is_harmful((unsigned char)text[i])) {
            return false;
        }
    }
    return true;
}

/* What has anything in it that may have to be escaped is the library's. */
static char *put_json_escaped(char *at, struct view text) {
    enum { ESCAPED_MAX_BYTES = 6 }; /* \u0000 */
    json_t *string = json_writer_string(text);
    size_t room = text.length * ESCAPED_MAX_BYTES + 2;
    size_t length = string != NULL ? json_dumpb(string, at, room, JSON_ENCODE_ANY) : 0;
    json_decref(string);
    return length > 0 && length <= room ? at + length : put_string(at, "null");
}

char *put_json_string(char *at, struct view text) {
    static const char mark[] = "...";
    char cut[PUT_TEXT_MAX_BYTES + sizeof mark - 1];
    if (text.bytes == NULL) {
        return put_string(at, "null");
    }
    if (text.length > PUT_TEXT_MAX_BYTES) {
        (void)put_string(put_bytes(cut, text.bytes, PUT_TEXT_MAX_BYTES), mark);
        text = (struct view){cut, sizeof cut};
    }
    if (!is_plain(text.bytes, text.length)) {
        return put_json_escaped(at, text);
    }
    *at++ = '"';
    at = put_bytes(at, text.bytes, text.length);
    *at++ = '"';
    return at;
}
