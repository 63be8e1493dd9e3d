/* SPDX-License-Identifier: MIT */
#include "http/listing/natural_order.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

/* Each list is in order: every name comes before all names behind it. */
static const struct {
    const char *what;
    const char *names[12];
} lists[] = {
    {"nothing comes first", {"", " ", "0", "a"}},
    {"a name comes before those that begin with it", {"a", "a ", "a.txt", "a1", "aa"}},
    {"numbers by their value", {"img1", "img2", "img9", "img10", "img99", "img100"}},
    {"numbers in several places", {"1.2.9", "1.2.10", "1.10.0", "2.0.0", "10.0.0"}},
    {"a number before letters, behind most marks", {"a-1", "a.1", "a1", "a1b", "a_1", "ab"}},
    {"letters whatever their case", {"A", "b", "C", "d", "Zebra", "zebrA1"}},
    {"names that differ in case only by their bytes", {"AA", "Aa", "aA", "aa"}},
    {"zeros in front tell equal numbers apart", {"a0", "a00", "a0000", "a001", "a01", "a1", "a02", "a2"}},
    {"what follows a number goes before its zeros", {"a01b", "a1b", "a001c", "a1c", "a01d"}},
    {"zeros behind the point are numbers, no fractions", {"1.1", "1.2", "1.010", "1.10"}},
    {"numbers of any length",
     {"v9999999999999999999", "v18446744073709551616", "v100000000000000000000000000000000000000000",
      "v100000000000000000000000000000000000000001", "v999999999999999999999999999999999999999999"}},
    {"an underscore before letters, whatever their case", {"a[", "a_", "aA", "aa"}},
    {"bytes beyond ASCII behind it", {"a", "z", "~", "\xC3\x84", "\xC3\xA4", "\xE2\x80\xAE", "\xFF"}},
    {"control characters first", {"a\x01", "a\t", "a\n", "a "}},
};

Test(natural_order, is_the_one_that_people_expect) {
    for (size_t list = 0; list < sizeof lists / sizeof lists[0]; list++) {
        const char *const *names = lists[list].names;
        for (size_t i = 0; i < 12 && names[i] != NULL; i++) {
            for (size_t j = 0; j < 12 && names[j] != NULL; j++) {
                int order = natural_order_compare(names[i], names[j]);
                cr_expect((order > 0) - (order < 0) == (i > j) - (i < j), "%s: '%s' against '%s' is %d",
                          lists[list].what, names[i], names[j], order);
            }
        }
    }
}

enum { NAME_BYTES = 8 };

static uint32_t random_state = 1;

static size_t below(size_t end) { /* the same in every run */
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % end;
}

static void make_name(char name[NAME_BYTES]) {
    static const char alphabet[] = {'0', '0', '1', '9', 'a', 'A', 'b', '_', '.', '\xC3'};
    size_t length = below(NAME_BYTES);
    for (size_t i = 0; i < length; i++) {
        name[i] = alphabet[below(sizeof alphabet)];
    }
    name[length] = '\0';
}

Test(natural_order, is_total, .timeout = 60) {
    for (int round = 0; round < 200 * 1000; round++) {
        char a[NAME_BYTES];
        char b[NAME_BYTES];
        char c[NAME_BYTES];
        make_name(a);
        make_name(b);
        make_name(c);
        int ab = natural_order_compare(a, b);
        int ba = natural_order_compare(b, a);
        int bc = natural_order_compare(b, c);
        int ac = natural_order_compare(a, c);
        cr_assert((ab == 0) == (strcmp(a, b) == 0), "'%s' and '%s' are %d", a, b, ab);
        cr_assert((ab < 0) == (ba > 0) && (ab == 0) == (ba == 0), "'%s' and '%s' are %d and %d", a, b, ab,
                  ba);
        cr_assert(ab > 0 || bc > 0 || ac <= 0, "'%s' '%s' '%s' go round", a, b, c);
    }
}
