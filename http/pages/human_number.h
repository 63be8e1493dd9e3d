/* SPDX-License-Identifier: MIT */
/*
 * Numbers as people read them: "1,234,567", "4.5 MiB". In English, whatever the locale says.
 *
 * For pages only; what a program reads gets plain digits.
 */
#ifndef LIDO_HTTP_PAGES_HUMAN_NUMBER_H
#define LIDO_HTTP_PAGES_HUMAN_NUMBER_H

#include "http/base/text.h"

#include <stdint.h>

/* Append a number with a comma before each group of three digits. */
void human_number_append(struct text *out, uint64_t number);

/* Append a number and what it counts, with an "s" unless that is one: "1 file", "1,200 files". */
void human_number_append_count(struct text *out, uint64_t number, const char *thing);

/* Append a size in bytes, KiB, MiB and so on (powers of 1024, IEC 80000-13), rounded to two digits or to
 * whole units: "999 B", "1.0 KiB", "4.5 MiB", "120 GiB". */
void human_number_append_size(struct text *out, uint64_t bytes);

#endif
