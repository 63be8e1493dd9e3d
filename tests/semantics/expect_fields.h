/* SPDX-License-Identifier: MIT */
/*
 * Compares the head of an answer with what its row expects, and with what holds for every answer.
 */
#ifndef LIDO_TESTS_SEMANTICS_EXPECT_FIELDS_H
#define LIDO_TESTS_SEMANTICS_EXPECT_FIELDS_H

#include "tests/semantics/expand.h"
#include "tests/semantics/report.h"
#include "tests/semantics/wire.h"

/* Compare with one entry of row->fields, whose placeholders may be asked for by `expansion`. */
void expect_field(const char *expected, const struct expansion *expansion, struct report *report);

/* Check what RFC 9110 wants of any answer to a request of HTTP/1.`minor_version`: a date, fields that stand
 * once, a length that may be there. */
void expect_good_form(const struct wire_answer *answer, int minor_version, struct report *report);

#endif
