/* SPDX-License-Identifier: MIT */
/*
 * The order in which people expect names: "img2" before "img10", and capital letters among the small ones.
 *
 * Bytes, not languages: letters beyond ASCII come in the order of their UTF-8. (strverscmp(3) takes
 * zeros at the front for fractions, and "B" for less than "a".)
 */
#ifndef LIDO_HTTP_LISTING_NATURAL_ORDER_H
#define LIDO_HTTP_LISTING_NATURAL_ORDER_H

/* Compare two names: runs of digits by their value, however long; ASCII letters without regard to case. Names
 * that are equal so far are told apart by their bytes, so that the order is total. Returns a value below, at
 * or above 0, as strcmp(3). Thread-safe. */
int natural_order_compare(const char *a, const char *b);

#endif
