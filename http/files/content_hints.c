/* SPDX-License-Identifier: MIT */
#include "http/files/content_hints.h"

#include "http/base/utf8.h"

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

unsigned content_hints_of(const char *bytes, size_t length) {
    bool is_first_part = length >= CONTENT_HINTS_BYTES;
    length = is_first_part ? CONTENT_HINTS_BYTES : length;
    unsigned hints = CONTENT_WAS_LOOKED_AT;
    hints |= is_text((const unsigned char *)bytes, length, is_first_part) ? CONTENT_IS_TEXT : 0;
    return hints;
}
