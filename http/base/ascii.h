/* SPDX-License-Identifier: MIT */
/*
 * Characters of ASCII, whatever the locale says: ctype.h goes by it. Bytes above 0x7F are none of them.
 */
#ifndef LIDO_HTTP_BASE_ASCII_H
#define LIDO_HTTP_BASE_ASCII_H

#include <stdbool.h>

static inline char ascii_lower(char c) {
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static inline bool ascii_is_digit(char c) {
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_letter(char c) {
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

/* The value of a hexadecimal digit in either case, or -1. */
static inline int ascii_hex_value(char c) {
    char lower = ascii_lower(c);
    return ascii_is_digit(c) ? c - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

#endif
