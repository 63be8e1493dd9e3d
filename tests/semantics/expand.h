/* SPDX-License-Identifier: MIT */
/*
 * Placeholders in rows: what is known only once the server has been asked.
 *
 *   {etag:/a.txt}     its entity tag, by a GET; {etag:/a.txt;gzip}: with Accept-Encoding: gzip
 *   {weak:/a.txt}     the same tag as a weak one
 *   {date:/a.txt}     its Last-Modified; {date+1:..}, {date-1:..} so many seconds on
 *   {rfc850:/a.txt}, {asctime:/a.txt}   the same date in the old forms
 *   {now+60}          the date in so many seconds
 *   {Date}            of the answer in hand; {Date+60}
 */
#ifndef LIDO_TESTS_SEMANTICS_EXPAND_H
#define LIDO_TESTS_SEMANTICS_EXPAND_H

#include "tests/semantics/wire.h"

#include <stdbool.h>
#include <stddef.h>

enum { EXPANDED_BYTES = 8 * 1024 };

struct expansion {
    struct wire *wire;                /* to ask over; its bytes are overwritten */
    const char *host;                 /* to ask for; NULL for none */
    const struct wire_answer *answer; /* in hand; NULL before there is one, else nothing is asked */
};

/* Replace the placeholders of `text`. Returns false, with a sentence in `out`, if the server does not say
 * what is asked for, or a placeholder is unknown. */
bool expand(const struct expansion *expansion, const char *text, char out[EXPANDED_BYTES])
    __attribute__((warn_unused_result));

#endif
