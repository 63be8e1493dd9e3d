/* SPDX-License-Identifier: MIT */
/*
 * Compares the body of an answer with what its row expects: text, a file, parts of a file, a gzip member, a
 * page.
 *
 * Byte ranges in several parts are taken apart strictly as RFC 2046 has them. Pure but for memory to
 * decompress into.
 */
#ifndef LIDO_TESTS_SEMANTICS_EXPECT_BODY_H
#define LIDO_TESTS_SEMANTICS_EXPECT_BODY_H

#include "tests/semantics/report.h"
#include "tests/semantics/row.h"
#include "tests/semantics/wire.h"

/* Add what differs to the report. */
void expect_body(const struct row *row, const struct wire_answer *answer, struct report *report);

#endif
