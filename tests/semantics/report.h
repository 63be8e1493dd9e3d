/* SPDX-License-Identifier: MIT */
/*
 * What differs between an answer and its row, as text, one sentence after the other. It refuses nothing: what
 * does not fit is cut off.
 */
#ifndef LIDO_TESTS_SEMANTICS_REPORT_H
#define LIDO_TESTS_SEMANTICS_REPORT_H

#include <stddef.h>

enum { REPORT_BYTES = 4 * 1024 };

/* All-zero: nothing differs. */
struct report {
    size_t length;
    char text[REPORT_BYTES];
};

/* Add a sentence. */
void report_add(struct report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
