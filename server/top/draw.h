/* SPDX-License-Identifier: MIT */
/*
 * Lines of a terminal, of limited width and number, with styles: what is drawn on, apart from how it is shown.
 *
 * A style begins with one byte (enum draw_style), which has no width, and ends with the line or the next one. What comes
 * from elsewhere is made printable, so that it can neither be a style nor move the cursor. Not thread-safe.
 */
#ifndef LIDO_SERVER_TOP_DRAW_H
#define LIDO_SERVER_TOP_DRAW_H

#include "http/base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum draw_style { DRAW_PLAIN = 1, DRAW_BOLD, DRAW_DIM, DRAW_GOOD, DRAW_WARN, DRAW_BAD, DRAW_STYLE_END };

struct drawing {
    struct text *out;
    size_t columns;
    size_t rows; /* SIZE_MAX: as many as it takes */
    bool has_utf8;
    size_t row;    /* the one that is drawn on */
    size_t column; /* where in it */
};

/* Append to the row, printf(3)-like; what is behind the last column is cut off, and so is what is not ASCII. */
void draw(struct drawing *drawing, enum draw_style style, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Append blanks up to a column, if it is not reached yet. */
void draw_to(struct drawing *drawing, size_t column);

/* Append a bar of so many columns, of which a share (0 to 1) is full; more than nothing shows. */
void draw_bar(struct drawing *drawing, enum draw_style style, double share, size_t columns);

/* End the row. */
void draw_end(struct drawing *drawing);

/* How many rows are left, with this one. */
size_t draw_rows_left(const struct drawing *drawing);

#endif
