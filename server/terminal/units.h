/* SPDX-License-Identifier: MIT */
/* Durations, numbers and sizes as people read them in a table: three digits that count, and a unit. Thread-safe. */
#ifndef LIDO_SERVER_TERMINAL_UNITS_H
#define LIDO_SERVER_TERMINAL_UNITS_H

#include <stdint.h>

enum { UNITS_BYTES = 32 };

/* "0", "3.21 us", "850 us", "1.25 ms", "12.5 ms", "1.50 s", "90 s", "5 min", "3 h", "2 d"; ASCII. */
void units_format_duration(double seconds, char text[UNITS_BYTES]);

/* "0.42", "9", "9.7", "98", "12,345": fewer digits behind the point the larger it is, and commas. */
void units_format_number(double number, char text[UNITS_BYTES]);

/* "999 B", "1.50 kB", "12.5 MB": powers of 1000. */
void units_format_size(double bytes, char text[UNITS_BYTES]);

#endif
