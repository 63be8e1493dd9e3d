/* SPDX-License-Identifier: MIT */
#include "http/base/utf8.h"

#include <string.h>

size_t utf8_sequence_length(const unsigned char *s, size_t available) {
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

bool utf8_is_well_formed(const char *string) {
    size_t left = strlen(string);
    while (left > 0) {
        size_t length = utf8_sequence_length((const unsigned char *)string, left);
        if (length == 0) {
            return false;
        }
        string += length;
        left -= length;
    }
    return true;
}
