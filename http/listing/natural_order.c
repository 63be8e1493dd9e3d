/* SPDX-License-Identifier: MIT */
#include "http/listing/natural_order.h"

#include "http/base/ascii.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static size_t digit_count(const char *text) {
    size_t count = 0;
    while (ascii_is_digit(text[count])) {
        count++;
    }
    return count;
}

/* Compare the numbers at *a and *b and move both behind them. Of two without zeros in front the longer one is
 * greater, and of two of one length the digits decide as bytes do: no number is ever too large. */
static int compare_numbers(const char **a, const char **b) {
    *a += strspn(*a, "0");
    *b += strspn(*b, "0");
    size_t a_count = digit_count(*a);
    size_t b_count = digit_count(*b);
    if (a_count != b_count) {
        return a_count < b_count ? -1 : 1;
    }
    int order = memcmp(*a, *b, a_count);
    *a += a_count;
    *b += b_count;
    return order;
}

int natural_order_compare(const char *a, const char *b) {
    const char *left = a;
    const char *right = b;
    for (;;) {
        if (ascii_is_digit(*left) && ascii_is_digit(*right)) {
            int order = compare_numbers(&left, &right);
            if (order != 0) {
                return order;
            }
            continue;
        }
        unsigned char l = (unsigned char)ascii_lower(*left);
        unsigned char r = (unsigned char)ascii_lower(*right);
        if (l != r) {
            return l < r ? -1 : 1;
        }
        if (l == '\0') {
            return strcmp(a, b); /* "A" and "a", "1" and "01" */
        }
        left++;
        right++;
    }
}
