/* SPDX-License-Identifier: MIT */
#include "http/base/ascii.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <string.h>

static ptrdiff_t index_in(const char *characters, char c) {
    const char *found = c != '\0' ? strchr(characters, c) : NULL;
    return found != NULL ? found - characters : -1;
}

Test(ascii, knows_all_characters_and_no_others) {
    static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    for (int byte = 0; byte < 256; byte++) {
        char c = (char)byte;
        ptrdiff_t capital = index_in(capitals, c);
        cr_expect_eq(ascii_lower(c), capital != -1 ? letters[capital] : c, "%#x", (unsigned)byte);
        cr_expect_eq(ascii_is_letter(c), capital != -1 || index_in(letters, c) != -1, "%#x", (unsigned)byte);
        cr_expect_eq(ascii_is_digit(c), index_in("0123456789", c) != -1, "%#x", (unsigned)byte);
        ptrdiff_t value = index_in("0123456789abcdef", c);
        value = value != -1 || capital == -1 || capital > 5 ? value : capital + 10;
        cr_expect_eq(ascii_hex_value(c), value, "%#x", (unsigned)byte);
    }
}
